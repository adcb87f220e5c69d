#include "base/base64.h"

#include "base/ascii.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz"
			       "0123456789+/";

void base64_encode(struct buf *out, struct str bytes)
{
	size_t n = bytes.n / 3 * 4 + (bytes.n % 3 ? 4 : 0);
	char *to = buf_reserve(out, n);

	if (!to)
		return;
	for (size_t i = 0; i < bytes.n; i += 3) {
		struct str left = str_from(bytes, i);
		unsigned bits = (unsigned)(unsigned char)left.p[0] << 16;

		if (left.n > 1)
			bits |= (unsigned)(unsigned char)left.p[1] << 8;
		if (left.n > 2)
			bits |= (unsigned char)left.p[2];
		*to++ = alphabet[bits >> 18];
		*to++ = alphabet[bits >> 12 & 63];
		*to++ = left.n > 1 ? alphabet[bits >> 6 & 63] : '=';
		*to++ = left.n > 2 ? alphabet[bits & 63] : '=';
	}
	out->n += n;
}

/* The six bits of a character, or -1. */
static int bits_of(char c)
{
	if (ascii_is_digit(c))
		return c - '0' + 52;
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Decode a group of four characters, the last `padding` of them '='. The bits
 * that no byte takes must be zero, so that a value has one spelling only
 * (RFC 4648 section 3.5). Returns the number of bytes, or -1. */
static int decode_group(const char *group, int padding, char bytes[3])
{
	unsigned bits = 0;

	for (int i = 0; i < 4; i++) {
		int six = i < 4 - padding ? bits_of(group[i]) : 0;

		if (six < 0)
			return -1;
		bits = bits << 6 | (unsigned)six;
	}
	if (bits & ((1u << padding * 8) - 1))
		return -1;
	bytes[0] = (char)(bits >> 16);
	bytes[1] = (char)(bits >> 8);
	bytes[2] = (char)bits;
	return 3 - padding;
}

bool base64_decode(struct buf *out, struct str text)
{
	size_t written = 0;
	int padding = 0;
	char *to;

	if (text.n % 4)
		return false;
	while (padding < 2 && text.n && text.p[text.n - 1 - padding] == '=')
		padding++;
	to = buf_reserve(out, text.n / 4 * 3 - (size_t)padding);
	if (!to)
		return false;
	for (size_t i = 0; i < text.n; i += 4) {
		bool last = i + 4 == text.n;
		char bytes[3];
		int n = decode_group(text.p + i, last ? padding : 0, bytes);

		if (n < 0)
			return false;
		memcpy(to + written, bytes, (size_t)n);
		written += (size_t)n;
	}
	out->n += written;
	return true;
}
