#include "base/crlf.h"

size_t crlf_expand(bool *after_cr, const char *from, size_t n, char *to)
{
	size_t put = 0;

	for (size_t i = 0; i < n; i++) {
		char c = from[i];

		if (c == '\n' && !*after_cr)
			to[put++] = '\r';
		to[put++] = c;
		*after_cr = c == '\r';
	}
	return put;
}
