#include "transfer/compose.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/num.h"
#include "http/coding.h"
#include "http/value.h"

static const struct str expect = STR("Expect");

#define EXPECT_MIN 1048576u /* bytes of body, as curl has it */

/* host[:port] for Host (RFC 9110 section 7.2), in the case of letters that the
 * user chose. */
static void host_value(struct buf *out, const struct url *url)
{
	bool ipv6 = url->host_kind == URL_HOST_IPV6;
	bool as_shown = str_eq_nocase(url->host, url->host_shown);

	if (ipv6)
		buf_add_char(out, '[');
	buf_add_str(out, as_shown ? url->host_shown : url->host);
	if (ipv6)
		buf_add_char(out, ']');
	if (url->port != url_default_port(url->scheme)) {
		buf_add_char(out, ':');
		buf_add_uint(out, url->port);
	}
}

/* What the request goes out for is only to be told how to authenticate. */
static bool is_probing(const struct compose *c)
{
	return !c->no_probe &&
		(credentials_probing(c->credentials) ||
			(c->proxy_credentials &&
				credentials_probing(c->proxy_credentials)));
}

/* Origin-form (RFC 9112 section 3.2.1), or what the user wants. */
static void target_value(
	struct buf *out, const struct url *url, const char *wanted)
{
	if (wanted) {
		buf_add_text(out, wanted);
		return;
	}
	buf_add_str(out, url->path);
	if (url->has_query) {
		buf_add_char(out, '?');
		buf_add_str(out, url->query);
	}
}

/* Absolute-form, for a proxy (RFC 9112 section 3.2.2): what is in front of the
 * origin-form. */
static void absolute_front(
	struct buf *out, const struct url *url, struct str host)
{
	buf_add_str(out, url->scheme);
	buf_add_text(out, "://");
	buf_add_str(out, host);
}

/* Cookies of the jar, then those set by hand, which only the first origin may
 * see. */
static void cookie_value(struct buf *out, const struct compose *c)
{
	const struct request_spec *spec = &c->job->request;
	const struct user_field *host = user_field_find(
		spec->fields, spec->n_fields, STR("Host"));

	if (c->job->cookies)
		cookie_send(c->job->cookies, c->url,
			host && c->first_host ? host->value : STR(""), c->now,
			out);
	if (!spec->cookie || !c->trusted)
		return;
	if (out->n)
		buf_add_text(out, "; ");
	buf_add_text(out, spec->cookie);
}

/* Those of --proxy-header that go into the request. */
static size_t count_proxy_fields(const struct compose *c)
{
	return c->forwarded ? c->job->proxy->n_fields : 0;
}

/* The user's fields without those that only the first origin may see, and those
 * for a proxy. Returns their number. */
static size_t keep_fields(const struct compose *c, struct user_field *kept)
{
	const struct request_spec *spec = &c->job->request;
	size_t n = 0;

	for (size_t i = 0; i < spec->n_fields; i++) {
		struct str name = spec->fields[i].name;

		if (!c->trusted &&
			(str_eq_nocase(name, STR("Authorization")) ||
				str_eq_nocase(name, STR("Cookie"))))
			continue;
		/* The body it tells of is left out. */
		if (is_probing(c) && str_eq_nocase(name, STR("Content-Length")))
			continue;
		if (!c->first_host && str_eq_nocase(name, STR("Host")))
			continue;
		if (c->no_expect && str_eq_nocase(name, expect))
			continue;
		kept[n++] = spec->fields[i];
	}
	for (size_t i = 0; i < count_proxy_fields(c); i++) {
		const struct user_field *field = &c->job->proxy->fields[i];

		if (!c->no_expect || !str_eq_nocase(field->name, expect))
			kept[n++] = *field;
	}
	return n;
}

static const struct user_field *own_field(
	const struct compose *c, struct str name)
{
	const struct request_spec *spec = &c->job->request;
	const struct user_field *field = user_field_find(
		spec->fields, spec->n_fields, name);

	return field && field->kind == USER_FIELD_SEND ? field : NULL;
}

static int minor_version(const struct compose *c)
{
	return c->old_server ? 0 : c->job->request.minor;
}

/* A Content-Length of the user's tells what the body is when no chunks are
 * possible, or none are wanted ("Transfer-Encoding:"). */
static bool knows_length(const struct compose *c)
{
	const struct request_spec *spec = &c->job->request;

	return own_field(c, STR("Content-Length")) &&
		(!minor_version(c) ||
			user_field_find(spec->fields, spec->n_fields,
				STR("Transfer-Encoding")));
}

/* The length is unknown, or the user's own field asks for chunks. */
static bool wants_chunks(const struct compose *c)
{
	const struct user_field *field = own_field(c, STR("Transfer-Encoding"));

	if (!c->with_body || is_probing(c))
		return false;
	if (field)
		return value_has_token(field->value, STR("chunked"));
	return c->job->request.body->length == UPLOAD_UNKNOWN &&
		!knows_length(c);
}

/* Whether to ask before a body that is large, or may be (RFC 9110 section
 * 10.1.1); the user's own Expect field decides where there is one. */
static bool expects_continue(const struct compose *c)
{
	const struct request_spec *spec = &c->job->request;
	const struct user_field *field = user_field_find(
		spec->fields, spec->n_fields, expect);

	if (!c->with_body || minor_version(c) == 0 || c->no_expect ||
		is_probing(c))
		return false;
	if (field)
		return field->kind == USER_FIELD_SEND &&
			value_has_token(field->value, STR("100-continue"));
	return spec->body->length > EXPECT_MIN;
}

static void fill(struct request *r, const struct compose *c)
{
	const struct request_spec *spec = &c->job->request;

	r->method = c->method;
	r->minor = minor_version(c);
	r->user_agent = str_of(spec->user_agent);
	r->accept = STR("*/*");
	if (spec->compressed)
		r->accept_encoding = str_of(coding_accepted());
	if (spec->tr_encoding)
		r->te = STR("gzip");
	r->referer = c->referer;
	if (c->with_body) {
		r->has_body = true;
		r->length = is_probing(c) ? 0 : spec->body->length;
		r->chunked = wants_chunks(c);
		r->expect_continue = expects_continue(c);
		r->content_type = str_of(spec->content_type);
	}
}

/* The values that a request borrows while its head is written. */
struct draft {
	struct buf host, target, authorization, cookie;
	struct buf absolute, proxy_authorization;
	struct buf range, content_range, condition;
	struct sigv4_signature signature;
	struct user_field *kept;
	struct request request;
};

static void draft_init(struct draft *d)
{
	*d = (struct draft){ 0 };
	buf_init(&d->host, LIMIT_URL);
	buf_init(&d->target, LIMIT_URL);
	buf_init(&d->absolute, 2 * LIMIT_URL);
	buf_init(&d->authorization, LIMIT_REQUEST_HEAD);
	buf_init(&d->proxy_authorization, LIMIT_REQUEST_HEAD);
	buf_init(&d->cookie, LIMIT_REQUEST_HEAD);
	buf_init(&d->range, LIMIT_URL);
	buf_init(&d->content_range, LIMIT_URL);
	buf_init(&d->condition, LIMIT_URL);
	sigv4_init(&d->signature);
}

static void draft_fini(struct draft *d)
{
	buf_fini(&d->host);
	buf_fini(&d->target);
	buf_fini(&d->absolute);
	buf_fini(&d->authorization);
	buf_fini(&d->proxy_authorization);
	buf_fini(&d->cookie);
	buf_fini(&d->range);
	buf_fini(&d->content_range);
	buf_fini(&d->condition);
	sigv4_fini(&d->signature);
	free(d->kept);
}

static int draft_fields(
	struct draft *d, const struct compose *c, struct error *e)
{
	const struct request_spec *spec = &c->job->request;
	size_t n = spec->n_fields + count_proxy_fields(c);

	d->request.fields = spec->fields;
	d->request.n_fields = spec->n_fields;
	if (!n ||
		(n == spec->n_fields && c->trusted && c->first_host &&
			!c->no_expect && !is_probing(c)))
		return 0;
	d->kept = calloc(n, sizeof(*d->kept));
	if (!d->kept)
		return error_memory(e);
	d->request.fields = d->kept;
	d->request.n_fields = keep_fields(c, d->kept);
	return 0;
}

/* --aws-sigv4 in the place of any other scheme. */
static int sign(struct draft *d, const struct compose *c, struct error *e)
{
	const struct request_spec *spec = &c->job->request;
	struct sigv4_request request = {
		.method = c->method,
		.target = buf_str(&d->target),
		.host = buf_str(&d->host),
		.fields = d->request.fields,
		.n_fields = d->request.n_fields,
		.body = c->with_body ? spec->body_text : STR(""),
		.streamed = c->with_body && !spec->body_text.p,
		.now = c->now,
	};
	int error = credentials_sign(
		c->credentials, spec->sigv4, &request, &d->signature, e);

	d->request.authorization = buf_str(&d->signature.authorization);
	d->request.signed_lines[0] = buf_str(&d->signature.date);
	d->request.signed_lines[1] = buf_str(&d->signature.digest);
	return error;
}

static int authorize(struct draft *d, const struct compose *c, struct error *e)
{
	const struct request_spec *spec = &c->job->request;
	int error;

	if (spec->sigv4 && c->trusted)
		return sign(d, c, e);
	error = credentials_write(c->credentials, c->method,
		buf_str(&d->target), &d->authorization, e);
	d->request.authorization = buf_str(&d->authorization);
	return error;
}

/* A forwarded request: its target and who we are to the proxy. */
static int address_proxy(
	struct draft *d, const struct compose *c, struct error *e)
{
	int error;

	d->request.target = buf_str(&d->target);
	if (!c->forwarded)
		return 0;
	d->request.proxy_connection = true;
	if (!c->job->request.target) {
		absolute_front(&d->absolute, c->url, buf_str(&d->host));
		buf_add_str(&d->absolute, buf_str(&d->target));
		d->request.target = buf_str(&d->absolute);
	}
	error = credentials_write(c->proxy_credentials, c->method,
		buf_str(&d->target), &d->proxy_authorization, e);
	d->request.proxy_authorization = buf_str(&d->proxy_authorization);
	return error;
}

/* Which bytes are asked for, or sent, and on what condition. */
static void select_part(struct draft *d, const struct compose *c)
{
	const struct request_spec *spec = &c->job->request;
	uint64_t from = spec->upload_from;

	if (spec->resume_from) {
		buf_printf(&d->range, "bytes=%" PRIu64 "-", spec->resume_from);
		d->request.if_range = spec->if_range;
	} else if (spec->range)
		buf_printf(&d->range, "bytes=%s", spec->range);
	if (spec->upload_resumes && c->with_body && spec->body->length) {
		uint64_t whole = from + spec->body->length;

		buf_printf(&d->content_range,
			"bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, from,
			whole - 1, whole);
	}
	condition_write(&d->condition, &spec->condition);
	d->request.if_none_match = spec->if_none_match;
}

static int draft(struct draft *d, const struct compose *c, struct error *e)
{
	const struct request_spec *spec = &c->job->request;
	int error;

	fill(&d->request, c);
	host_value(&d->host, c->url);
	target_value(&d->target, c->url, spec->target);
	cookie_value(&d->cookie, c);
	select_part(d, c);
	error = draft_fields(d, c, e);
	if (error == 0)
		error = authorize(d, c, e);
	if (error == 0)
		error = address_proxy(d, c, e);
	d->request.host = buf_str(&d->host);
	d->request.cookie = buf_str(&d->cookie);
	d->request.range = buf_str(&d->range);
	d->request.content_range = buf_str(&d->content_range);
	d->request.condition = buf_str(&d->condition);
	if (error == 0 &&
		(d->host.failed || d->target.failed ||
			d->authorization.failed || d->cookie.failed ||
			d->absolute.failed || d->proxy_authorization.failed ||
			d->range.failed || d->content_range.failed ||
			d->condition.failed))
		error = error_memory(e);
	return error;
}

/* A Content-Length of the user's that is not the body's, none, or one beside
 * chunks: where the next request begins is anybody's guess (RFC 9112 sections
 * 6.1 and 6.3). */
static bool is_misframed(const struct request *r)
{
	const struct user_field *field = user_field_find(
		r->fields, r->n_fields, STR("Content-Length"));
	uint64_t length;

	if (!r->has_body || !field)
		return false;
	return r->chunked || field->kind != USER_FIELD_SEND ||
		!num_decimal(field->value, UINT64_MAX, &length) ||
		length != r->length;
}

/* Whether the connection is not to be used again: "close" (RFC 9112
 * section 9.6), or HTTP/1.0 without keep-alive (section 9.3), or a body that
 * may go on. */
static bool asks_to_close(const struct request *r)
{
	return request_has_option(r, STR("close")) || is_misframed(r) ||
		(r->minor == 0 && !request_has_option(r, STR("keep-alive")));
}

/* "Transfer-Encoding:" or "Transfer-Encoding;" */
static bool chunks_forbidden(const struct compose *c)
{
	const struct str name = STR("Transfer-Encoding");

	return !own_field(c, name) &&
		user_field_find(
			c->job->request.fields, c->job->request.n_fields, name);
}

static int write_head(
	struct message *m, const struct compose *c, struct error *e)
{
	struct draft d;
	int error;

	draft_init(&d);
	error = draft(&d, c, e);
	if (error == 0)
		error = request_write(&m->head, &d.request, e);
	if (error == 0)
		error = buf_check(&m->head, "request head", e);
	m->closes = asks_to_close(&d.request);
	m->asks_continue = d.request.expect_continue ||
		request_says(&d.request, expect, STR("100-continue"));
	draft_fini(&d);
	return error;
}

void message_init(struct message *m)
{
	*m = (struct message){ 0 };
	buf_init(&m->head, LIMIT_REQUEST_HEAD);
}

void message_fini(struct message *m)
{
	buf_fini(&m->head);
}

int compose(struct message *m, const struct compose *c, struct error *e)
{
	m->chunked = wants_chunks(c);
	m->expects = expects_continue(c);
	m->probing = c->with_body && is_probing(c);
	if (m->chunked && minor_version(c) == 0)
		return error_set(e, ERR_UPLOAD,
			"a body of unknown length cannot be sent in HTTP/1.0");
	if (m->chunked && chunks_forbidden(c))
		return error_set(e, ERR_UPLOAD,
			"a body of unknown length cannot be sent without "
			"Transfer-Encoding, which -H takes away, or a "
			"Content-Length");
	return write_head(m, c, e);
}
