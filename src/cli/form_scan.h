/* The words of an argument of -F, byte by byte. */
#ifndef CLI_FORM_SCAN_H
#define CLI_FORM_SCAN_H

#include "cli/apply.h"

/* An argument on its way to its end. */
struct form_scan {
	const struct option_use *use;
	struct command *command; /* for warnings */
	struct str text;
	size_t at; /* the byte that is next */
	bool list; /* a ',' ends what is not quoted, as a ';' does */
	struct buf word; /* the last that was taken */
};

/* "option -F: byte N: WORDS" in `e`; returns -ERR_USAGE. */
int form_scan_flaw(const struct form_scan *s, size_t at, const char *words,
	struct error *e) CHECKED;

/* The same with the code and the text of `reason`. */
int form_scan_failed(const struct form_scan *s, size_t at,
	const struct error *reason, struct error *e) CHECKED;

/* The same as a warning, and behind it what is between `from` and s->at. */
void form_scan_warn(const struct form_scan *s, size_t from, const char *words);

/* At the end, or at what ends a word without quotes. */
bool form_scan_at_end(const struct form_scan *s);

void form_scan_spaces(struct form_scan *s);

/* `s` without the spaces at its end. */
struct str form_scan_trim_end(struct str s);

/* The bytes between the double quote at hand and the next that has no backslash
 * before it; -1 when there is none. */
ssize_t form_scan_quoted(const struct form_scan *s);

/* Take a word into s->word: in double quotes, where a backslash goes before
 * quotes and backslashes, or else without the spaces around it. Returns 0 or
 * -ERR_OUT_OF_MEMORY. */
int form_scan_word(struct form_scan *s, struct error *e) CHECKED;

/* A copy of s->word in place of `*to`, which is freed. Returns 0 or
 * -ERR_OUT_OF_MEMORY. */
int form_scan_keep(
	char **to, const struct form_scan *s, struct error *e) CHECKED;

#endif
