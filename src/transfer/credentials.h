/* Who we are to the server of a hop or to a proxy, and what it has asked of us:
 * -u, -U, the URL, netrc; Basic, Digest, Bearer. */
#ifndef TRANSFER_CREDENTIALS_H
#define TRANSFER_CREDENTIALS_H

#include "policy/auth.h"
#include "policy/netrc.h"
#include "policy/sigv4.h"
#include "transfer/job.h"

struct credentials {
	struct auth_state *state; /* of this origin; NULL: none are known */
	struct str user, password, bearer; /* of spec, or below */
	unsigned allowed; /* enum auth_scheme */
	bool own_field; /* the user has such a field of their own */
	bool for_proxy; /* Proxy-Authorization, for a 407 */
	struct netrc_entry netrc;
	struct buf url_user, url_password; /* decoded */
};

/* What a hop may be told, in bits. */
enum credentials_trust {
	CREDENTIALS_FIRST = 1, /* what was given for the first origin */
	CREDENTIALS_EXPOSED = 2 /* in clear, behind a hop over https: nothing
				 * that netrc has */
};

/* Those for `url`, which need not outlive `c` as `spec` does: they hold for
 * later redirects within its origin too. Only with CREDENTIALS_FIRST they are
 * those given by -u and --oauth2-bearer; -u without a password looks for one in
 * netrc. A user of the URL that is empty is none. Returns 0, -ERR_READ for a
 * malformed netrc, or -ERR_OUT_OF_MEMORY; credentials_fini is due either
 * way. */
int credentials_init(struct credentials *c, const struct request_spec *spec,
	const struct url *url, enum credentials_trust trust,
	struct error *e) CHECKED;
void credentials_fini(struct credentials *c);

/* Those for the proxy `p`, which outlives `c`. Returns 0 or -ERR_OUT_OF_MEMORY;
 * credentials_fini is due either way. */
int credentials_init_proxy(struct credentials *c, const struct proxy_spec *spec,
	const struct proxy *p, struct error *e) CHECKED;

/* Append the value of (Proxy-)Authorization for a request; nothing when there
 * is none. Returns as auth_write. */
int credentials_write(const struct credentials *c, struct str method,
	struct str target, struct buf *out, struct error *e) CHECKED;

/* Sign a request as sigv4_sign does, with these credentials, for the scope that
 * --aws-sigv4 names; nothing without credentials. Returns as sigv4_parse and
 * sigv4_sign. */
int credentials_sign(const struct credentials *c, const char *scope,
	struct sigv4_request *request, struct sigv4_signature *signature,
	struct error *e) CHECKED;

/* The scheme of the next request, as auth_scheme_name. */
const char *credentials_scheme(const struct credentials *c);

/* The request is sent to be told how to authenticate; its body can wait. */
bool credentials_probing(const struct credentials *c);

/* Whether another request with other credentials is worth sending after the
 * answer `head`, a 401 or, of a proxy's, a 407: 1 or 0, or what auth_challenged
 * fails with. */
int credentials_answered(struct credentials *c, struct str method,
	const struct head *head, struct error *e) CHECKED;

#endif
