#include "http/request.h"

#include "http/value.h"

struct writer {
	struct buf *out;
	const struct request *request;
	struct error *e;
	int failed; /* the first error, negative */
};

/* A byte that would end or cut a line of the head, or (with `space`) a part of
 * the request line. */
static int check_text(
	struct str text, bool space, const char *what, struct error *e)
{
	for (size_t i = 0; i < text.n; i++) {
		const char *byte;

		switch (text.p[i]) {
		case '\r':
			byte = "a carriage return";
			break;
		case '\n':
			byte = "a line feed";
			break;
		case '\0':
			byte = "a NUL";
			break;
		case ' ':
			if (space) {
				byte = "a space";
				break;
			}
			continue;
		default:
			continue;
		}
		return error_set(e, ERR_USAGE,
			"%s has %s at byte %zu, which cannot be sent", what,
			byte, i);
	}
	return 0;
}

int user_field_parse(struct str text, struct user_field *field, bool *ignored,
	struct error *e)
{
	ssize_t colon = str_find(text, ':');
	int rc = check_text(text, false, "the header", e);

	*ignored = false;
	*field = (struct user_field){ .kind = USER_FIELD_SEND, .line = text };
	if (rc < 0)
		return rc;
	if (colon >= 0) {
		field->name = str_trim(str_first(text, (size_t)colon));
		field->value = str_trim(str_from(text, (size_t)colon + 1));
		if (field->value.n == 0)
			field->kind = USER_FIELD_REMOVE;
	} else if (text.n && str_find(text, ';') == (ssize_t)text.n - 1) {
		field->name = str_trim(str_first(text, text.n - 1));
		field->kind = USER_FIELD_EMPTY;
	}
	*ignored = field->name.n == 0;
	return 0;
}

const struct user_field *user_field_find(
	const struct user_field *fields, size_t n, struct str name)
{
	while (n-- > 0)
		if (str_eq_nocase(fields[n].name, name))
			return &fields[n];
	return NULL;
}

bool request_says(
	const struct request *request, struct str name, struct str token)
{
	for (size_t i = 0; i < request->n_fields; i++) {
		const struct user_field *field = &request->fields[i];

		if (field->kind == USER_FIELD_SEND &&
			str_eq_nocase(field->name, name) &&
			value_has_token(field->value, token))
			return true;
	}
	return false;
}

bool request_has_option(const struct request *request, struct str option)
{
	return request_says(request, STR("Connection"), option) ||
		(request->proxy_connection &&
			request_says(request, STR("Proxy-Connection"), option));
}

static bool user_has(const struct request *request, struct str name)
{
	return user_field_find(request->fields, request->n_fields, name);
}

static bool sends_te(const struct request *request)
{
	return request->te.n && !user_has(request, STR("TE"));
}

static void check(
	struct writer *w, struct str text, bool space, const char *what)
{
	if (!w->failed)
		w->failed = check_text(text, space, what, w->e);
}

/* A field that is sent by itself: not when its value is empty, nor when the
 * user has one of that name. */
static void add(struct writer *w, const char *name, struct str value)
{
	if (value.n == 0 || user_has(w->request, str_of(name)))
		return;
	check(w, value, false, name);
	buf_add_text(w->out, name);
	buf_add(w->out, ": ", 2);
	buf_add_str(w->out, value);
	buf_add(w->out, "\r\n", 2);
}

static void add_line(struct writer *w, struct str line)
{
	buf_add_str(w->out, line);
	buf_add(w->out, "\r\n", 2);
}

/* A field of the user's, with `more` behind it. */
static void add_user_field(
	struct writer *w, const struct user_field *field, struct str more)
{
	if (field->kind == USER_FIELD_REMOVE)
		return;
	if (field->kind == USER_FIELD_EMPTY) {
		check(w, field->name, false, "the header");
		buf_add_str(w->out, field->name);
		add_line(w, STR(":"));
		return;
	}
	check(w, field->line, false, "the header");
	buf_add_str(w->out, field->line);
	add_line(w, more);
}

static void add_request_line(struct writer *w)
{
	const struct request *r = w->request;

	if (r->method.n == 0 || r->target.n == 0)
		w->failed = error_set(w->e, ERR_USAGE,
			"the request %s is empty",
			r->method.n ? "target" : "method");
	check(w, r->method, true, "the request method");
	check(w, r->target, true, "the request target");
	buf_add_str(w->out, r->method);
	buf_add_char(w->out, ' ');
	buf_add_str(w->out, r->target);
	add_line(w, r->minor ? STR(" HTTP/1.1") : STR(" HTTP/1.0"));
}

static void add_host(struct writer *w)
{
	const struct request *r = w->request;

	for (size_t i = 0; i < r->n_fields; i++)
		if (r->fields[i].kind != USER_FIELD_REMOVE &&
			str_eq_nocase(r->fields[i].name, STR("Host"))) {
			add_user_field(w, &r->fields[i], STR(""));
			return;
		}
	add(w, "Host", r->host);
}

static void add_condition(struct writer *w)
{
	const struct request *r = w->request;
	struct str name, value;

	if (r->condition.n == 0)
		return;
	str_cut(r->condition, ':', &name, &value);
	if (user_has(r, name))
		return;
	check(w, r->condition, false, "the condition");
	add_line(w, r->condition);
}

/* The user's Connection fields, and TE, which Connection must name (RFC 9110
 * section 10.1.4). */
static void add_connection(struct writer *w)
{
	const struct request *r = w->request;
	bool te = sends_te(r), names_te = te;

	for (size_t i = 0; i < r->n_fields; i++) {
		const struct user_field *field = &r->fields[i];

		if (!str_eq_nocase(field->name, STR("Connection")) ||
			(names_te && field->kind != USER_FIELD_SEND))
			continue;
		add_user_field(w, field, te ? STR(", TE") : STR(""));
		te = false;
	}
	if (te)
		add_line(w, STR("Connection: TE"));
}

/* The user's fields in their order, but Connection behind the others, as curl
 * has it. */
static void add_user_fields(struct writer *w)
{
	const struct request *r = w->request;

	for (size_t i = 0; i < r->n_fields; i++)
		if (!str_eq_nocase(r->fields[i].name, STR("Host")) &&
			!str_eq_nocase(r->fields[i].name, STR("Connection")))
			add_user_field(w, &r->fields[i], STR(""));
	add_connection(w);
}

static void add_length(struct writer *w)
{
	const struct request *r = w->request;
	const struct user_field *coding = user_field_find(
		r->fields, r->n_fields, STR("Transfer-Encoding"));

	if (!r->has_body || r->chunked || user_has(r, STR("Content-Length")) ||
		(coding && coding->kind == USER_FIELD_SEND))
		return;
	buf_add_text(w->out, "Content-Length: ");
	buf_add_uint(w->out, r->length);
	add_line(w, STR(""));
}

static void add_fields(struct writer *w)
{
	const struct request *r = w->request;

	add_host(w);
	add(w, "Proxy-Authorization", r->proxy_authorization);
	add(w, "Authorization", r->authorization);
	for (int i = 0; i < 2; i++)
		if (r->signed_lines[i].n)
			add_line(w, r->signed_lines[i]);
	add(w, "Range", r->range);
	add(w, "If-Range", r->if_range);
	add(w, "Content-Range", r->content_range);
	add(w, "User-Agent", r->user_agent);
	add(w, "Accept", r->accept);
	add(w, "TE", r->te);
	add(w, "Accept-Encoding", r->accept_encoding);
	add(w, "Referer", r->referer);
	if (r->proxy_connection)
		add(w, "Proxy-Connection", STR("Keep-Alive"));
	if (r->chunked)
		add(w, "Transfer-Encoding", STR("chunked"));
	add(w, "Cookie", r->cookie);
	add_condition(w);
	add_user_fields(w);
	add(w, "If-None-Match", r->if_none_match);
	add_length(w);
	add(w, "Content-Type", r->content_type);
	if (r->expect_continue)
		add(w, "Expect", STR("100-continue"));
	add_line(w, STR(""));
}

int request_write(
	struct buf *out, const struct request *request, struct error *e)
{
	struct writer w = { out, request, e, 0 };
	size_t before = out->n;

	add_request_line(&w);
	add_fields(&w);
	if (w.failed) {
		out->n = before;
		return w.failed;
	}
	return buf_check(out, "request head", e);
}
