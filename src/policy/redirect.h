/* What a redirect does to the next request (RFC 9110 section 15.4), decided
 * without a socket. */
#ifndef POLICY_REDIRECT_H
#define POLICY_REDIRECT_H

#include <stdbool.h>

#include "base/error.h"
#include "http/head.h"
#include "url/url.h"

enum redirect_protocols { REDIRECT_HTTP = 1, REDIRECT_HTTPS = 2 };

struct redirect_config {
	bool follow; /* -L */
	bool follow_method; /* --follow: obey the status even with -X */
	bool trusted; /* --location-trusted: credentials go along */
	long max; /* --max-redirs; negative: no limit */
	bool keep_post_301, keep_post_302, keep_post_303;
	unsigned protocols; /* --proto-redir: enum redirect_protocols */
};

enum redirect_method {
	REDIRECT_SAME, /* method and body again */
	REDIRECT_GET /* GET (HEAD stays HEAD) without the body */
};

/* The head asks for a redirect that could be followed: a 3xx status other than
 * 304, 305 and 306, with a Location field that is not empty. */
bool redirect_asked(const struct head *head);

/* What `status` does to a request of `method` (RFC 9110 sections 15.4.2 to
 * 15.4.9). */
enum redirect_method redirect_method(
	const struct redirect_config *config, int status, struct str method);

/* The next URL, from the first Location field, relative to `current`. Returns
 * 0 with `next` set; -ERR_REDIRECTS when `done` redirects were followed
 * already and that is the maximum; or what url_resolve fails with. */
int redirect_next(const struct redirect_config *config,
	const struct url *current, const struct head *head, long done,
	const struct url_options *options, struct url *next,
	struct error *e) CHECKED;

/* Whether a redirect may lead to `next`, as it will be used: 0, or
 * -ERR_UNSUPPORTED_PROTOCOL. */
int redirect_check(const struct redirect_config *config, const struct url *next,
	struct error *e) CHECKED;

#endif
