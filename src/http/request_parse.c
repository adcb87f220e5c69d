#include "http/request_parse.h"

#include "base/ascii.h"
#include "base/num.h"
#include "http/review.h"
#include "http/value.h"

#define TLS_HANDSHAKE '\x16' /* the first byte of a ClientHello's record */

struct reader {
	struct str in;
	size_t at; /* where the request line begins, then where it ends */
	struct received_request *request;
	struct findings *found;
	size_t first; /* index of the first finding of this parse */
	uint64_t dropped; /* findings before it */
	struct error *e;
};

void received_request_init(struct received_request *r)
{
	*r = (struct received_request){ .form = TARGET_ORIGIN };
}

void received_request_fini(struct received_request *r)
{
	head_fini(&r->head);
	received_request_init(r);
}

/* --- what is wrong */

/* The rule that was broken, as the message. */
static int refuse(const struct finding *f, int code, struct error *e)
{
	struct buf text;

	buf_init(&text, LIMIT_ERROR_TEXT);
	finding_print(&text, f);
	error_set(e, code, "%s",
		buf_text(&text) ? buf_text(&text) : finding_rule(f->id)->what);
	buf_fini(&text);
	return -code;
}

static int broken_as(struct reader *r, enum finding_id id, size_t at, int code)
{
	const struct finding f = { id, r->found->base + at };

	findings_add(r->found, id, at);
	return refuse(&f, code, r->e);
}

static int broken(struct reader *r, enum finding_id id, size_t at)
{
	return broken_as(r, id, at, ERR_WEIRD_REPLY);
}

static int broken_often(struct reader *r)
{
	return error_set(r->e, ERR_WEIRD_REPLY,
		"the request breaks more than %u rules", LIMIT_FINDINGS);
}

/* Parsing has failed by what was found last. */
static int refuse_last(struct reader *r)
{
	const struct findings *f = r->found;

	if (f->n == r->first || f->dropped > r->dropped)
		return broken_often(r);
	return refuse(&f->items[f->n - 1], ERR_WEIRD_REPLY, r->e);
}

/* Findings that make the request doubtful though it can be read. */
static int refuse_errors(struct reader *r)
{
	const struct findings *f = r->found;

	for (size_t i = r->first; i < f->n; i++)
		if (finding_rule(f->items[i].id)->severity == FINDING_ERROR)
			return refuse(&f->items[i], ERR_WEIRD_REPLY, r->e);
	return f->dropped > r->dropped ? broken_often(r) : 0;
}

static int too_long(const struct reader *r)
{
	return error_set(r->e, ERR_TOO_MANY,
		"a request line of over %u bytes from byte %zu on",
		LIMIT_HEAD_LINE, r->at);
}

static int too_large(const struct reader *r)
{
	return error_set(r->e, ERR_RECV,
		"the request head is larger than %u bytes", LIMIT_HEAD);
}

/* --- hosts and targets */

static bool is_pct_encoded(struct str s, size_t at)
{
	return at + 2 < s.n && s.p[at] == '%' &&
		ascii_hex_value(s.p[at + 1]) >= 0 &&
		ascii_hex_value(s.p[at + 2]) >= 0;
}

/* unreserved, sub-delims or one of `more` (RFC 3986 sections 2.2 and 2.3). */
static bool is_uri_char(char c, const char *more)
{
	return ascii_is_alnum(c) ||
		(c && (strchr("-._~!$&'()*+,;=", c) || strchr(more, c)));
}

/* The first byte that is none of `more` and nothing that any part of a URI may
 * have, or s.n. */
static size_t find_strange(struct str s, const char *more)
{
	size_t at = 0;

	while (at < s.n &&
		(is_uri_char(s.p[at], more) || is_pct_encoded(s, at)))
		at++;
	return at;
}

/* The length of the IP-literal with its brackets, or of the reg-name, at the
 * front of `s` (RFC 3986 section 3.2.2); 0 when there is none. */
static size_t host_length(struct str s)
{
	ssize_t end;

	if (s.n && s.p[0] == '[') {
		end = str_find(s, ']');
		if (end < 2)
			return 0;
		s = (struct str){ s.p + 1, (size_t)end - 1 };
		return find_strange(s, ":") == s.n ? (size_t)end + 1 : 0;
	}
	return find_strange(s, "");
}

/* uri-host [ ":" port ] (RFC 9110 section 7.2), the host not empty. */
static bool is_authority(struct str s, bool port_needed)
{
	size_t n = host_length(s);
	struct str port = str_from(s, n + 1);
	uint64_t number;

	if (n == 0)
		return false;
	if (n == s.n)
		return !port_needed;
	if (s.p[n] != ':')
		return false;
	if (port.n == 0)
		return !port_needed;
	return num_decimal(port, UINT16_MAX, &number);
}

/* The authority in an absolute-form "scheme://authority/path?query"; false when
 * this is none. `*path` gets where what follows it begins. */
static bool absolute_authority(
	struct str target, struct str *authority, size_t *path)
{
	ssize_t colon = str_search(target, STR("://"));
	size_t at;

	if (colon < 1 || !ascii_is_alpha(target.p[0]))
		return false;
	for (at = 0; at < (size_t)colon; at++)
		if (!ascii_is_alnum(target.p[at]) &&
			!strchr("+-.", target.p[at]))
			return false;
	*authority = str_from(target, at + 3);
	at = 0;
	while (at < authority->n && authority->p[at] != '/' &&
		authority->p[at] != '?')
		at++;
	*authority = str_first(*authority, at);
	*path = (size_t)(authority->p + at - target.p);
	return true;
}

/* The form of the target, which has one that fits the method (RFC 9112
 * section 3.2). */
static int read_form(struct reader *r)
{
	struct received_request *q = r->request;
	struct str target = q->target;
	size_t start = (size_t)(target.p - r->in.p);
	size_t path = 0, strange;

	if (str_eq(q->method, STR("CONNECT"))) {
		q->form = TARGET_AUTHORITY;
		q->authority = target;
		if (is_authority(target, true))
			return 0;
		return broken(r, FINDING_TARGET_FORM, start);
	}
	if (str_eq(target, STR("*")) && str_eq(q->method, STR("OPTIONS"))) {
		q->form = TARGET_ASTERISK;
		return 0;
	}
	if (target.p[0] == '/') {
		q->form = TARGET_ORIGIN;
	} else {
		q->form = TARGET_ABSOLUTE;
		if (!absolute_authority(target, &q->authority, &path) ||
			!is_authority(q->authority, false))
			return broken(r, FINDING_TARGET_FORM, start);
	}
	strange = find_strange(str_from(target, path), ":@/?");
	if (path + strange < target.n)
		findings_add(r->found, FINDING_TARGET_CHARACTER,
			start + path + strange);
	return 0;
}

/* --- the request line */

/* What broke the request line at `at`: a byte that stands for itself, or its
 * shape. */
static int broken_line(struct reader *r, struct str line, size_t at)
{
	char c = at < line.n ? line.p[at] : '\n';
	enum finding_id id = FINDING_REQUEST_LINE;

	if (c == '\0')
		id = FINDING_NUL_BYTE;
	else if (c == '\r')
		id = FINDING_BARE_CR;
	broken(r, id, r->at + at);
	if (r->at + at == 0 && c == TLS_HANDSHAKE)
		error_add(r->e,
			"; it begins as a TLS handshake does: the client "
			"speaks https, and this is http");
	return -ERR_WEIRD_REPLY;
}

/* "HTTP/" DIGIT "." DIGIT (RFC 9112 section 2.3), or as much of it as there
 * is. */
static int read_version(
	struct reader *r, struct str line, size_t at, bool whole)
{
	static const char shape[] = "HTTP/0.0";
	struct str version = str_from(line, at);

	for (size_t i = 0; i < version.n; i++) {
		char c = version.p[i];
		bool fits = i < sizeof(shape) - 1 &&
			(shape[i] == '0' ? ascii_is_digit(c) : c == shape[i]);

		if (!fits)
			return broken_line(r, line, at + i);
	}
	if (version.n < sizeof(shape) - 1)
		return whole ? broken_line(r, line, line.n) : 0;
	r->request->head.major = version.p[5] - '0';
	r->request->head.minor = version.p[7] - '0';
	if (r->request->head.major == 1)
		return 0;
	return broken_as(
		r, FINDING_HTTP_VERSION, r->at + at, ERR_UNSUPPORTED_PROTOCOL);
}

/* Method, target and version of a line without its end, as far as they are
 * there, each parted by one space (RFC 9112 section 3: splitting at any white
 * space is where readers disagree). */
static int read_words(struct reader *r, struct str line, bool whole)
{
	struct received_request *q = r->request;
	size_t at = 0, start;

	while (at < line.n && ascii_is_tchar(line.p[at]))
		at++;
	if (at == line.n)
		return whole ? broken_line(r, line, at) : 0;
	if (at == 0 || line.p[at] != ' ')
		return broken_line(r, line, at);
	q->method = str_first(line, at);
	start = ++at;
	while (at < line.n && (unsigned char)line.p[at] > ' ' &&
		line.p[at] != '\x7f')
		at++;
	if (at == line.n)
		return whole ? broken_line(r, line, at) : 0;
	if (at == start || line.p[at] != ' ')
		return broken_line(r, line, at);
	q->target = (struct str){ line.p + start, at - start };
	return read_version(r, line, at + 1, whole);
}

/* Returns 1 when the line is whole, 0 when it is not, or an error. */
static int read_request_line(struct reader *r)
{
	struct str rest = str_from(r->in, r->at), line = rest;
	ssize_t lf = str_find(rest, '\n');
	bool whole = lf >= 0, has_cr;
	int rc;

	if (whole)
		line = str_first(rest, (size_t)lf);
	has_cr = line.n && line.p[line.n - 1] == '\r';
	line.n -= has_cr;
	if (line.n > LIMIT_HEAD_LINE)
		return too_long(r);
	rc = read_words(r, line, whole);
	if (rc < 0 || !whole)
		return rc;
	r->request->line = str_first(rest, (size_t)lf + 1);
	if (!has_cr)
		findings_add(r->found, FINDING_BARE_LF, r->at + (size_t)lf);
	rc = read_form(r);
	r->at += r->request->line.n;
	return rc < 0 ? rc : 1;
}

/* One empty line may stand in front (RFC 9112 section 2.2). */
static void skip_empty_line(struct reader *r)
{
	if (str_starts(r->in, STR("\r\n")))
		r->at = 2;
	else if (str_starts(r->in, STR("\n")))
		r->at = 1;
	if (r->at)
		findings_add(r->found, FINDING_EMPTY_LINE, 0);
}

/* --- fields */

/* The field lines, by the rules of all fields. */
static ssize_t read_fields(struct reader *r)
{
	struct head *h = &r->request->head;
	int major = h->major, minor = h->minor;
	uint64_t base = r->found->base;
	size_t have;
	ssize_t used;

	r->found->base += r->at;
	used = head_parse_trailers(str_from(r->in, r->at), h, r->found, r->e);
	r->found->base = base;
	h->major = major;
	h->minor = minor;
	/* What it says of "responses" is said here by the rule itself. */
	if (used == -ERR_WEIRD_REPLY)
		return refuse_last(r);
	have = used > 0 ? r->at + (size_t)used : r->in.n;
	if (used == -ERR_RECV || (used >= 0 && have > LIMIT_HEAD))
		return too_large(r);
	if (used == -ERR_TOO_MANY)
		return error_set(r->e, ERR_TOO_MANY,
			"the request head has a line of over %u bytes, or more "
			"than %u fields",
			LIMIT_HEAD_LINE, LIMIT_FIELDS);
	return used;
}

static size_t offset_of(const struct reader *r, struct str part)
{
	return (size_t)(part.p - r->in.p);
}

/* A fold may be replaced by a space or refused (RFC 9112 section 5.2); readers
 * that do neither see another message. */
static int check_folds(struct reader *r)
{
	const struct head *h = &r->request->head;

	for (size_t i = 0; h->folded && i < r->found->n; i++)
		if (i >= r->first && r->found->items[i].id == FINDING_OBS_FOLD)
			return refuse(
				&r->found->items[i], ERR_WEIRD_REPLY, r->e);
	return 0;
}

/* RFC 9112 section 3.2, RFC 9110 section 7.2. */
static int check_host(struct reader *r)
{
	struct received_request *q = r->request;
	size_t at = 0;
	const struct field *host = head_find(&q->head, STR("Host"), 0, &at);
	const struct field *second = NULL;

	if (!host && q->head.minor >= 1)
		return broken(r, FINDING_HOST_MISSING, r->at);
	if (!host)
		return 0;
	second = head_find(&q->head, STR("Host"), at + 1, NULL);
	if (second)
		return broken(
			r, FINDING_HOST_REPEATED, offset_of(r, second->line));
	if (host->value.n && !is_authority(host->value, false))
		return broken(
			r, FINDING_HOST_INVALID, offset_of(r, host->value));
	if (q->form == TARGET_ORIGIN || q->form == TARGET_ASTERISK)
		q->authority = host->value;
	return 0;
}

static void read_expectation(struct received_request *q)
{
	const struct field *field;

	q->expectation = EXPECT_NOTHING;
	if (q->head.minor == 0)
		return;
	for (size_t at = 0;
		(field = head_find(&q->head, STR("Expect"), at, &at)); at++) {
		struct str rest = field->value, one;

		while (value_next(&rest, &one)) {
			if (!str_eq_nocase(one, STR("100-continue"))) {
				q->expectation = EXPECT_UNKNOWN;
				return;
			}
			q->expectation = EXPECT_CONTINUE;
		}
	}
}

static int unknown_coding(const struct reader *r, struct str coding)
{
	return error_set(r->e, ERR_CONTENT_CODING,
		"a transfer coding that is not chunked, at byte %zu: %s",
		offset_of(r, coding), value_shown(coding).text);
}

/* As that of a response with these fields, but for two items of RFC 9112
 * section 6.3: without Transfer-Encoding and Content-Length there is no body
 * (7), and chunked must be final (4). */
static int decide_framing(struct reader *r)
{
	struct received_request *q = r->request;
	struct str coding = head_value(&q->head, STR("Transfer-Encoding"));
	bool has_length = head_find(&q->head, STR("Content-Length"), 0, NULL) !=
		NULL;
	const struct framing_options options = {
		.is_request = true,
		.head_request = !coding.p && !has_length,
	};
	int rc;

	q->head.status = 200;
	rc = framing_decide(&q->head, &options, &q->framing, r->found, r->e);
	q->head.status = 0;
	if (options.head_request)
		q->framing.item = 7;
	if (rc == -ERR_CONTENT_CODING)
		return unknown_coding(r, coding);
	if (rc == -ERR_WEIRD_REPLY)
		return refuse_last(r);
	if (rc == 0 && q->framing.kind == FRAMING_CLOSE)
		return broken(
			r, FINDING_CODING_NOT_FINAL, offset_of(r, coding));
	return rc;
}

/* --- all of it */

static ssize_t parse(struct reader *r)
{
	struct received_request *q = r->request;
	ssize_t used;
	int rc;

	skip_empty_line(r);
	rc = read_request_line(r);
	if (rc <= 0)
		return rc;
	used = read_fields(r);
	if (used <= 0)
		return used;
	q->head.bytes = str_first(r->in, r->at + (size_t)used);
	rc = check_folds(r);
	if (rc == 0)
		rc = check_host(r);
	if (rc == 0)
		rc = decide_framing(r);
	if (rc == 0)
		rc = refuse_errors(r);
	if (rc < 0)
		return rc;
	read_expectation(q);
	return (ssize_t)q->head.bytes.n;
}

ssize_t request_parse(struct str in, struct received_request *r,
	struct findings *found, struct error *e)
{
	struct findings own = { .n = 0 };
	struct error unheard = { 0 };
	struct reader reader = { .in = in,
		.request = r,
		.found = found ? found : &own,
		.e = e ? e : &unheard };
	struct findings *f = reader.found;
	ssize_t used;

	reader.first = f->n;
	reader.dropped = f->dropped;
	*r = (struct received_request){ .head = { .fields = r->head.fields,
						.cap = r->head.cap } };
	used = parse(&reader);
	/* It will be parsed again with more bytes, from its start. */
	if (used == 0) {
		f->n = reader.first;
		f->dropped = reader.dropped;
	}
	return used;
}

ssize_t request_parse_trailers(struct str section, struct head *trailers,
	struct findings *found, struct error *e)
{
	struct reader r = { .in = section,
		.found = found,
		.first = found->n,
		.dropped = found->dropped,
		.e = e };
	ssize_t used = head_parse_trailers(section, trailers, found, e);
	int rc;

	if (used == -ERR_WEIRD_REPLY)
		return refuse_last(&r);
	if (used <= 0)
		return used;
	review_trailers(trailers, found);
	rc = refuse_errors(&r);
	return rc < 0 ? rc : used;
}
