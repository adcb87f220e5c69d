/* A URL in the making: what the parts of the parser share. */
#ifndef URL_URL_DRAFT_H
#define URL_URL_DRAFT_H

#include "base/buf.h"
#include "url/url.h"

/* The parts that may differ from the text, and need memory of their own. */
enum draft_part {
	DRAFT_SCHEME,
	DRAFT_USER,
	DRAFT_PASSWORD,
	DRAFT_HOST,
	DRAFT_ZONE,
	DRAFT_PATH,
	DRAFT_QUERY,
	DRAFT_FRAGMENT,
	DRAFT_PARTS
};

struct url_draft {
	struct str text; /* all of what is parsed; messages count from here */
	const struct url_options *options;
	struct error *e;
	bool is_reference; /* spaces are encoded, dot segments removed */
	struct url url; /* borrows from text, a base URL and the parts */
	struct buf part[DRAFT_PARTS]; /* draft_finish looks at their errors */
};

/* Start to parse `text`, which outlives the draft, as do `options` and `e`.
 * Returns 0, or -ERR_URL_MALFORMED when it is too long or has a byte that no
 * URL may have. draft_finish follows in either case. */
int draft_start(struct url_draft *d, struct str text, bool is_reference,
	const struct url_options *options, struct error *e) CHECKED;

/* The length of the scheme that `text` starts with and a ':' follows, or 0. */
size_t draft_scheme_length(struct str text);

/* Parse "scheme:" with what follows it; `n` is draft_scheme_length. */
int draft_absolute(struct url_draft *d, size_t n);

/* Parse what follows the slashes after "scheme:"; the scheme is set. */
int draft_hierarchy(struct url_draft *d, struct str rest);

/* Skip the one to three slashes in front of an authority, or refuse them. */
int draft_slashes(struct url_draft *d, struct str *rest);

/* Parse "user:password@host:port". */
int draft_authority(struct url_draft *d, struct str authority);

/* Parse the host of an authority, as written, with brackets. */
int draft_host(struct url_draft *d, struct str written);

/* Parse "path?query#fragment": set the query and the fragment, and return the
 * path, as written. */
struct str draft_tail(struct url_draft *d, struct str rest);

/* The path: `written`, after the last '/' of `base` unless that is empty. */
void draft_path(struct url_draft *d, struct str base, struct str written);

/* Refuse the URL for `shown`, a part of the text. Returns -ERR_URL_MALFORMED
 * with "URL rejected: RULE: "SHOWN" at byte offset N" in the error. */
int draft_reject(struct url_draft *d, const char *rule, struct str shown);

/* The same for the byte at `at`, which is `c` when it has been decoded. */
int draft_reject_byte(
	struct url_draft *d, const char *rule, const char *at, char c);

/* Turn the draft into `u`, if `result` is 0, and give its memory back. Returns
 * `result`, or the error of a part that was too large. */
int draft_finish(struct url_draft *d, struct url *u, int result);

#endif
