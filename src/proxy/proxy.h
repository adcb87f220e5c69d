/* Proxies: what the user and the environment say of them, which one a URL is
 * fetched through, and which hosts are left out. Sans I/O. */
#ifndef PROXY_PROXY_H
#define PROXY_PROXY_H

#include <stdbool.h>
#include <stdint.h>

#include "url/url.h"

enum proxy_kind {
	PROXY_HTTP, /* HTTP/1.1 */
	PROXY_HTTP10, /* --proxy1.0: CONNECT in HTTP/1.0 */
	PROXY_HTTPS, /* HTTP over TLS to the proxy */
	PROXY_SOCKS4, /* the name is resolved here */
	PROXY_SOCKS4A, /* the proxy resolves it */
	PROXY_SOCKS5, /* the name is resolved here */
	PROXY_SOCKS5H /* the proxy resolves it: --socks5-hostname */
};

struct proxy {
	enum proxy_kind kind;
	char *host; /* a name or an address (with its zone), no brackets */
	uint16_t port;
	char *socket; /* of SOCKS: the path of a Unix socket, as unix_connect
		       * takes it; NULL: none. host is "localhost" then, and
		       * neither it nor port is connected to */
	char *user, *password; /* percent-decoded; NULL: none were given. A
				* user alone has the password "" */
};

/* The port of a proxy whose user gave none. */
#define PROXY_PORT 1080
#define PROXY_HTTPS_PORT 443

/* Parse "[SCHEME://][USER:PASSWORD@]HOST[:PORT]", the scheme one of http,
 * https, socks4 (or socks), socks4a, socks5 and socks5h; without it the proxy
 * is of the kind `otherwise`. With --proxy1.0, that is `otherwise`
 * PROXY_HTTP10, http:// means PROXY_HTTP10 too. Anything behind the host and
 * port is ignored, but "localhost/PATH" of a SOCKS proxy is a Unix socket, its
 * path percent-decoded. `what` names in messages where the text is from
 * ("--proxy", "the environment variable http_proxy"). Returns 0;
 * -ERR_RESOLVE_PROXY for what is no proxy (the message shows no password);
 * -ERR_UNSUPPORTED_PROTOCOL for another scheme; -ERR_NOT_BUILT_IN when the name
 * needs IDN and the build has none; or -ERR_OUT_OF_MEMORY. On failure no
 * proxy_fini is due. */
int proxy_parse(struct proxy *p, struct str text, enum proxy_kind otherwise,
	const char *what, struct error *e) CHECKED;

/* An independent copy; 0 or -ERR_OUT_OF_MEMORY. */
int proxy_copy(
	struct proxy *p, const struct proxy *from, struct error *e) CHECKED;

void proxy_fini(struct proxy *p);

/* The same proxy, with the same user; either may be NULL, which is none. */
bool proxy_equal(const struct proxy *a, const struct proxy *b);

bool proxy_is_socks(const struct proxy *p);

/* The scheme's name, "http" for PROXY_HTTP10 too; static. */
const char *proxy_kind_name(enum proxy_kind kind);

/* What options and environment say; all borrowed, NULL: not given. */
struct proxy_choice {
	const char *text; /* -x and its like; "": none, whatever the
			   * environment says */
	enum proxy_kind kind; /* of `text` without a scheme */
	const char *option; /* the one `text` is from, for messages */
	const char *user; /* -U "name:password", when a text names nobody */
	const char *except; /* --noproxy, else no_proxy or NO_PROXY */
	/* Environment variables, of which the lower-case one counts first;
	 * HTTP_PROXY is not read: a CGI's client could set it. An empty one is
	 * as good as none. */
	const char *http, *https, *all;
	const char *https_name, *all_name; /* which of the two it was */
};

/* The proxy for `url` into `p`: 1; 0 when there is none, and `p` is all zero;
 * or as proxy_parse. A Unix socket's URL has none. */
int proxy_choose(struct proxy *p, const struct proxy_choice *choice,
	const struct url *url, struct error *e) CHECKED;

/* Whether `host` (a name or an address, no brackets) is in `list`, as --noproxy
 * and no_proxy have it: names separated by commas or spaces, each of which
 * stands for itself and all below it (a leading dot makes no difference);
 * addresses, with or without brackets, and networks "192.0.2.0/24".
 * Case and a dot at the end of a name do not matter. A list that is "*" and
 * nothing else is of all hosts; NULL is of none. */
bool proxy_excepts(const char *list, struct str host);

#endif
