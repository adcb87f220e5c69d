/* The host of a URL: a name, an IPv4 address in one of its forms, or an IPv6
 * literal. */
#include "base/ascii.h"
#include "base/utf8.h"
#include "url/idn.h"
#include "url/percent.h"
#include "url/url_address.h"
#include "url/url_draft.h"

static const char bad_host[] = "Bad hostname";
static const char bad_ipv6[] = "Bad IPv6 address";

/* The offset of the first byte that is part of no character in UTF-8, or -1. */
static ssize_t find_bad_utf8(struct str s)
{
	size_t n;

	for (size_t i = 0; i < s.n; i += n)
		if (utf8_read(str_from(s, i), &n) != UTF8_CHARACTER)
			return (ssize_t)i;
	return -1;
}

/* The offset of the first byte that no host name has, or -1. Other than ASCII
 * letters and digits these are "-._~" alone, so that what a name was decoded
 * to can never look like a delimiter. */
static ssize_t find_bad_host_byte(struct str host)
{
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		if (!ascii_is_alnum(c) && !memchr("-._~", c, 4))
			return (ssize_t)i;
	}
	return -1;
}

/* Refuse the byte at `at` of `host`, which `written` was decoded or mapped to.
 * Where that has moved it, the message can only point to the start of the name.
 */
static int reject_host_byte(
	struct url_draft *d, struct str written, struct str host, ssize_t at)
{
	bool moved = host.n != written.n || host.p[at] != written.p[at];

	return draft_reject_byte(
		d, bad_host, written.p + (moved ? 0 : at), host.p[at]);
}

/* Replace the UTF-8 of `host` by its ASCII form. */
static int to_ascii(struct url_draft *d, struct str written, struct buf *host)
{
	ssize_t bad = find_bad_utf8(buf_str(host));
	struct str name = buf_str(host);
	struct buf ascii;
	int result;

	if (bad >= 0) {
		reject_host_byte(d, written, name, bad);
		error_add(d->e, "; the name is not valid UTF-8");
		return -ERR_URL_MALFORMED;
	}
	/* libidn2 takes C strings. */
	bad = str_find(name, '\0');
	if (bad >= 0)
		return reject_host_byte(d, written, name, bad);
	buf_init(&ascii, LIMIT_URL);
	result = idn_to_ascii(&ascii, name, d->e);
	if (result < 0) {
		error_add(d->e, " at byte offset %zu",
			(size_t)(written.p - d->text.p));
		buf_fini(&ascii);
		return result;
	}
	buf_fini(host);
	*host = ascii;
	return 0;
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static int parse_name(struct url_draft *d, struct str written)
{
	struct buf *host = &d->part[DRAFT_HOST];
	uint32_t address;
	ssize_t bad;
	int result;

	percent_decode(host, written);
	if (!is_ascii(buf_str(host)) &&
		(result = to_ascii(d, written, host)) < 0)
		return result;
	/* UTS 46 maps some characters to nothing. */
	if (host->failed == ERR_OUT_OF_MEMORY)
		return error_memory(d->e);
	if (host->n == 0)
		return draft_reject(d, bad_host, written);
	bad = find_bad_host_byte(buf_str(host));
	if (bad >= 0)
		return reject_host_byte(d, written, buf_str(host), bad);
	d->url.host_shown = written;
	if (address_read_ipv4(buf_str(host), &address)) {
		buf_clear(host);
		address_print_ipv4(host, address);
		d->url.host_kind = URL_HOST_IPV4;
	}
	for (size_t i = 0; i < host->n; i++)
		host->p[i] = ascii_lower(host->p[i]);
	d->url.host = buf_str(host);
	return 0;
}

/* The zone after the '%' of an IPv6 literal, which RFC 6874 wants written as
 * "%25" and people write as it is. */
static int parse_zone(struct url_draft *d, struct str written)
{
	struct buf *zone = &d->part[DRAFT_ZONE];
	ssize_t bad;

	if (written.n > 2 && str_starts(written, STR("25")))
		written = str_from(written, 2);
	if (written.n == 0)
		return draft_reject(d, "Bad IPv6 address: empty zone", written);
	percent_decode(zone, written);
	bad = find_bad_host_byte(buf_str(zone));
	if (bad >= 0)
		return draft_reject_byte(d, bad_ipv6, written.p, zone->p[bad]);
	d->url.zone = buf_str(zone);
	return 0;
}

/* `written` is what stands between the brackets. */
static int parse_ipv6(struct url_draft *d, struct str written)
{
	struct buf *host = &d->part[DRAFT_HOST];
	struct str address, zone;
	uint16_t groups[8];
	int result;

	if (str_cut(written, '%', &address, &zone) &&
		(result = parse_zone(d, zone)) < 0)
		return result;
	if (!address_read_ipv6(address, groups))
		return draft_reject(d, bad_ipv6, written);
	address_print_ipv6(host, groups);
	d->url.host = buf_str(host);
	d->url.host_shown = written;
	d->url.host_kind = URL_HOST_IPV6;
	return 0;
}

int draft_host(struct url_draft *d, struct str written)
{
	if (written.n == 0)
		return draft_reject(d, "No host part in the URL", written);
	if (written.p[0] == '[')
		return parse_ipv6(
			d, (struct str){ written.p + 1, written.n - 2 });
	return parse_name(d, written);
}
