/* What transfers of one run share. Its locks are inside. */
#ifndef TRANSFER_SESSION_H
#define TRANSFER_SESSION_H

#include "transfer/pool.h"

struct session;
struct proxy;

/* NULL when memory is out. */
struct session *session_new(struct error *e) CHECKED;

/* Closes the idle connections. NULL is allowed. */
void session_free(struct session *s);

struct pool *session_pool(struct session *s);

/* The session's own copy of these settings: the same pointer for equal ones, so
 * that transfers which agree share contexts and connections. The texts stay
 * borrowed. NULL when memory is out. */
const struct tls_config *session_tls_config(struct session *s,
	const struct tls_config *config, struct error *e) CHECKED;

/* The session's own copy of this proxy: the same pointer for equal ones. NULL
 * when memory is out. */
const struct proxy *session_proxy(
	struct session *s, const struct proxy *proxy, struct error *e) CHECKED;

/* The session's own copy of this text: the same pointer for equal ones. NULL
 * when memory is out. */
const char *session_text(
	struct session *s, struct str text, struct error *e) CHECKED;

/* The TLS context for settings from session_tls_config, made at the first call.
 * NULL with `e` filled when it cannot be made. */
struct tls_context *session_tls_context(struct session *s,
	const struct tls_config *config, struct error *e) CHECKED;

#endif
