/* Secrets out of what is shown: credentials and cookies in heads, passwords in
 * URLs. What is sent is another matter. */
#ifndef HTTP_REDACT_H
#define HTTP_REDACT_H

#include "base/buf.h"

#define REDACTED "[redacted]"

/* The value of this field is a secret, or may have one in it: Authorization,
 * Proxy-Authorization, Cookie, Set-Cookie, and those that hold URLs. */
bool redact_field_secret(struct str name);

/* Append a field value as it may be shown: of credentials (RFC 9110 section
 * 11.4) the scheme is left, of Cookie and Set-Cookie (RFC 6265 sections 4.1 and
 * 4.2) the names and attributes, of URLs all but the password. A value that is
 * no secret is appended as it is. */
void redact_value(struct buf *out, struct str name, struct str value);

/* Append a request or response head, or a trailer section, with the values of
 * its secret fields redacted, folded lines too; every other byte as it is. */
void redact_head(struct buf *out, struct str head);

/* Append what was meant as a URL, be it one or not, with its password redacted:
 * what stands between "user:" and the last '@' of its authority, and where that
 * has none, as a '/', '?' or '#' in a password is not percent-encoded, of all;
 * without any '@' what stands in the place of a port and is none. The scheme
 * may be absent, any byte may be in it. URLs within its path or query too. */
void redact_url(struct buf *out, struct str url);

/* The same for a text with URLs in it, such as a message: also "user:password@"
 * without a scheme is taken for one. Rather too much than too little is
 * redacted where a blank or a quote does not tell where a URL ends. */
void redact_urls(struct buf *out, struct str text);

#endif
