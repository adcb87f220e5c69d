/* URLs: parsed by hand, kept as written, sans I/O (RFC 3986, read as browsers
 * and curl read it). */
#ifndef URL_URL_H
#define URL_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

enum url_host_kind {
	URL_HOST_NAME,
	URL_HOST_IPV4,
	URL_HOST_IPV6, /* host holds no brackets */
	URL_HOST_NONE /* unix:///path and the like */
};

/* All strs borrow from `storage`, so a struct url may be moved but not copied;
 * url_copy makes another. */
struct url {
	char *storage;
	struct str scheme; /* lower case, without ':' */
	struct str user; /* percent-decoded; see has_user */
	struct str password; /* percent-decoded; see has_password */
	struct str host; /* lower-case ASCII (IDNA A-labels), no brackets */
	struct str host_shown; /* as the user wrote it, for messages */
	struct str zone; /* of an IPv6 literal, decoded, without '%' */
	struct str path; /* begins with '/' ('@' of an abstract Unix socket),
			  * dot segments removed */
	struct str query; /* without '?' */
	struct str fragment; /* without '#' */
	enum url_host_kind host_kind;
	uint16_t port; /* the one written or the scheme's; 0 when neither */
	bool has_user, has_password, has_port, has_query, has_fragment;
	bool scheme_guessed; /* none was written */
};

struct url_options {
	const char *default_scheme; /* of a URL without one; NULL: "http" */
	bool path_as_is; /* keep dot segments (--path-as-is); those that a
			  * reference brings are removed all the same */
	bool refuse_user; /* --disallow-username-in-url: ERR_LOGIN_DENIED */
};

/* Parse `text`. Returns 0, or -ERR_URL_MALFORMED with the byte's offset (from
 * 0) in the message, -ERR_LOGIN_DENIED, -ERR_OUT_OF_MEMORY, or
 * -ERR_NOT_BUILT_IN when a name needs IDN and the build has none. On failure
 * `u` needs no url_fini. `options` may be NULL.
 *
 * Bytes over 0x7f in path and query are percent-encoded; controls and spaces
 * are refused. Percent-encoding is kept as written (in a host it is decoded).
 * "127.1" and "0x7f.1" become dotted quads, IPv6 literals are written as RFC
 * 5952 has them. Any scheme of [a-z][a-z0-9+.-]* is parsed; which ones are
 * allowed is the caller's decision. Backslashes are not slashes. One to three
 * slashes after "scheme:" are taken for two. Of "unix:" all that follows the
 * slashes is the path of a socket, percent-decoded, "@name" an abstract one.
 * Sources: RFC 3986 sections 3 and 5.2.4, RFC 6874, UTS 46 by libidn2. */
int url_parse(struct url *u, struct str text, const struct url_options *options,
	struct error *e) CHECKED;

/* Parse `reference` relative to `base` (RFC 3986 section 5.2), as for a
 * Location field: the user part is not inherited; nor, as curl has it and RFC
 * 9110 section 10.2.2 has not, is a missing fragment, which is never sent.
 * Spaces are encoded, as %20 in a path, as '+' in a query. To a socket only
 * absolute references are possible. Returns as url_parse; offsets are those in
 * `reference`. */
int url_resolve(struct url *u, const struct url *base, struct str reference,
	const struct url_options *options, struct error *e) CHECKED;

/* An independent copy; returns 0 or -ERR_OUT_OF_MEMORY. */
int url_copy(struct url *u, const struct url *from, struct error *e) CHECKED;

void url_fini(struct url *u);

enum url_print_flags {
	URL_PRINT_USER = 1, /* with "user:password@" */
	URL_PRINT_FRAGMENT = 2,
	URL_PRINT_SHOWN = 4 /* for people: a host name as it was written, and
			     * any port that was */
};

/* The URL as one heap string, the caller's to free; a port is printed only when
 * it differs from the scheme's. NULL when memory is out. */
char *url_print(const struct url *u, unsigned flags) CHECKED;

/* Same scheme, host and port (RFC 9110 section 4.3.1). */
bool url_same_origin(const struct url *a, const struct url *b);

/* The port of a scheme ("https" 443), or 0. */
uint16_t url_default_port(struct str scheme);

#endif
