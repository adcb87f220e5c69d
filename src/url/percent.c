#include "url/percent.h"

#include "base/ascii.h"

static bool is_unreserved(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' ||
		c == '~';
}

void percent_encode_byte(struct buf *out, char c)
{
	static const char digits[] = "0123456789ABCDEF";
	unsigned char byte = (unsigned char)c;
	char triplet[3] = { '%', digits[byte >> 4], digits[byte & 15] };

	buf_add(out, triplet, sizeof(triplet));
}

void percent_encode(struct buf *out, struct str s)
{
	size_t plain = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (is_unreserved(s.p[i]))
			continue;
		buf_add(out, s.p + plain, i - plain);
		percent_encode_byte(out, s.p[i]);
		plain = i + 1;
	}
	buf_add_str(out, str_from(s, plain));
}

void percent_decode(struct buf *out, struct str s)
{
	size_t plain = 0;

	for (size_t i = 0; i + 2 < s.n; i++) {
		int high, low;

		if (s.p[i] != '%')
			continue;
		high = ascii_hex_value(s.p[i + 1]);
		low = ascii_hex_value(s.p[i + 2]);
		if (high < 0 || low < 0)
			continue;
		buf_add(out, s.p + plain, i - plain);
		buf_add_char(out, (char)(high << 4 | low));
		plain = i + 3;
		i += 2;
	}
	buf_add_str(out, str_from(s, plain));
}
