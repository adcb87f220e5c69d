#include "policy/auth.h"

#include <stdlib.h>

#include "base/base64.h"
#include "http/value.h"
#include "policy/challenge.h"
#include "policy/digest.h"

#define CNONCE_BYTES 24

struct auth_state {
	unsigned chosen; /* an AUTH_ bit, AUTH_NONE before a challenge */
	unsigned sent; /* the scheme of the last credentials */
	unsigned rounds; /* challenges answered since the last success */
	struct digest_challenge digest; /* when DIGEST is chosen */
	struct buf nonce; /* that of `digest`, or a nextnonce since */
	struct buf cnonce; /* for `digest`; empty before its first use */
	uint32_t count; /* requests with `nonce` so far */
};

/* What a response offers of what is of use. */
struct offer {
	unsigned schemes; /* AUTH_ bits */
	struct digest_challenge digest; /* the strongest that can be met */
	struct error digest_error; /* of the first that cannot; code 0: none */
};

struct auth_state *auth_new(struct error *e)
{
	struct auth_state *a = calloc(1, sizeof(*a));

	if (!a) {
		error_memory(e);
		return NULL;
	}
	digest_init(&a->digest);
	buf_init(&a->nonce, LIMIT_CHALLENGE_VALUE);
	buf_init(&a->cnonce, LIMIT_CHALLENGE_VALUE);
	return a;
}

void auth_free(struct auth_state *a)
{
	if (!a)
		return;
	digest_fini(&a->digest);
	buf_fini(&a->nonce);
	buf_fini(&a->cnonce);
	free(a);
}

/* The allowed schemes that there are credentials for. */
static unsigned usable_schemes(const struct auth_request *r)
{
	unsigned usable = r->allowed;

	if (!r->bearer.p)
		usable &= ~(unsigned)AUTH_BEARER;
	if (!r->user.p)
		usable &= ~(unsigned)(AUTH_BASIC | AUTH_DIGEST);
	return usable;
}

/* Local policy (RFC 7616 section 3.7): the strongest algorithm, whatever the
 * order of the challenges. */
static int consider_digest(
	struct offer *o, struct str parameters, struct error *e)
{
	struct digest_challenge challenge, weaker;
	struct error why;
	int error;

	digest_init(&challenge);
	error = digest_read(&challenge, parameters, &why);
	if (error == -ERR_OUT_OF_MEMORY) {
		digest_fini(&challenge);
		return error_memory(e);
	}
	if (error < 0) {
		if (o->digest_error.code == 0)
			o->digest_error = why;
	} else if (!(o->schemes & AUTH_DIGEST) ||
		challenge.hash > o->digest.hash) {
		o->schemes |= AUTH_DIGEST;
		weaker = o->digest;
		o->digest = challenge;
		challenge = weaker;
	}
	digest_fini(&challenge);
	return 0;
}

static int consider_list(
	struct offer *o, struct str list, unsigned usable, struct error *e)
{
	struct challenge c;
	int error = 0;

	while (error == 0 && challenge_next(&list, &c)) {
		if (str_eq_nocase(c.scheme, STR("Basic")))
			o->schemes |= usable & AUTH_BASIC;
		else if (str_eq_nocase(c.scheme, STR("Bearer")))
			o->schemes |= usable & AUTH_BEARER;
		else if (str_eq_nocase(c.scheme, STR("Digest")) &&
			usable & AUTH_DIGEST)
			error = consider_digest(o, c.parameters, e);
	}
	return error;
}

static int read_offer(struct offer *o, const struct auth_request *request,
	const struct head *head, struct str name, struct error *e)
{
	unsigned usable = usable_schemes(request);
	const struct field *field;
	struct buf list;
	int error = 0;

	buf_init(&list, LIMIT_HEAD);
	for (size_t i = 0; error == 0; i++) {
		field = head_find(head, name, i, &i);
		if (!field)
			break;
		buf_clear(&list);
		value_unfold(&list, field->value);
		error = buf_check(&list, "challenge", e);
		if (error == 0)
			error = consider_list(o, buf_str(&list), usable, e);
	}
	buf_fini(&list);
	return error;
}

/* The credentials just sent were for this very challenge, and wrong. Another
 * realm means another protection space (RFC 9110 section 11.5). */
static bool digest_refused(const struct auth_state *a, const struct offer *o)
{
	return !o->digest.stale &&
		str_eq(digest_value(&o->digest, DIGEST_REALM),
			digest_value(&a->digest, DIGEST_REALM));
}

/* The challenge becomes that of the state; the old one is left in `o`. */
static void take_digest(struct auth_state *a, struct offer *o)
{
	struct digest_challenge old = a->digest;
	struct str nonce;

	a->digest = o->digest;
	o->digest = old;
	buf_clear(&a->cnonce);
	nonce = digest_value(&a->digest, DIGEST_NONCE);
	/* A count that was used with a nonce is never used again. */
	if (str_eq(nonce, buf_str(&a->nonce)))
		return;
	a->count = 0;
	buf_clear(&a->nonce);
	buf_add_str(&a->nonce, nonce);
}

/* The strongest scheme that is offered. Never one that is weaker than what was
 * just refused: nobody may talk a password out of Digest into Basic. */
static unsigned choose(const struct auth_state *a, const struct offer *o)
{
	unsigned best = AUTH_BEARER;

	while (best && !(o->schemes & best))
		best >>= 1;
	if (best > a->sent)
		return best;
	if (best == AUTH_DIGEST && best == a->sent && !digest_refused(a, o))
		return best;
	return AUTH_NONE;
}

static int answer(struct auth_state *a, struct offer *o, struct error *e)
{
	unsigned chosen = choose(a, o);

	if (o->schemes == AUTH_NONE && o->digest_error.code)
		return error_set(
			e, o->digest_error.code, "%s", o->digest_error.text);
	if (chosen == AUTH_NONE || a->rounds >= LIMIT_AUTH_ROUNDS)
		return 0;
	a->rounds++;
	a->chosen = chosen;
	if (chosen == AUTH_DIGEST)
		take_digest(a, o);
	return a->nonce.failed ? error_memory(e) : 1;
}

int auth_challenged(struct auth_state *a, const struct auth_request *request,
	const struct head *head, struct str field, struct error *e)
{
	struct offer o = { .schemes = AUTH_NONE };
	int result;

	digest_init(&o.digest);
	result = read_offer(&o, request, head, field, e);
	if (result == 0)
		result = answer(a, &o, e);
	digest_fini(&o.digest);
	return result;
}

/* The value of nextnonce in an Authentication-Info field (RFC 7616 section
 * 3.5), empty when there is none. */
static struct str find_nextnonce(struct str list)
{
	struct str name, value;

	while (challenge_parameter(&list, &name, &value) > 0)
		if (str_eq_nocase(name, STR("nextnonce")))
			return value;
	return (struct str){ NULL, 0 };
}

void auth_accepted(
	struct auth_state *a, const struct head *head, struct str field)
{
	struct buf next;

	a->rounds = 0;
	if (a->sent != AUTH_DIGEST)
		return;
	buf_init(&next, LIMIT_CHALLENGE_VALUE);
	value_unquote(&next, find_nextnonce(head_value(head, field)));
	/* One that is too long is not taken: the old one stays in use. */
	if (next.n && !next.failed &&
		!str_eq(buf_str(&next), buf_str(&a->nonce))) {
		buf_fini(&a->nonce);
		a->nonce = next;
		a->count = 0;
		return;
	}
	buf_fini(&next);
}

static unsigned scheme_to_send(
	const struct auth_state *a, const struct auth_request *r)
{
	unsigned usable = usable_schemes(r);

	if (a->chosen)
		return a->chosen & usable;
	/* Only one is allowed, and it needs no challenge. */
	if (r->allowed == AUTH_BASIC || r->allowed == AUTH_BEARER)
		return usable;
	return AUTH_NONE;
}

/* "Basic " and the credentials (RFC 7617 section 2). */
static int write_basic(
	const struct auth_request *r, struct buf *out, struct error *e)
{
	struct buf pair;
	int error;

	buf_init(&pair, LIMIT_REQUEST_HEAD);
	buf_add_str(&pair, r->user);
	buf_add_char(&pair, ':');
	buf_add_str(&pair, r->password);
	error = buf_check(&pair, "user name and password", e);
	if (error == 0) {
		buf_add_text(out, "Basic ");
		base64_encode(out, buf_str(&pair));
	}
	buf_fini(&pair);
	return error;
}

static int make_cnonce(
	struct auth_state *a, const struct auth_hasher *hasher, struct error *e)
{
	char bytes[CNONCE_BYTES];
	int error = hasher->random(bytes, sizeof(bytes), e);

	if (error < 0)
		return error;
	base64_encode(&a->cnonce, (struct str){ bytes, sizeof(bytes) });
	return buf_check(&a->cnonce, "cnonce", e);
}

static int write_digest(struct auth_state *a, const struct auth_request *r,
	const struct auth_hasher *hasher, struct buf *out, struct error *e)
{
	struct digest_request request = {
		.method = r->method,
		.target = r->target,
		.user = r->user,
		.password = r->password,
		.nonce = buf_str(&a->nonce),
		.count = ++a->count,
	};
	int error = 0;

	if (a->digest.protects && a->cnonce.n == 0)
		error = make_cnonce(a, hasher, e);
	if (error < 0)
		return error;
	request.cnonce = buf_str(&a->cnonce);
	return digest_write(&a->digest, &request, hasher, out, e);
}

int auth_write(struct auth_state *a, const struct auth_request *request,
	const struct auth_hasher *hasher, struct buf *out, struct error *e)
{
	a->sent = scheme_to_send(a, request);
	switch (a->sent) {
	case AUTH_BASIC:
		return write_basic(request, out, e);
	case AUTH_DIGEST:
		return write_digest(a, request, hasher, out, e);
	case AUTH_BEARER:
		buf_add_text(out, "Bearer ");
		buf_add_str(out, request->bearer);
		return 0;
	default:
		return 0;
	}
}

const char *auth_scheme_name(const struct auth_state *a)
{
	switch (a->chosen) {
	case AUTH_BASIC:
		return "Basic";
	case AUTH_DIGEST:
		return "Digest";
	case AUTH_BEARER:
		return "Bearer";
	default:
		return NULL;
	}
}

bool auth_probing(
	const struct auth_state *a, const struct auth_request *request)
{
	return request->allowed == AUTH_DIGEST && request->user.p &&
		a->chosen == AUTH_NONE;
}
