#include "http/review.h"

#include "base/ascii.h"
#include "base/date.h"
#include "base/num.h"
#include "http/value.h"

#define IMF_FIXDATE (DATE_HTTP_SIZE - 1)

struct review {
	const struct head *head;
	struct findings *found;
};

/* `at` points into the head. */
static void note(const struct review *r, enum finding_id id, const char *at)
{
	findings_add(r->found, id, (uint64_t)(at - r->head->bytes.p));
}

/* --- dates */

static void review_date(const struct review *r, const struct field *field)
{
	struct str value = field->value;
	int64_t ignored;

	if (!date_parse_http(value, 0, &ignored))
		note(r, FINDING_DATE_INVALID, value.p);
	else if (value.n != IMF_FIXDATE || value.p[3] != ',')
		note(r, FINDING_DATE_OBSOLETE, value.p);
}

/* Seconds or a date (RFC 9110 section 10.2.3). */
static void review_retry_after(
	const struct review *r, const struct field *field)
{
	struct str value = field->value;
	size_t digits = 0;

	while (digits < value.n && ascii_is_digit(value.p[digits]))
		digits++;
	if (digits == 0 || digits < value.n)
		review_date(r, field);
}

/* --- Location */

/* The first byte that cannot stand in a URI reference (RFC 3986 appendix A);
 * the end when there is none. */
static size_t find_no_uri(struct str s)
{
	size_t i = 0;

	while (i < s.n) {
		if (s.p[i] == '%' && i + 2 < s.n &&
			ascii_hex_value(s.p[i + 1]) >= 0 &&
			ascii_hex_value(s.p[i + 2]) >= 0)
			i += 3;
		else if (ascii_is_alnum(s.p[i]) ||
			str_find(STR("-._~:/?#[]@!$&'()*+,;="), s.p[i]) >= 0)
			i++;
		else
			break;
	}
	return i;
}

/* What stands behind "//", up to the path. */
static void review_authority(
	const struct review *r, struct str value, struct str authority)
{
	size_t n = 0, host = 0;

	while (n < authority.n && !(str_find(STR("/?#"), authority.p[n]) >= 0))
		n++;
	authority = str_first(authority, n);
	for (size_t i = 0; i < authority.n; i++)
		if (authority.p[i] == '@')
			host = i + 1;
	if (host)
		note(r, FINDING_LOCATION_USER, authority.p);
	if (host == authority.n || authority.p[host] == ':')
		note(r, FINDING_LOCATION_NO_HOST, value.p);
}

static void review_location(const struct review *r, const struct field *field)
{
	struct str value = field->value, rest = value;
	size_t bad = find_no_uri(value);
	bool absolute = true;

	if (bad < value.n)
		note(r, FINDING_LOCATION_INVALID, value.p + bad);
	if (str_starts_nocase(value, STR("http:")))
		rest = str_from(value, 5);
	else if (str_starts_nocase(value, STR("https:")))
		rest = str_from(value, 6);
	else
		absolute = false;
	if (str_starts(rest, STR("//")))
		review_authority(r, value, str_from(rest, 2));
	else if (absolute)
		note(r, FINDING_LOCATION_NO_HOST, value.p);
}

/* --- what describes the content */

/* The type and the subtype; parameters are anybody's (RFC 9110 section 8.3.1).
 */
static void review_type(const struct review *r, const struct field *field)
{
	struct str type, subtype, parameters;

	str_cut(field->value, ';', &type, &parameters);
	if (!str_cut(str_trim(type), '/', &type, &subtype) ||
		!value_is_token(type) || !value_is_token(subtype))
		note(r, FINDING_CONTENT_TYPE_INVALID, field->value.p);
}

static bool is_entity_tag(struct str s)
{
	if (str_starts(s, STR("W/")))
		s = str_from(s, 2);
	if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return false;
	for (size_t i = 1; i + 1 < s.n; i++)
		if (ascii_is_control(s.p[i]) || s.p[i] == ' ' || s.p[i] == '"')
			return false;
	return true;
}

static void review_etag(const struct review *r, const struct field *field)
{
	if (!is_entity_tag(field->value))
		note(r, FINDING_ETAG_INVALID, field->value.p);
}

/* first-last/size, where "*" stands for a size that is not known; or, in a 416,
 * "*" for the range. */
static bool is_range(struct str s, int status)
{
	struct str range, whole, from, to;
	uint64_t first, last, size = UINT64_MAX;

	if (!str_cut(s, '/', &range, &whole))
		return false;
	if (!str_eq(whole, STR("*")) &&
		!num_decimal(whole, UINT64_MAX - 1, &size))
		return false;
	if (status == 416 && str_eq(range, STR("*")))
		return size != UINT64_MAX;
	return str_cut(range, '-', &from, &to) &&
		num_decimal(from, UINT64_MAX, &first) &&
		num_decimal(to, UINT64_MAX, &last) && first <= last &&
		last < size;
}

static void review_range(const struct review *r, const struct field *field)
{
	int status = r->head->status;
	struct str unit, range;

	if (status != 206 && status != 416) {
		note(r, FINDING_RANGE_UNEXPECTED, field->name.p);
		return;
	}
	/* Other units are not known here. */
	str_cut(field->value, ' ', &unit, &range);
	if (str_eq_nocase(unit, STR("bytes")) && !is_range(range, status))
		note(r, FINDING_RANGE_INVALID, field->value.p);
}

/* --- what is missing */

/* A field that would have stood before the empty line. */
static void demand(
	const struct review *r, struct str name, enum finding_id missing)
{
	struct str bytes = r->head->bytes;
	size_t line = bytes.n >= 2 && bytes.p[bytes.n - 2] == '\r' ? 2 : 1;

	if (!head_find(r->head, name, 0, NULL))
		note(r, missing, bytes.p + bytes.n - line);
}

static void review_status(const struct review *r)
{
	struct str type;

	switch (r->head->status) {
	case 101:
	case 426:
		demand(r, STR("Upgrade"), FINDING_UPGRADE_MISSING);
		break;
	case 206:
		type = head_value(r->head, STR("Content-Type"));
		if (!str_starts_nocase(type, STR("multipart/byteranges")))
			demand(r, STR("Content-Range"), FINDING_RANGE_MISSING);
		break;
	case 401:
		demand(r, STR("WWW-Authenticate"), FINDING_CHALLENGE_MISSING);
		break;
	case 405:
		demand(r, STR("Allow"), FINDING_ALLOW_MISSING);
		break;
	case 407:
		demand(r, STR("Proxy-Authenticate"),
			FINDING_PROXY_CHALLENGE_MISSING);
		break;
	}
}

/* --- all of it */

static const struct {
	struct str name;
	void (*review)(const struct review *r, const struct field *field);
} reviews[] = {
	{ STR("Content-Range"), review_range },
	{ STR("Content-Type"), review_type },
	{ STR("Date"), review_date },
	{ STR("ETag"), review_etag },
	{ STR("Expires"), review_date },
	{ STR("Last-Modified"), review_date },
	{ STR("Location"), review_location },
	{ STR("Retry-After"), review_retry_after },
};

/* A value that is folded has its finding already. */
static bool is_folded(const struct head *head, const struct field *field)
{
	return head->folded && str_find(field->value, '\n') >= 0;
}

static void review_field(const struct review *r, const struct field *field)
{
	for (size_t i = 0; i < sizeof(reviews) / sizeof(reviews[0]); i++)
		if (str_eq_nocase(field->name, reviews[i].name))
			reviews[i].review(r, field);
}

void review_head(const struct head *head, struct findings *found)
{
	const struct review r = { head, found };

	for (size_t i = 0; i < head->n; i++)
		if (!is_folded(head, &head->fields[i]))
			review_field(&r, &head->fields[i]);
	review_status(&r);
}

void review_trailers(const struct head *trailers, struct findings *found)
{
	static const struct str forbidden[] = { STR("Authorization"),
		STR("Cache-Control"), STR("Connection"),
		STR("Content-Encoding"), STR("Content-Length"),
		STR("Content-Range"), STR("Content-Type"), STR("Cookie"),
		STR("Expect"), STR("Host"), STR("If-Match"),
		STR("If-Modified-Since"), STR("If-None-Match"), STR("If-Range"),
		STR("If-Unmodified-Since"), STR("Keep-Alive"), STR("Location"),
		STR("Max-Forwards"), STR("Proxy-Authenticate"),
		STR("Proxy-Authorization"), STR("Proxy-Connection"),
		STR("Range"), STR("Set-Cookie"), STR("TE"), STR("Trailer"),
		STR("Transfer-Encoding"), STR("Upgrade"),
		STR("WWW-Authenticate") };
	const struct review r = { trailers, found };

	for (size_t i = 0; i < trailers->n; i++)
		for (size_t k = 0; k < sizeof(forbidden) / sizeof(forbidden[0]);
			k++)
			if (str_eq_nocase(
				    trailers->fields[i].name, forbidden[k]))
				note(&r, FINDING_TRAILER_FORBIDDEN,
					trailers->fields[i].name.p);
}
