#include "base/utf8.h"

/* How a character goes on after its first byte: the number of bytes in all, and
 * the range of the second one, which keeps out overlong forms, surrogates and
 * what is above U+10FFFF. Length 0: cannot begin one. */
struct lead {
	size_t length;
	unsigned char low, high;
};

static struct lead lead_of(unsigned char c)
{
	if (c < 0x80)
		return (struct lead){ 1, 0, 0 };
	if (c < 0xc2 || c > 0xf4)
		return (struct lead){ 0, 0, 0 };
	if (c < 0xe0)
		return (struct lead){ 2, 0x80, 0xbf };
	if (c < 0xf0)
		return (struct lead){ 3, c == 0xe0 ? 0xa0 : 0x80,
			c == 0xed ? 0x9f : 0xbf };
	return (struct lead){ 4, c == 0xf0 ? 0x90 : 0x80,
		c == 0xf4 ? 0x8f : 0xbf };
}

enum utf8_result utf8_read(struct str s, size_t *n)
{
	struct lead lead = lead_of((unsigned char)s.p[0]);

	for (*n = 1; *n < lead.length; ++*n) {
		unsigned char c;

		if (*n == s.n)
			return UTF8_CUT;
		c = (unsigned char)s.p[*n];
		if (c < lead.low || c > lead.high)
			return UTF8_NONE;
		lead.low = 0x80;
		lead.high = 0xbf;
	}
	return lead.length ? UTF8_CHARACTER : UTF8_NONE;
}

bool utf8_valid(struct str s)
{
	size_t n;

	for (; s.n; s = str_from(s, n))
		if (utf8_read(s, &n) != UTF8_CHARACTER)
			return false;
	return true;
}

uint32_t utf8_number(struct str s)
{
	static const unsigned char masks[] = { 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t number = (unsigned char)s.p[0] & masks[s.n - 1];

	for (size_t i = 1; i < s.n; i++)
		number = number << 6 | ((unsigned char)s.p[i] & 0x3f);
	return number;
}

size_t utf8_write(uint32_t number, char bytes[UTF8_MOST])
{
	size_t n = number < 0x80   ? 1
		: number < 0x800   ? 2
		: number < 0x10000 ? 3
				   : 4;
	static const unsigned char leads[] = { 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n; i-- > 1; number >>= 6)
		bytes[i] = (char)(0x80 | (number & 0x3f));
	bytes[0] = (char)(leads[n - 1] | number);
	return n;
}

bool utf8_is_first_half(uint32_t number)
{
	return number >= 0xd800 && number < 0xdc00;
}

uint32_t utf8_pair(uint32_t first, uint32_t second)
{
	if (!utf8_is_first_half(first) || second < 0xdc00 || second > 0xdfff)
		return first;
	return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

struct range {
	uint32_t first, last;
};

static bool is_in(uint32_t number, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (number >= ranges[i].first && number <= ranges[i].last)
			return true;
	return false;
}

bool utf8_can_be_seen(uint32_t number)
{
	static const struct range unseen[] = {
		{ 0xa0, 0xa0 },
		{ 0xad, 0xad },
		{ 0x300, 0x36f },
		{ 0x115f, 0x1160 },
		{ 0x1680, 0x1680 },
		{ 0x17b4, 0x17b5 },
		{ 0x180b, 0x180f },
		{ 0x2000, 0x200f },
		{ 0x2028, 0x202f },
		{ 0x205f, 0x206f },
		{ 0x20d0, 0x20ff },
		{ 0x3000, 0x3000 },
		{ 0x3164, 0x3164 },
		{ 0xd800, 0xf8ff },
		{ 0xfdd0, 0xfdef },
		{ 0xfe00, 0xfe0f },
		{ 0xfe20, 0xfe2f },
		{ 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 },
		{ 0xfff0, 0xffff },
		{ 0xe0000, 0x10ffff },
	};

	return !utf8_is_deceptive(number) &&
		!is_in(number, unseen, sizeof(unseen) / sizeof(unseen[0]));
}

bool utf8_is_deceptive(uint32_t number)
{
	static const struct range ranges[] = {
		{ 0, 0x1f },
		{ 0x7f, 0x9f },
		{ 0x61c, 0x61c },
		{ 0x200e, 0x200f },
		{ 0x202a, 0x202e },
		{ 0x2066, 0x2069 },
		{ 0xe0000, 0xe007f },
	};

	return is_in(number, ranges, sizeof(ranges) / sizeof(ranges[0]));
}

size_t utf8_cut(struct str s)
{
	for (size_t n = 1; n <= 3 && n <= s.n; n++) {
		size_t length;

		if (utf8_read(str_from(s, s.n - n), &length) == UTF8_CUT)
			return n;
	}
	return 0;
}
