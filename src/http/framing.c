#include "http/framing.h"

#include <inttypes.h>

#include "base/num.h"
#include "http/value.h"

struct decision {
	const struct head *head;
	const struct framing_options *options;
	struct framing *framing;
	struct findings *found;
	struct error *e;
};

/* The transfer codings that can be decoded (RFC 9112 section 7.2), and the name
 * by which content decoders know them. */
static const struct {
	struct str name;
	struct str decoder;
} codings[] = {
	{ STR("gzip"), STR("gzip") },
	{ STR("x-gzip"), STR("gzip") },
	{ STR("deflate"), STR("deflate") },
};

static const struct str content_length = STR("Content-Length");
static const struct str transfer_encoding = STR("Transfer-Encoding");
static const struct str connection = STR("Connection");
static const struct str proxy_connection = STR("Proxy-Connection");

/* Where `part` stands, in bytes from the start of the response. */
static size_t offset_of(const struct decision *d, struct str part)
{
	return (size_t)(part.p - d->head->bytes.p);
}

/* The next field of that name from index `*at` on, which moves behind it. */
static const struct field *next_field(
	struct decision *d, struct str name, size_t *at)
{
	const struct field *field = head_find(d->head, name, *at, at);

	if (!field)
		return NULL;
	++*at;
	/* Others may read "Content-Length :" as a field of another name. */
	if (field->name.p[field->name.n] != ':')
		d->framing->persistent = false;
	return field;
}

/* `token` stands in a field of that name. */
static bool has_token(
	const struct head *head, struct str name, struct str token)
{
	const struct field *field;

	for (size_t at = 0; (field = head_find(head, name, at, &at)); at++)
		if (value_has_token(field->value, token))
			return true;
	return false;
}

/* RFC 9112 section 9.3, as far as version and Connection decide, and the name
 * that old proxies have for it (appendix C.2.2). */
static bool is_persistent(const struct head *head, bool from_proxy)
{
	const struct str names[] = { connection, proxy_connection };
	bool keep_alive = false;

	for (size_t i = 0; i < (from_proxy ? 2u : 1u); i++) {
		if (has_token(head, names[i], STR("close")))
			return false;
		keep_alive |= has_token(head, names[i], STR("keep-alive"));
	}
	return head->minor >= 1 || keep_alive;
}

/* A response that cannot have framing fields is left on a connection that
 * cannot be trusted if they announce a body. */
static void note_unexpected(struct decision *d)
{
	const struct field *field;

	for (size_t at = 0; (field = next_field(d, content_length, &at));) {
		findings_add(d->found, FINDING_LENGTH_UNEXPECTED,
			offset_of(d, field->name));
		if (!str_eq(field->value, STR("0")))
			d->framing->persistent = false;
	}
	for (size_t at = 0; (field = next_field(d, transfer_encoding, &at));) {
		findings_add(d->found, FINDING_CODING_UNEXPECTED,
			offset_of(d, field->name));
		d->framing->persistent = false;
	}
}

static void decide_no_body(struct decision *d)
{
	int status = d->head->status;

	d->framing->kind = FRAMING_NONE;
	d->framing->item = 1;
	if (status < 200 || status == 204)
		note_unexpected(d);
	if (status == 101) {
		d->framing->kind = FRAMING_TUNNEL;
		d->framing->persistent = false;
	}
}

static void decide_tunnel(struct decision *d)
{
	note_unexpected(d);
	d->framing->kind = FRAMING_TUNNEL;
	d->framing->item = 2;
	d->framing->persistent = false;
}

static void decide_close(struct decision *d, int item)
{
	d->framing->kind = FRAMING_CLOSE;
	d->framing->item = item;
	d->framing->persistent = false;
}

/* Add a coding to the list for the decoders. */
static int add_coding(struct decision *d, struct str name, size_t *n)
{
	char *list = d->framing->codings;
	size_t used = strlen(list);
	size_t i = 0;

	while (i < sizeof(codings) / sizeof(codings[0]) &&
		!str_eq_nocase(name, codings[i].name))
		i++;
	if (i == sizeof(codings) / sizeof(codings[0])) {
		findings_add(
			d->found, FINDING_CODING_UNKNOWN, offset_of(d, name));
		return error_set(d->e, ERR_CONTENT_CODING,
			"Unsupported Transfer-Encoding (%s) found at byte "
			"%zu",
			value_shown(name).text, offset_of(d, name));
	}
	if (++*n > LIMIT_CODINGS)
		return error_set(d->e, ERR_CONTENT_CODING,
			"Reject response exceeding limit of %u transfer "
			"encodings",
			LIMIT_CODINGS);
	if (used) {
		memcpy(list + used, ", ", 2);
		used += 2;
	}
	memcpy(list + used, codings[i].decoder.p, codings[i].decoder.n);
	return 0;
}

/* One element of Transfer-Encoding. `*chunked` is whether the coding before it
 * was chunked, and becomes whether this one is. */
static int take_coding(
	struct decision *d, struct str name, bool *chunked, size_t *n)
{
	if (str_eq_nocase(name, STR("chunked"))) {
		if (*chunked) {
			findings_add(d->found, FINDING_CHUNKED_REPEATED,
				offset_of(d, name));
			d->framing->persistent = false;
		}
		*chunked = true;
		return 0;
	}
	if (*chunked)
		findings_add(
			d->found, FINDING_CODING_NOT_FINAL, offset_of(d, name));
	if (d->options->raw) {
		*chunked = false;
		return 0;
	}
	if (*chunked)
		return error_set(d->e, ERR_CONTENT_CODING,
			"Transfer-Encoding (%s) found behind chunked at byte "
			"%zu",
			value_shown(name).text, offset_of(d, name));
	if (str_eq_nocase(name, STR("identity")))
		return 0;
	if (!d->options->codings_wanted) {
		if (!d->options->is_request)
			findings_add(d->found, FINDING_CODING_UNREQUESTED,
				offset_of(d, name));
		return error_set(d->e, ERR_CONTENT_CODING,
			"Unsolicited Transfer-Encoding (%s) found",
			value_shown(name).text);
	}
	return add_coding(d, name, n);
}

/* "identity" was a coding once (RFC 2616 section 3.6.2), and says that there is
 * none: where it stands alone the field is as good as absent. A client that
 * speaks of a body so is not trusted. */
static bool names_no_coding(struct decision *d)
{
	const struct field *field;
	bool identity = false;

	for (size_t at = 0; (field = next_field(d, transfer_encoding, &at));) {
		struct str rest = field->value, name;

		for (; value_next(&rest, &name); identity = true)
			if (!str_eq_nocase(name, STR("identity")))
				return false;
	}
	return identity && !d->options->is_request;
}

/* Items 3 and 4. Returns 1 when they decided, 0 when there is no
 * Transfer-Encoding, or an error. */
static int decide_coding(struct decision *d)
{
	const struct field *field, *length;
	bool chunked = false;
	size_t at = 0, n = 0;

	field = next_field(d, transfer_encoding, &at);
	if (!field)
		return 0;
	if (names_no_coding(d)) {
		findings_add(d->found, FINDING_CODING_IDENTITY,
			offset_of(d, field->name));
		return 0;
	}
	if (d->head->minor == 0) {
		findings_add(d->found, FINDING_CODING_IN_HTTP10,
			offset_of(d, field->name));
		d->framing->persistent = false;
	}
	if (d->options->http10_request)
		findings_add(d->found, FINDING_CODING_TO_HTTP10,
			offset_of(d, field->name));
	length = head_find(d->head, content_length, 0, NULL);
	if (length) {
		findings_add(d->found, FINDING_LENGTH_WITH_CODING,
			offset_of(d, length->name));
		d->framing->persistent = false;
	}
	for (; field; field = next_field(d, transfer_encoding, &at)) {
		struct str rest = field->value, name;

		while (value_next(&rest, &name)) {
			int rc = take_coding(d, name, &chunked, &n);

			if (rc < 0)
				return rc;
		}
	}
	if (!chunked) {
		decide_close(d, 4);
	} else {
		d->framing->kind = FRAMING_CHUNKED;
		d->framing->item = 4;
	}
	return 1;
}

static int invalid_length(struct decision *d, struct str value)
{
	findings_add(d->found, FINDING_LENGTH_INVALID, offset_of(d, value));
	return error_set(d->e, ERR_WEIRD_REPLY,
		"Invalid Content-Length: value \"%s\" at byte %zu",
		value_shown(value).text, offset_of(d, value));
}

static int read_length(struct decision *d, struct str s, uint64_t *length)
{
	if (num_decimal(s, INT64_MAX, length))
		return 0;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return invalid_length(d, s);
	return error_set(d->e, ERR_TOO_LARGE,
		"Content-Length %s at byte %zu is larger than any body can "
		"be",
		value_shown(s).text, offset_of(d, s));
}

/* One value of Content-Length, the `*n`-th. */
static int take_length(struct decision *d, struct str value, size_t *n)
{
	struct framing *framing = d->framing;
	uint64_t length;
	int rc = read_length(d, value, &length);

	if (rc < 0)
		return rc;
	if (++*n == 1) {
		framing->length = length;
		return 0;
	}
	if (length == framing->length) {
		findings_add(
			d->found, FINDING_LENGTH_REPEATED, offset_of(d, value));
		return 0;
	}
	findings_add(d->found, FINDING_LENGTH_CONFLICT, offset_of(d, value));
	return error_set(d->e, ERR_WEIRD_REPLY,
		"Content-Length values that differ: %" PRIu64
		", then %s at byte %zu",
		framing->length, value_shown(value).text, offset_of(d, value));
}

/* Items 5, 6 and 8. */
static int decide_length(struct decision *d)
{
	const struct field *field;
	size_t n = 0;

	for (size_t at = 0; (field = next_field(d, content_length, &at));) {
		struct str rest = field->value, value;
		size_t before = n;

		while (value_next(&rest, &value)) {
			int rc = take_length(d, value, &n);

			if (rc < 0)
				return rc;
		}
		if (n == before)
			return invalid_length(d, field->value);
	}
	if (n == 0) {
		decide_close(d, 8);
	} else {
		d->framing->kind = FRAMING_LENGTH;
		d->framing->item = 6;
	}
	return 0;
}

int framing_decide(const struct head *head,
	const struct framing_options *options, struct framing *framing,
	struct findings *found, struct error *e)
{
	struct decision d = { head, options, framing, found, e };
	int status = head->status;
	int rc;

	*framing = (struct framing){ .persistent = is_persistent(
					     head, options->from_proxy) };
	if (options->connect_request && status / 100 == 2) {
		decide_tunnel(&d);
		return 0;
	}
	if (options->head_request || status < 200 || status == 204 ||
		status == 304) {
		decide_no_body(&d);
		return 0;
	}
	rc = decide_coding(&d);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	if (options->ignore_length) {
		decide_close(&d, 8);
		return 0;
	}
	return decide_length(&d);
}

const char *framing_closing(
	const struct head *head, const struct framing *framing)
{
	if (head->status == 0)
		return "an answer without a head ends with its connection";
	if (framing->kind == FRAMING_TUNNEL)
		return "another protocol has taken it over";
	if (has_token(head, connection, STR("close")))
		return "the response says Connection: close (RFC 9112 section "
		       "9.6)";
	if (framing->kind == FRAMING_CLOSE)
		return "the body ends with it (RFC 9112 section 6.3)";
	if (has_token(head, proxy_connection, STR("close")))
		return "the proxy says Proxy-Connection: close (RFC 9112 "
		       "appendix C.2.2)";
	if (head->minor == 0 && !has_token(head, connection, STR("keep-alive")))
		return "HTTP/1.0 without keep-alive (RFC 9112 section 9.3)";
	return "the response's framing is faulty";
}
