/* What a cookie is, and the rules about a cookie that need no jar (RFC 6265
 * sections 5.1.3, 5.1.4, 5.2). */
#ifndef POLICY_COOKIE_RULES_H
#define POLICY_COOKIE_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* The strs borrow. */
struct cookie {
	struct str name, value;
	struct str domain; /* as written, without leading dot; empty: any */
	struct str path; /* begins with '/', ends with one only when alone */
	int64_t expires; /* seconds since 1970; only when persistent */
	bool persistent, host_only, secure, http_only;
	bool received; /* no file replaces what came from a peer since */
};

/* `host` is an IP address, in any form that a URL allows. */
bool cookie_host_is_address(struct str host);

/* Digits, and perhaps a '-' before them, as a number of seconds; one that is
 * out of range is the first or last in it. False when it is something else. */
bool cookie_seconds(struct str s, int64_t *seconds);

/* Its date is in the past. */
bool cookie_expired(const struct cookie *c, int64_t now);

/* `host` domain-matches `domain` (section 5.1.3), upper case or not. */
bool cookie_domain_matches(
	struct str host, bool host_is_address, struct str domain);

/* The path of a request path-matches that of a cookie (section 5.1.4). */
bool cookie_path_matches(struct str path, struct str cookie_path);

/* The default-path of a request's path (section 5.1.4). */
struct str cookie_path_default(struct str path);

/* The path that somebody wrote, as it is kept: without slashes at its end, as
 * curl has it and not RFC 6265 section 5.2.4: such a cookie also goes to the
 * path without the slash, and two that differ in it are one. Empty when it does
 * not begin with a slash. */
struct str cookie_path_clean(struct str path);

/* Read a set-cookie-string (section 5.2), received at `now`, into `c`; its
 * domain and its path are empty when there is no such attribute. The later of
 * two attributes counts, one longer than LIMIT_COOKIE_ATTRIBUTE not at all, and
 * no cookie lives for more than 400 days (draft-ietf-httpbis-rfc6265bis section
 * 5.5). Returns COOKIE_STORED, COOKIE_NO_NAME or COOKIE_BAD_BYTE. */
int cookie_parse(struct str value, int64_t now, struct cookie *c);

/* It is what a name promises that begins with "__Secure-" or "__Host-", in
 * whatever case (rfc6265bis section 4.1.3). */
bool cookie_keeps_promise(const struct cookie *c);

/* What has to be true of a whole cookie, wherever it came from: its sizes, its
 * bytes, and what its name promises, which in a file counts in this case only,
 * as curl has it. Returns
 * COOKIE_STORED or the verdict against it. */
int cookie_check(const struct cookie *c);

#endif
