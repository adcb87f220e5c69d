/* Every maximum that stands between a peer, or a user's typo, and our memory.
 * Sizes are in bytes. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define LIMIT_ERROR_TEXT 1024 /* one error message */

/* Input from the user */
#define LIMIT_URL (8u << 20) /* one URL */
#define LIMIT_REQUEST_HEAD (16u << 20) /* request line and fields we send */
#define LIMIT_CONFIG_LINE (10u << 20) /* one line of a config file */
#define LIMIT_REQUEST_BODY (1u << 30) /* a body held in memory (-d) */

/* Response heads (all interim ones and the trailers count on their own) */
#define LIMIT_HEAD (300u << 10) /* one response head */
#define LIMIT_HEAD_LINE (100u << 10) /* one line of a head, as curl's */
#define LIMIT_FIELDS 5000u /* field lines in one head */
#define LIMIT_INTERIM 100u /* 1xx responses before a final one */
#define LIMIT_FINDINGS 64u /* findings kept for one response */

/* Chunked bodies (RFC 9112 section 7.1) */
#define LIMIT_CHUNK_LINE (16u << 10) /* a chunk size with its extensions */
#define LIMIT_EARLIER (4u << 20) /* heads that led to another request */
#define LIMIT_TRAILERS (64u << 10) /* the trailer section */

/* Authentication */
#define LIMIT_CHALLENGE_VALUE (8u << 10) /* one parameter, without quotes */
#define LIMIT_AUTH_ROUNDS 8u /* challenges answered before one is accepted */

/* Content codings */
#define LIMIT_CODINGS 5u /* stacked in one response */
#define LIMIT_DECODE_RATIO 2000u /* decoded bytes for a coded one ... */
#define LIMIT_DECODE_WINDOW (64u << 20) /* ... over so many decoded ones */

/* Connections */
#define LIMIT_ADDRESSES 64u /* of one name that are tried */
#define LIMIT_WAITS (LIMIT_ADDRESSES + 1) /* descriptors waited for at once */
#define LIMIT_POOL_IDLE 5u /* idle connections kept, as curl's default */

/* What is kept of a transfer for reports and archives */
#define LIMIT_HOPS 10000u /* requests: redirects, retries ... */
#define LIMIT_LEDGER (256u << 20) /* heads and bodies of all, about */

/* Listeners */
#define LIMIT_CLIENTS 1000u /* served at once */
#define LIMIT_CLIENT_SPEED 1000 /* bytes a second that one has to send */
#define LIMIT_HEARD \
	(16u << 20) /* of one client, kept for what needs it whole */
#define LIMIT_HEARD_ALL \
	(128u << 20) /* of all clients, with the answers made of it */
#define LIMIT_REPLY (64u << 20) /* a reply held in memory */

/* Output held back (--spool) */
#define LIMIT_SPOOL (4u << 20) /* in memory; what is more, in a file */

/* Cookies (RFC 6265 section 6.1), the first four as curl's */
#define LIMIT_COOKIE 4096u /* name and value together; also a path */
#define LIMIT_COOKIE_DATE 79u /* an Expires attribute */
#define LIMIT_COOKIES_SENT 150u /* in one request */
#define LIMIT_COOKIE_FIELD 8190u /* the Cookie field of one request */
#define LIMIT_COOKIE_ATTRIBUTE 1024u /* any attribute of a cookie */
#define LIMIT_COOKIE_HOST 255u /* a host name that may have cookies */
#define LIMIT_COOKIES_OF_DOMAIN 300u /* kept of what servers set */
#define LIMIT_COOKIES 5000u /* the same of all domains */

#endif
