/* Secrets out of what is shown: credentials and cookies in heads, passwords in
 * URLs. What is sent is another matter. */
#ifndef HTTP_REDACT_H
#define HTTP_REDACT_H

#include "base/buf.h"

#define REDACTED "[redacted]"

/* The value of this field is a secret, or has one in it: Authorization,
 * Proxy-Authorization, Cookie, Set-Cookie and the like. */
bool redact_field_secret(struct str name);

/* Append a field value as it may be shown: of credentials (RFC 9110 section
 * 11.4) the scheme is left, of Cookie and Set-Cookie (RFC 6265 sections 4.1 and
 * 4.2) the names and attributes. A value that is no secret is appended as it
 * is. */
void redact_value(struct buf *out, struct str name, struct str value);

/* Append a request or response head, or a trailer section, with the values of
 * its secret fields redacted, folded lines too; every other byte as it is. */
void redact_head(struct buf *out, struct str head);

/* Append a text in which "scheme://user:password@" stands, a URL or a message
 * with URLs in it, with the passwords redacted. */
void redact_urls(struct buf *out, struct str text);

#endif
