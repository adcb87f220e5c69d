#include "url/url_address.h"

#include "base/ascii.h"
#include "base/num.h"

/* One number of the inet_aton forms. */
static bool read_part(struct str s, uint64_t *value)
{
	if (str_starts_nocase(s, STR("0x")))
		return num_hex(str_from(s, 2), UINT32_MAX, value);
	if (s.n > 1 && s.p[0] == '0')
		return num_octal(str_from(s, 1), UINT32_MAX, value);
	return num_decimal(s, UINT32_MAX, value);
}

bool address_read_ipv4(struct str s, uint32_t *address)
{
	uint64_t part, bits = 0;
	struct str before;
	unsigned n = 0;
	bool more;

	do {
		more = str_cut(s, '.', &before, &s);
		if (n == 4 || !read_part(before, &part))
			return false;
		if (more && part > 0xff)
			return false;
		/* The last number fills what the others have left. */
		if (!more && part > UINT32_MAX >> (8 * n))
			return false;
		bits |= more ? part << (24 - 8 * n) : part;
		n++;
	} while (more);
	*address = (uint32_t)bits;
	return true;
}

void address_print_ipv4(struct buf *out, uint32_t address)
{
	buf_printf(out, "%u.%u.%u.%u", address >> 24, address >> 16 & 0xff,
		address >> 8 & 0xff, address & 0xff);
}

/* The dotted quad at the end of an IPv6 address: four plain decimal numbers. */
static bool read_quad(struct str s, uint16_t *groups)
{
	for (int i = 0; i < 4; i++) {
		struct str before;
		uint64_t byte;

		if (str_cut(s, '.', &before, &s) != (i < 3))
			return false;
		if (before.n > 1 && before.p[0] == '0')
			return false;
		if (!num_decimal(before, 0xff, &byte))
			return false;
		groups[i / 2] = (uint16_t)(groups[i / 2] << 8 | byte);
	}
	return true;
}

/* Groups as they are written: `*n` of them, with "::" before number `*gap`
 * (-1: there is none). */
static bool read_groups(struct str s, uint16_t *groups, int *n, int *gap)
{
	*n = 0;
	*gap = str_starts(s, STR("::")) ? 0 : -1;
	if (*gap == 0)
		s = str_from(s, 2);
	while (s.n) {
		struct str group, rest;
		bool more = str_cut(s, ':', &group, &rest);
		uint64_t value;

		if (!more && *n <= 6 && str_find(group, '.') >= 0) {
			*n += 2;
			return read_quad(group, groups + *n - 2);
		}
		if (*n == 8 || group.n > 4 || !num_hex(group, 0xffff, &value))
			return false;
		groups[(*n)++] = (uint16_t)value;
		if (!more)
			return true;
		if (rest.n == 0)
			return false;
		if (rest.p[0] == ':') {
			if (*gap >= 0)
				return false;
			*gap = *n;
			rest = str_from(rest, 1);
		}
		s = rest;
	}
	return true;
}

bool address_read_ipv6(struct str s, uint16_t groups[static 8])
{
	int n, gap;

	memset(groups, 0, 8 * sizeof(*groups));
	if (!read_groups(s, groups, &n, &gap))
		return false;
	if (gap < 0)
		return n == 8;
	if (n == 8)
		return false;
	memmove(groups + 8 - (n - gap), groups + gap,
		(size_t)(n - gap) * sizeof(*groups));
	memset(groups + gap, 0, (size_t)(8 - n) * sizeof(*groups));
	return true;
}

/* The first of the longest runs of two or more zero groups: where it starts,
 * and its length, 0 when there is none. */
static int longest_zeros(const uint16_t *groups, int *start)
{
	int longest = 0;

	for (int i = 0; i < 8;) {
		int n = 0;

		while (i + n < 8 && groups[i + n] == 0)
			n++;
		if (n >= 2 && n > longest) {
			longest = n;
			*start = i;
		}
		i += n ? n : 1;
	}
	return longest;
}

void address_print_ipv6(struct buf *out, const uint16_t groups[static 8])
{
	int start = -1, zeros = longest_zeros(groups, &start);

	/* An IPv4-mapped address ends in the quad that it stands for. */
	if (start == 0 && zeros == 5 && groups[5] == 0xffff) {
		buf_add_text(out, "::ffff:");
		address_print_ipv4(out, (uint32_t)groups[6] << 16 | groups[7]);
		return;
	}
	for (int i = 0; i < 8;) {
		if (i == start) {
			buf_add_text(out, "::");
			i += zeros;
			continue;
		}
		buf_printf(out, "%x%s", groups[i],
			i < 7 && i + 1 != start ? ":" : "");
		i++;
	}
}
