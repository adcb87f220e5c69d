/* What a peer sends cannot control the terminal. */
#ifndef OUTPUT_TERMINAL_H
#define OUTPUT_TERMINAL_H

#include "base/buf.h"

/* Bytes of `n` that terminal_escape may make of as many. */
#define TERMINAL_ESCAPED(n) (4 * (n) + 16)

/* Escapes bytes for a terminal; keeps what a UTF-8 sequence or a line end cut
 * in two leaves over. Zero it to start. */
struct terminal_filter {
	unsigned char pending[4];
	unsigned char n;
};

/* Append `s` to `out` with C0 controls but LF, CR-before-LF and tab, DEL, C1
 * controls (raw or as U+0080 to U+009F), the other characters that
 * utf8_is_deceptive, and bytes that are no UTF-8 (RFC 3629 section 4) shown as
 * escapes ("\x1b"): at most four bytes for each one of `s`, and 16 for what was
 * left over. `last` says that nothing follows: what is left over is shown too,
 * and the filter is as new. */
void terminal_escape(
	struct terminal_filter *f, struct str s, bool last, struct buf *out);

/* Columns of the terminal behind `fd`: COLUMNS, TIOCGWINSZ, else 79. Sizes
 * under 21 and over 10,000 are not believed. */
int terminal_columns(int fd);

#endif
