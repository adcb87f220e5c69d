#include "policy/continuation.h"

#include "base/date.h"
#include "base/num.h"
#include "http/value.h"

/* Between Last-Modified and Date, so that the representation has not changed
 * twice within one second of the former, clocks being what they are. */
#define STRONG_AFTER 60 /* seconds */

void continuation_init(struct continuation *c)
{
	*c = (struct continuation){ .length = CONTINUATION_UNKNOWN };
	buf_init(&c->validator, LIMIT_HEAD);
	buf_init(&c->mark, LIMIT_HEAD);
}

void continuation_fini(struct continuation *c)
{
	buf_fini(&c->validator);
	buf_fini(&c->mark);
}

/* An opaque-tag in its quotes, not a weak one (RFC 9110 section 8.8.3), that
 * will do as a field value as it is. */
static bool is_strong_tag(struct str s)
{
	if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return false;
	for (size_t i = 1; i + 1 < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c == '"' || c == 0x7f)
			return false;
	}
	return true;
}

/* RFC 9110 section 8.8.2.2. */
static bool is_strong_date(struct str modified, struct str date)
{
	int64_t then, now;

	return date_parse_http(date, 0, &now) &&
		date_parse_http(modified, now, &then) &&
		now - then >= STRONG_AFTER;
}

/* The strong validator of `head`, or {NULL, 0}. */
static struct str validator_of(const struct head *head, bool *tag)
{
	struct str etag = head_value(head, STR("ETag"));
	struct str modified = head_value(head, STR("Last-Modified"));

	*tag = is_strong_tag(etag);
	if (*tag)
		return etag;
	if (etag.n == 0 &&
		is_strong_date(modified, head_value(head, STR("Date"))))
		return modified;
	return (struct str){ NULL, 0 };
}

static bool is_coded(const struct head *head, bool coded)
{
	return coded && head_find(head, STR("Content-Encoding"), 0, NULL);
}

static void note_mark(struct continuation *c, const struct head *head)
{
	struct str etag = head_value(head, STR("ETag"));

	buf_clear(&c->mark);
	c->mark_is_tag = etag.n;
	buf_add_str(&c->mark,
		etag.n ? etag : head_value(head, STR("Last-Modified")));
}

static struct str opaque_tag(struct str etag)
{
	return str_starts(etag, STR("W/")) ? str_from(etag, 2) : etag;
}

bool continuation_differs(const struct continuation *c, const struct head *head)
{
	struct str mark = buf_str(&c->mark);
	struct str now = head_value(
		head, c->mark_is_tag ? STR("ETag") : STR("Last-Modified"));

	if (c->mark.failed)
		return true;
	return mark.n && now.n && !str_eq(opaque_tag(mark), opaque_tag(now));
}

void continuation_note(
	struct continuation *c, const struct head *head, bool coded)
{
	struct str length = head_value(head, STR("Content-Length"));

	buf_clear(&c->validator);
	buf_add_str(&c->validator, validator_of(head, &c->tag));
	if (head_find(head, STR("Transfer-Encoding"), 0, NULL) ||
		!num_decimal(length, CONTINUATION_UNKNOWN - 1, &c->length))
		c->length = CONTINUATION_UNKNOWN;
	note_mark(c, head);
	c->coded = is_coded(head, coded);
	c->obstacle = NULL;
	if (head->status != 200)
		c->obstacle = "it is not of a 200 response";
	else if (c->coded)
		c->obstacle = "it was decoded on the way";
	else if (c->validator.n == 0)
		c->obstacle = "the server has given no strong validator";
	else if (!value_has_token(
			 head_value(head, STR("Accept-Ranges")), STR("bytes")))
		c->obstacle = "the server has not said that it gives ranges";
}

/* "bytes FIRST-LAST/WHOLE", of which FIRST is `offset`, LAST the last byte, and
 * WHOLE, "*" when it is not known, what was known before (RFC 9110 section
 * 14.4). */
static bool is_rest(const struct continuation *c, struct str s, uint64_t offset)
{
	struct str first, last, whole;
	uint64_t from, to, length = CONTINUATION_UNKNOWN;

	if (!str_starts_nocase(s, STR("bytes ")))
		return false;
	s = str_trim(str_from(s, 6));
	if (!str_cut(s, '-', &first, &s) || !str_cut(s, '/', &last, &whole) ||
		!num_decimal(first, UINT64_MAX - 1, &from) ||
		!num_decimal(last, UINT64_MAX - 1, &to) || from != offset ||
		to < from)
		return false;
	if (!str_eq(whole, STR("*")) &&
		!num_decimal(whole, UINT64_MAX - 1, &length))
		return false;
	if (length != CONTINUATION_UNKNOWN && to + 1 != length)
		return false;
	if (length == CONTINUATION_UNKNOWN)
		length = to + 1;
	return c->length == CONTINUATION_UNKNOWN || c->length == length;
}

/* A 206 to If-Range need not repeat a date (RFC 9110 section 15.3.7), but an
 * entity tag it must, and neither may differ. */
static bool is_same(
	const struct continuation *c, const struct head *head, bool partial)
{
	struct str name = c->tag ? STR("ETag") : STR("Last-Modified");
	struct str value = head_value(head, name);

	if (partial && !c->tag && value.n == 0)
		return true;
	return value.n && str_eq(value, buf_str(&c->validator));
}

enum continuation_answer continuation_answer(const struct continuation *c,
	const struct head *head, uint64_t offset, bool coded)
{
	bool partial = head->status == 206;

	if (is_coded(head, coded) || !is_same(c, head, partial))
		return CONTINUATION_OTHER;
	if (partial)
		return is_rest(c, head_value(head, STR("Content-Range")),
			       offset)
			? CONTINUATION_REST
			: CONTINUATION_OTHER;
	return head->status == 200 ? CONTINUATION_WHOLE : CONTINUATION_OTHER;
}
