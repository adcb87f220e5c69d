/* Cookies: which to keep and which to send (RFC 6265 sections 5.1 to 5.4, with
 * the name prefixes of its successor), and the Netscape file format. The jar
 * locks itself. */
#ifndef POLICY_COOKIE_H
#define POLICY_COOKIE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "url/url.h"

struct cookie_jar;

/* Why a Set-Cookie field was or was not taken; for -v and --explain. */
enum cookie_verdict {
	COOKIE_STORED,
	COOKIE_REPLACED,
	COOKIE_EXPIRED, /* it deletes what was there, or nothing */
	COOKIE_NO_NAME,
	COOKIE_BAD_BYTE, /* a control character */
	COOKIE_TOO_LARGE,
	COOKIE_BAD_DOMAIN, /* not the host's own, or no name of a host */
	COOKIE_PUBLIC_SUFFIX,
	COOKIE_NOT_SECURE, /* Secure over http, or it would replace a secure one
			    */
	COOKIE_BAD_PREFIX, /* __Secure- or __Host- without what they demand */
	COOKIE_TOO_MANY
};

/* An empty jar, NULL when memory is out. */
struct cookie_jar *cookie_jar_new(struct error *e) CHECKED;
void cookie_jar_free(struct cookie_jar *jar); /* NULL is allowed */

/* Take one Set-Cookie value received from `url` at `now` (seconds since 1970),
 * whose request had the Host `host` when that is not empty (a port is left
 * out). RFC 6265 sections 5.2 and 5.3; like curl, secure are https and the
 * hosts localhost, 127.0.0.1 and ::1. Returns the verdict, or
 * -ERR_OUT_OF_MEMORY. */
int cookie_receive(struct cookie_jar *jar, struct str value,
	const struct url *url, struct str host, int64_t now) CHECKED;

/* Whether the Domain of a cookie was left out of account since the last call,
 * as the public suffix list could not be loaded: it goes back to its host
 * alone. */
bool cookie_jar_unlisted(struct cookie_jar *jar);

/* A sentence on a verdict ("the domain is a public suffix"), static. */
const char *cookie_verdict_text(int verdict);

/* Append "a=1; b=2" for a request to `url`, whose Host is `host` when that is
 * not empty; nothing when none fits. First are those with the longer path (RFC
 * 6265 section 5.4), then as curl has it those with the longer domain, the
 * longer name, and the younger ones. At most LIMIT_COOKIES_SENT, and no more
 * than a field of LIMIT_COOKIE_FIELD bytes, name included, can hold. */
void cookie_send(struct cookie_jar *jar, const struct url *url, struct str host,
	int64_t now, struct buf *out);

/* The lines of a file that hold no cookie that could be taken. */
struct cookie_skips {
	size_t count;
	/* Of the first: its number from 1, the offset in it from 0, and what is
	 * wrong there (static; NULL when the count is 0). */
	size_t line, byte;
	const char *why;
};

/* Read a file's content: Netscape lines or "Set-Cookie:" lines of response
 * heads, as curl reads them. A cookie of the latter without a domain goes to
 * every host and is never saved. Comments and other lines of heads mean
 * nothing, nor do cookies that a peer has set since; `skips` (which may be
 * NULL) tells of malformed lines and of cookies that no server could have set.
 * `no_session` leaves out session cookies (-j). Returns the number taken, or
 * -ERR_OUT_OF_MEMORY. */
ssize_t cookie_load(struct cookie_jar *jar, struct str content, bool no_session,
	int64_t now, struct cookie_skips *skips) CHECKED;

/* Append the jar as a Netscape file, the youngest first as curl writes it,
 * expired ones left out. */
void cookie_save(struct cookie_jar *jar, int64_t now, struct buf *out);

#endif
