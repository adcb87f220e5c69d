#include "http/head.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "http/value.h"

#define FIRST_FIELDS 32

struct reader {
	struct str in;
	size_t at; /* where the line begins */
	struct head *head;
	struct findings *found;
	struct error *e;
};

void head_init(struct head *h)
{
	*h = (struct head){ 0 };
}

void head_fini(struct head *h)
{
	free(h->fields);
	head_init(h);
}

/* Most names differ in length, and this is asked of every field. */
static bool is_named(const struct field *field, struct str name)
{
	return field->name.n == name.n && str_eq_nocase(field->name, name);
}

/* The length of the empty line at `at`, 0 when there is none (yet). */
static size_t empty_line(struct str in, size_t at)
{
	if (at < in.n && in.p[at] == '\n')
		return 1;
	if (at + 1 < in.n && in.p[at] == '\r' && in.p[at + 1] == '\n')
		return 2;
	return 0;
}

size_t head_end(struct str in, size_t *scanned)
{
	size_t at = *scanned;
	size_t n;

	if (at == 0) {
		n = empty_line(in, 0);
		if (n || in.n < 2)
			return n;
	}
	while (at < in.n) {
		const char *lf = memchr(in.p + at, '\n', in.n - at);

		if (!lf) {
			at = in.n;
			break;
		}
		at = (size_t)(lf - in.p);
		if ((n = empty_line(in, at + 1)) > 0)
			return at + 1 + n;
		/* What follows may only be the first half of a CRLF. */
		if (in.n - at <= 2)
			break;
		at++;
	}
	*scanned = at;
	return 0;
}

/* A mask of these eight bytes: the lowest bit set belongs to the first one that
 * is below 0x20 or DEL, as the carries of the usual trick only go upward. */
static uint64_t control_mask(const char *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t x, del;

	memcpy(&x, p, sizeof(x));
	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		x = __builtin_bswap64(x);
	del = x ^ (ones * 0x7f);
	return (((x - ones * 0x20) & ~x) | ((del - ones) & ~del)) &
		(ones * 0x80);
}

/* The first control character but HTAB at or after `at`, or in.n. */
static size_t find_control(struct str in, size_t at)
{
	while (at < in.n) {
		if (in.n - at >= 8) {
			uint64_t mask = control_mask(in.p + at);

			if (!mask) {
				at += 8;
				continue;
			}
			at += (size_t)__builtin_ctzll(mask) / 8;
		}
		if (ascii_is_control(in.p[at]) && in.p[at] != '\t')
			return at;
		at++;
	}
	return at;
}

/* Find the end of the line at r->at: `*content` gets it without its end, and
 * the whole length is returned, 0 when it has no end yet. */
static ssize_t read_line(struct reader *r, struct str *content)
{
	struct str in = r->in;
	size_t at = find_control(in, r->at);

	for (; at < in.n; at = find_control(in, at + 1)) {
		*content = (struct str){ in.p + r->at, at - r->at };
		switch (in.p[at]) {
		case '\n':
			findings_add(r->found, FINDING_BARE_LF, at);
			return (ssize_t)(at + 1 - r->at);
		case '\r':
			if (at + 1 == in.n)
				return 0;
			if (in.p[at + 1] == '\n')
				return (ssize_t)(at + 2 - r->at);
			findings_add(r->found, FINDING_BARE_CR, at);
			return error_set(r->e, ERR_WEIRD_REPLY,
				"a CR without LF in the response head at byte "
				"%zu",
				at);
		case '\0':
			findings_add(r->found, FINDING_NUL_BYTE, at);
			return error_set(r->e, ERR_WEIRD_REPLY,
				"Nul byte in header at byte %zu", at);
		default:
			findings_add(r->found, FINDING_CONTROL_BYTE, at);
		}
	}
	return 0;
}

/* The line at r->at, and so all before its end, is within the limits. */
static int check_limits(const struct reader *r, size_t end)
{
	if (end - r->at > LIMIT_HEAD_LINE)
		return error_set(r->e, ERR_TOO_MANY,
			"Too large response header line: over %u bytes "
			"from byte %zu on",
			LIMIT_HEAD_LINE, r->at);
	if (end > LIMIT_HEAD)
		return error_set(r->e, ERR_RECV,
			"Too large response headers: %zu > %u", end,
			LIMIT_HEAD);
	return 0;
}

/* The start of an alert or a handshake (RFC 8446 section 5.1). */
static bool is_tls_record(struct str in)
{
	return in.n && (in.p[0] == 0x15 || in.p[0] == 0x16) &&
		(in.n == 1 || in.p[1] == 3);
}

/* As much as there is of `in` may be the start of an HTTP/1.x response. */
static int check_start(struct str in, struct findings *found, struct error *e)
{
	const struct str start = STR("HTTP/1");
	struct str name = str_first(start, start.n - 1);
	const size_t minor = STR("HTTP/1.").n;

	if (is_tls_record(in)) {
		findings_add(found, FINDING_TLS_ON_PLAIN_PORT, 0);
		return error_set(e, ERR_UNSUPPORTED_PROTOCOL,
			"Received HTTP/0.9 when not allowed: the response is a "
			"TLS record; the server speaks TLS on this port, try "
			"https://");
	}
	if (!str_starts(name, str_first(in, name.n)) ||
		(str_starts(in, STR("HTTP/1.")) && in.n > minor &&
			!ascii_is_digit(in.p[minor]))) {
		findings_add(found, FINDING_NOT_HTTP, 0);
		return error_set(e, ERR_UNSUPPORTED_PROTOCOL,
			"Received HTTP/0.9 when not allowed: the response "
			"does not begin with \"HTTP/1\" and a version");
	}
	if (in.n >= start.n && in.p[name.n] != start.p[name.n]) {
		findings_add(found, FINDING_HTTP_VERSION, name.n);
		return error_set(e, ERR_UNSUPPORTED_PROTOCOL,
			"Unsupported HTTP version in response at byte %zu",
			name.n);
	}
	return 0;
}

/* Read ".x" of the version and the spaces behind it. Returns where the status
 * code begins, 0 when this is no version. */
static size_t read_version(struct reader *r, struct str line)
{
	size_t at = STR("HTTP/1").n;
	size_t space;

	r->head->major = 1;
	r->head->minor = 0;
	if (at < line.n && line.p[at] == '.') {
		if (at + 1 >= line.n || !ascii_is_digit(line.p[at + 1]))
			return 0;
		r->head->minor = line.p[at + 1] - '0';
		at += 2;
	} else {
		findings_add(r->found, FINDING_STATUS_LINE, at);
	}
	space = at;
	while (at < line.n && line.p[at] == ' ')
		at++;
	if (at > space + 1)
		findings_add(r->found, FINDING_STATUS_LINE, space + 1);
	return at > space ? at : 0;
}

/* Either the version is not 1.x or no space and status code follow it. */
static void note_version(const struct reader *r, struct str line)
{
	const size_t name = STR("HTTP/").n, end = STR("HTTP/1.1").n;
	bool good = line.n >= end && line.p[name + 1] == '.' &&
		ascii_is_digit(line.p[end - 1]) &&
		!(line.n > end && ascii_is_digit(line.p[end]));

	if (good)
		findings_add(r->found, FINDING_STATUS_CODE, end);
	else
		findings_add(r->found, FINDING_HTTP_VERSION, name);
}

struct str head_lines(struct str in, size_t told)
{
	size_t scanned = 0, n = head_end(in, &scanned);

	if (n == 0)
		n = in.n;
	while (n > told && in.p[n - 1] != '\n')
		n--;
	return (struct str){ in.p + told, n > told ? n - told : 0 };
}

/* The three digits of a status code at the front of `s`, behind which nothing
 * but a blank may stand, or -1. */
static int read_code(struct str s)
{
	if (s.n < 3 || (s.n > 3 && !ascii_is_blank(s.p[3])))
		return -1;
	for (size_t i = 0; i < 3; i++)
		if (!ascii_is_digit(s.p[i]) || s.p[0] == '0')
			return -1;
	return (s.p[0] - '0') * 100 + (s.p[1] - '0') * 10 + (s.p[2] - '0');
}

static int read_status_line(struct reader *r, struct str line)
{
	struct head *h = r->head;
	size_t at;

	at = read_version(r, line);
	if (at == 0) {
		note_version(r, line);
		return error_set(r->e, ERR_UNSUPPORTED_PROTOCOL,
			"Unsupported HTTP version in response: \"%s\"",
			value_shown(line).text);
	}
	h->status = read_code(str_from(line, at));
	if (h->status < 0 || h->status > 599)
		findings_add(r->found, FINDING_STATUS_CODE, at);
	if (h->status < 0)
		return error_set(r->e, ERR_UNSUPPORTED_PROTOCOL,
			"Unsupported response code in HTTP response at byte "
			"%zu: \"%s\"",
			at, value_shown(line).text);
	at += 3;
	if (at < line.n && line.p[at] == ' ')
		at++;
	else
		findings_add(r->found, FINDING_STATUS_LINE, at);
	h->reason = str_from(line, at);
	return 0;
}

static int add_field(struct reader *r, const struct field *field)
{
	struct head *h = r->head;

	if (h->n == LIMIT_FIELDS)
		return error_set(r->e, ERR_TOO_MANY,
			"the response head has more than %u fields",
			LIMIT_FIELDS);
	if (h->n == h->cap) {
		size_t cap = h->cap ? h->cap * 2 : FIRST_FIELDS;
		struct field *grown = realloc(
			h->fields, cap * sizeof(*h->fields));

		if (!grown)
			return error_memory(r->e);
		h->fields = grown;
		h->cap = cap;
	}
	h->fields[h->n++] = *field;
	return 0;
}

/* A line that begins with white space continues the field before it. */
static int read_fold(struct reader *r, struct str content, size_t length)
{
	struct str more = value_trim(content);
	struct head *h = r->head;
	struct field *field;

	if (h->n == 0) {
		findings_add(r->found, FINDING_LEADING_SPACE, r->at);
		return error_set(r->e, ERR_WEIRD_REPLY,
			"white space before the first field at byte %zu",
			r->at);
	}
	findings_add(r->found, FINDING_OBS_FOLD, r->at);
	h->folded = true;
	field = &h->fields[h->n - 1];
	field->line.n += length;
	if (field->value.n == 0)
		field->value = more;
	else if (more.n)
		field->value.n = (size_t)(more.p + more.n - field->value.p);
	return 0;
}

static int read_field(struct reader *r, struct str content, size_t length)
{
	struct field field = { .line = { content.p, length } };
	struct str name;

	if (!str_cut(content, ':', &name, &field.value)) {
		findings_add(r->found, FINDING_NO_COLON, r->at);
		return error_set(r->e, ERR_WEIRD_REPLY,
			"Header without colon at byte %zu: \"%s\"", r->at,
			value_shown(content).text);
	}
	field.name = str_trim(name);
	field.value = value_trim(field.value);
	if (field.name.n == 0) {
		findings_add(r->found, FINDING_FIELD_NAME, r->at);
		return error_set(r->e, ERR_WEIRD_REPLY,
			"a field without a name at byte %zu", r->at);
	}
	if (field.name.n < name.n)
		findings_add(r->found, FINDING_SPACE_BEFORE_COLON,
			r->at + field.name.n);
	if (!value_is_token(field.name))
		findings_add(r->found, FINDING_FIELD_NAME, r->at);
	return add_field(r, &field);
}

/* The fields of RFC 9110 that may stand once; Content-Length is the framing's
 * to judge. */
static const struct str singletons[] = {
	STR("Location"), /* the first: differing ones are an error */
	STR("Age"),
	STR("Content-Location"),
	STR("Content-Range"),
	STR("Content-Type"),
	STR("Date"),
	STR("ETag"),
	STR("Expires"),
	STR("Last-Modified"),
	STR("Retry-After"),
	STR("Server"),
};

#define N_SINGLETONS (sizeof(singletons) / sizeof(singletons[0]))

/* Note repeated singletons. Which of two Locations a redirect would follow
 * would be anyone's guess. */
static int check_singletons(struct reader *r)
{
	const struct field *first[N_SINGLETONS] = { NULL };
	const struct head *h = r->head;

	for (size_t k = 0; k < h->n; k++) {
		const struct field *f = &h->fields[k];
		size_t i = 0;
		size_t at;

		while (i < N_SINGLETONS && !is_named(f, singletons[i]))
			i++;
		if (i == N_SINGLETONS)
			continue;
		if (!first[i]) {
			first[i] = f;
			continue;
		}
		at = (size_t)(f->line.p - r->in.p);
		if (i == 0 && !str_eq(first[i]->value, f->value)) {
			findings_add(r->found, FINDING_LOCATION_CONFLICT, at);
			return error_set(r->e, ERR_WEIRD_REPLY,
				"Location fields that differ, the second at "
				"byte %zu",
				at);
		}
		findings_add(r->found, FINDING_SINGLETON_REPEATED, at);
	}
	return 0;
}

/* Take the line of `length` bytes at r->at. Returns 1 when it is the empty line
 * that ends the section, else 0 or an error. */
static int take_line(
	struct reader *r, struct str content, size_t length, bool status_line)
{
	int rc = check_limits(r, r->at + length);

	if (rc < 0)
		return rc;
	if (status_line) {
		r->head->status_line = (struct str){ content.p, length };
		return read_status_line(r, content);
	}
	if (content.n == 0)
		return 1;
	if (ascii_is_blank(content.p[0]))
		return read_fold(r, content, length);
	return read_field(r, content, length);
}

static ssize_t read_lines(struct reader *r, bool trailers)
{
	bool status_line = !trailers;

	for (;;) {
		struct str content = { NULL, 0 };
		ssize_t length = read_line(r, &content);
		int rc;

		if (length < 0)
			return length;
		if (length == 0)
			return check_limits(r, r->in.n);
		rc = take_line(r, content, (size_t)length, status_line);
		if (rc < 0)
			return rc;
		r->at += (size_t)length;
		r->head->bytes.n = r->at;
		if (rc > 0)
			break;
		status_line = false;
	}
	if (!trailers) {
		int rc = check_singletons(r);

		if (rc < 0)
			return rc;
	}
	return (ssize_t)r->at;
}

static ssize_t parse(struct str in, struct head *h, struct findings *found,
	struct error *e, bool trailers)
{
	struct reader r = { in, 0, h, found, e };
	struct findings_mark mark = findings_mark(found);
	ssize_t used;

	*h = (struct head){ .fields = h->fields, .cap = h->cap };
	h->bytes.p = in.p;
	used = read_lines(&r, trailers);
	/* It will be parsed again with more bytes, from its start. */
	if (used == 0)
		findings_rewind(found, &mark);
	return used;
}

ssize_t head_parse(
	struct str in, struct head *h, struct findings *found, struct error *e)
{
	int rc = check_start(in, found, e);

	if (rc < 0) {
		*h = (struct head){ .fields = h->fields, .cap = h->cap };
		return rc;
	}
	return parse(in, h, found, e, false);
}

ssize_t head_parse_trailers(
	struct str in, struct head *h, struct findings *found, struct error *e)
{
	return parse(in, h, found, e, true);
}

const struct field *head_find(
	const struct head *h, struct str name, size_t from, size_t *at)
{
	for (size_t i = from; i < h->n; i++)
		if (is_named(&h->fields[i], name)) {
			if (at)
				*at = i;
			return &h->fields[i];
		}
	return NULL;
}

struct str head_value(const struct head *h, struct str name)
{
	const struct field *field = head_find(h, name, 0, NULL);

	return field ? field->value : (struct str){ NULL, 0 };
}
