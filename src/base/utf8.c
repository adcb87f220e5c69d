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

bool utf8_is_deceptive(uint32_t number)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0, 0x1f },
		{ 0x7f, 0x9f },
		{ 0x61c, 0x61c },
		{ 0x200e, 0x200f },
		{ 0x202a, 0x202e },
		{ 0x2066, 0x2069 },
		{ 0xe0000, 0xe007f },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (number >= ranges[i].first && number <= ranges[i].last)
			return true;
	return false;
}
