#include "transfer/credentials.h"

#include "net/digest.h"

/* --- digests, which policy/ does not know */

static const struct digest_functions *digests(struct error *e)
{
	const struct tls_functions *tls = tls_load(e);

	return tls ? tls->digests : NULL;
}

static int hash_digest(
	enum auth_hash hash, struct str in, char *hex, struct error *e)
{
	static const enum digest names[] = {
		[AUTH_MD5] = DIGEST_MD5,
		[AUTH_SHA256] = DIGEST_SHA256,
		[AUTH_SHA512_256] = DIGEST_SHA512_256,
	};
	const struct digest_functions *d = digests(e);

	return d ? d->digest(names[hash], in, hex, e) : -e->code;
}

static int hash_random(void *to, size_t n, struct error *e)
{
	const struct digest_functions *d = digests(e);

	return d ? d->random(to, n, e) : -e->code;
}

static int hash_mac(
	struct str key, struct str in, unsigned char *mac, struct error *e)
{
	const struct digest_functions *d = digests(e);

	return d ? d->hmac_sha256(key, in, mac, e) : -e->code;
}

static const struct auth_hasher hasher = {
	.digest = hash_digest,
	.random = hash_random,
	.hmac = hash_mac,
};

/* --- which ones */

static void take_option(struct credentials *c, const char *user)
{
	str_cut(str_of(user), ':', &c->user, &c->password);
}

/* The URL of a hop is gone when the next one within its origin begins. */
static int take_url(struct credentials *c, const struct url *url,
	bool with_password, struct error *e)
{
	int error;

	buf_add_str(&c->url_user, url->user);
	if (with_password)
		buf_add_str(&c->url_password, url->password);
	error = buf_check(&c->url_user, "user name", e);
	if (error == 0)
		error = buf_check(&c->url_password, "password", e);
	c->user = c->url_user.n ? buf_str(&c->url_user) : STR("");
	c->password = buf_str(&c->url_password);
	return error;
}

static int take_netrc(struct credentials *c, const struct request_spec *spec,
	const struct url *url, struct error *e)
{
	struct str login = c->user;
	struct error reason = { 0 };
	int found;

	if (!spec->netrc.p)
		return 0;
	found = netrc_find(&c->netrc, spec->netrc, url->host, login, &reason);
	if (found < 0)
		return error_set(e, reason.code, "%s: %s", spec->netrc_name,
			reason.text);
	if (found == 0)
		return 0;
	if (c->netrc.has_login && !login.p)
		c->user = buf_str(&c->netrc.login);
	if (c->netrc.has_password)
		c->password = buf_str(&c->netrc.password);
	if (!c->user.p)
		c->user = STR("");
	return 0;
}

static int choose(struct credentials *c, const struct request_spec *spec,
	const struct url *url, enum credentials_trust trust, struct error *e)
{
	bool trusted = trust & CREDENTIALS_FIRST;

	if (trusted && spec->bearer)
		c->bearer = str_of(spec->bearer);
	if (trusted && spec->user) {
		take_option(c, spec->user);
		if (strchr(spec->user, ':') || trust & CREDENTIALS_EXPOSED)
			return 0;
		return take_netrc(c, spec, url, e);
	}
	/* With --netrc the URL's password counts for nothing, but its user
	 * says whose entry is wanted. */
	if (url->user.n || url->password.n) {
		int error = take_url(c, url, !spec->netrc_required, e);

		if (error < 0 || (url->has_password && !spec->netrc_required))
			return error;
	}
	return trust & CREDENTIALS_EXPOSED ? 0 : take_netrc(c, spec, url, e);
}

static void begin(struct credentials *c, unsigned allowed)
{
	*c = (struct credentials){ .allowed = allowed };
	netrc_init(&c->netrc);
	buf_init(&c->url_user, LIMIT_URL);
	buf_init(&c->url_password, LIMIT_URL);
}

int credentials_init(struct credentials *c, const struct request_spec *spec,
	const struct url *url, enum credentials_trust trust, struct error *e)
{
	const struct user_field *own = user_field_find(
		spec->fields, spec->n_fields, STR("Authorization"));
	int error;

	begin(c, spec->auth);
	c->own_field = own != NULL && trust & CREDENTIALS_FIRST;
	error = choose(c, spec, url, trust, e);
	if (error < 0)
		return error;
	if (!c->user.p && !c->bearer.p)
		return 0;
	c->state = auth_new(e);
	return c->state ? 0 : -e->code;
}

int credentials_init_proxy(struct credentials *c, const struct proxy_spec *spec,
	const struct proxy *p, struct error *e)
{
	begin(c, spec->auth);
	c->for_proxy = true;
	c->own_field = user_field_find(spec->fields, spec->n_fields,
			       STR("Proxy-Authorization")) != NULL;
	if (!p->user)
		return 0;
	c->user = str_of(p->user);
	c->password = str_of(p->password);
	c->state = auth_new(e);
	return c->state ? 0 : -e->code;
}

void credentials_fini(struct credentials *c)
{
	auth_free(c->state);
	netrc_fini(&c->netrc);
	buf_fini(&c->url_user);
	buf_fini(&c->url_password);
}

/* --- their use */

static struct auth_request request_of(
	const struct credentials *c, struct str method, struct str target)
{
	return (struct auth_request){
		.method = method,
		.target = target,
		.user = c->user,
		.password = c->password,
		.bearer = c->bearer,
		.allowed = c->allowed,
	};
}

int credentials_write(const struct credentials *c, struct str method,
	struct str target, struct buf *out, struct error *e)
{
	struct auth_request request = request_of(c, method, target);

	if (!c->state || c->own_field)
		return 0;
	return auth_write(c->state, &request, &hasher, out, e);
}

int credentials_sign(const struct credentials *c, const char *scope,
	struct sigv4_request *request, struct sigv4_signature *signature,
	struct error *e)
{
	struct sigv4_scope parsed;
	int error;

	if (!c->state || c->own_field)
		return 0;
	error = sigv4_parse(str_of(scope), &parsed, e);
	if (error < 0)
		return error;
	request->key = c->user;
	request->secret = c->password;
	return sigv4_sign(&parsed, request, &hasher, signature, e);
}

const char *credentials_scheme(const struct credentials *c)
{
	return c->state ? auth_scheme_name(c->state) : NULL;
}

bool credentials_probing(const struct credentials *c)
{
	struct auth_request request = request_of(c, STR(""), STR(""));

	return c->state && !c->own_field && auth_probing(c->state, &request);
}

int credentials_answered(struct credentials *c, struct str method,
	const struct head *head, struct error *e)
{
	struct auth_request request = request_of(c, method, STR(""));

	if (!c->state || c->own_field)
		return 0;
	if (head->status == (c->for_proxy ? 407 : 401))
		return auth_challenged(c->state, &request, head,
			c->for_proxy ? STR("Proxy-Authenticate")
				     : STR("WWW-Authenticate"),
			e);
	auth_accepted(c->state, head,
		c->for_proxy ? STR("Proxy-Authentication-Info")
			     : STR("Authentication-Info"));
	return 0;
}
