#include "policy/digest.h"

#include "base/ascii.h"
#include "http/value.h"
#include "policy/challenge.h"
#include "url/percent.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define COUNT_DIGITS 8 /* of nc, always */

static const char *const names[DIGEST_PARAMETERS] = {
	[DIGEST_REALM] = "realm",
	[DIGEST_NONCE] = "nonce",
	[DIGEST_OPAQUE] = "opaque",
	[DIGEST_ALGORITHM] = "algorithm",
	[DIGEST_QOP] = "qop",
	[DIGEST_STALE] = "stale",
	[DIGEST_USERHASH] = "userhash",
};

static const struct {
	const char *name;
	enum auth_hash hash;
	bool session;
} algorithms[] = {
	{ "MD5", AUTH_MD5, false },
	{ "MD5-sess", AUTH_MD5, true },
	{ "SHA-256", AUTH_SHA256, false },
	{ "SHA-256-sess", AUTH_SHA256, true },
	{ "SHA-512-256", AUTH_SHA512_256, false },
	{ "SHA-512-256-sess", AUTH_SHA512_256, true },
};

void digest_init(struct digest_challenge *c)
{
	*c = (struct digest_challenge){ .given = 0 };
	for (size_t i = 0; i < DIGEST_PARAMETERS; i++)
		buf_init(&c->values[i], LIMIT_CHALLENGE_VALUE);
}

void digest_fini(struct digest_challenge *c)
{
	for (size_t i = 0; i < DIGEST_PARAMETERS; i++)
		buf_fini(&c->values[i]);
}

static void clear(struct digest_challenge *c)
{
	for (size_t i = 0; i < DIGEST_PARAMETERS; i++)
		buf_clear(&c->values[i]);
	c->given = 0;
}

struct str digest_value(
	const struct digest_challenge *c, enum digest_parameter parameter)
{
	return buf_str(&c->values[parameter]);
}

static bool is_given(
	const struct digest_challenge *c, enum digest_parameter parameter)
{
	return c->given & 1u << parameter;
}

/* Keep the value if it is that of a parameter of use. */
static int keep(struct digest_challenge *c, struct str name, struct str value,
	struct error *e)
{
	for (size_t i = 0; i < DIGEST_PARAMETERS; i++) {
		if (!str_eq_nocase(name, str_of(names[i])))
			continue;
		if (c->given & 1u << i)
			return error_set(e, ERR_WEIRD_REPLY,
				"a Digest challenge has two parameters '%s' "
				"(RFC 9110 section 11.2)",
				names[i]);
		c->given |= 1u << i;
		value_unquote(&c->values[i], value);
		if (c->values[i].failed == ERR_TOO_LARGE)
			return error_set(e, ERR_WEIRD_REPLY,
				"the parameter '%s' of a Digest challenge is "
				"larger than %u bytes",
				names[i], LIMIT_CHALLENGE_VALUE);
		return buf_check(&c->values[i], "Digest challenge", e);
	}
	return 0;
}

static int read_algorithm(struct digest_challenge *c, struct error *e)
{
	struct str algorithm = digest_value(c, DIGEST_ALGORITHM);

	/* RFC 7616 section 3.3 */
	if (!is_given(c, DIGEST_ALGORITHM))
		algorithm = STR("MD5");
	for (size_t i = 0; i < COUNT(algorithms); i++) {
		if (!str_eq_nocase(algorithm, str_of(algorithms[i].name)))
			continue;
		c->hash = algorithms[i].hash;
		c->session = algorithms[i].session;
		return 0;
	}
	return error_set(e, ERR_NOT_BUILT_IN,
		"the Digest algorithm '%s' is not supported; MD5, SHA-256 "
		"and SHA-512-256 are, and those with -sess",
		value_shown(algorithm).text);
}

/* Options that are not known are ignored (RFC 7616 section 3.3). */
static int read_qop(struct digest_challenge *c, struct error *e)
{
	struct str qop = digest_value(c, DIGEST_QOP);

	c->protects = value_has_token(qop, STR("auth"));
	if (!c->protects && value_has_token(qop, STR("auth-int")))
		return error_set(e, ERR_NOT_BUILT_IN,
			"the server takes Digest credentials with qop=auth-int "
			"only, which is not supported");
	if (c->session && !c->protects)
		return error_set(e, ERR_WEIRD_REPLY,
			"a Digest challenge has the algorithm '%.*s', but not "
			"the qop it needs (RFC 7616 section 3.4.2)",
			STR_FMT(digest_value(c, DIGEST_ALGORITHM)));
	return 0;
}

int digest_read(
	struct digest_challenge *c, struct str parameters, struct error *e)
{
	struct str rest = parameters, name, value;
	int result;

	clear(c);
	while ((result = challenge_parameter(&rest, &name, &value)) > 0) {
		int error = keep(c, name, value, e);

		if (error < 0)
			return error;
	}
	if (result < 0)
		return error_set(e, ERR_WEIRD_REPLY,
			"byte %zu of the parameters of a Digest challenge: "
			"'%s' is no parameter (RFC 9110 section 11.2)",
			(size_t)(rest.p - parameters.p) + 1,
			value_shown(rest).text);
	if (!is_given(c, DIGEST_NONCE))
		return error_set(e, ERR_WEIRD_REPLY,
			"a Digest challenge has no nonce (RFC 7616 section "
			"3.3)");
	c->stale = str_eq_nocase(digest_value(c, DIGEST_STALE), STR("true"));
	c->userhash = str_eq_nocase(
		digest_value(c, DIGEST_USERHASH), STR("true"));
	result = read_algorithm(c, e);
	return result < 0 ? result : read_qop(c, e);
}

/* A digest in hexadecimal. */
struct hex {
	char text[AUTH_HEX_SIZE];
};

/* What a response is calculated with. */
struct calculation {
	const struct digest_challenge *challenge;
	const struct auth_hasher *hasher;
	struct buf in; /* what is hashed */
	struct error *e;
	int error; /* the first, then nothing more is done */
};

/* The hash of the parts with colons between them. */
static struct str hash(struct calculation *k, struct hex *hex,
	const struct str *parts, size_t n)
{
	buf_clear(&k->in);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(&k->in, ':');
		buf_add_str(&k->in, parts[i]);
	}
	hex->text[0] = '\0';
	if (k->error == 0)
		k->error = buf_check(&k->in, "Digest input", k->e);
	if (k->error == 0)
		k->error = k->hasher->digest(
			k->challenge->hash, buf_str(&k->in), hex->text, k->e);
	return str_of(hex->text);
}

#define HASH(k, hex, ...)                                 \
	hash(k, hex, (const struct str[]){ __VA_ARGS__ }, \
		COUNT(((const struct str[]){ __VA_ARGS__ })))

/* The response parameter (RFC 7616 sections 3.4.1 to 3.4.3). */
static struct str respond(struct calculation *k, const struct digest_request *r,
	struct str count, struct hex *hex)
{
	const struct digest_challenge *c = k->challenge;
	struct hex hex1, hex2;
	struct str a1 = HASH(
		k, &hex1, r->user, digest_value(c, DIGEST_REALM), r->password);
	struct str a2;

	if (c->session)
		a1 = HASH(
			k, &hex1, a1, digest_value(c, DIGEST_NONCE), r->cnonce);
	a2 = HASH(k, &hex2, r->method, r->target);
	if (!c->protects)
		return HASH(k, hex, a1, r->nonce, a2);
	return HASH(k, hex, a1, r->nonce, count, r->cnonce, STR("auth"), a2);
}

static void add_quoted(struct buf *out, const char *before, struct str value)
{
	buf_add_text(out, before);
	buf_add_text(out, "=\"");
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			buf_add_char(out, '\\');
		if (ascii_is_control(value.p[i]))
			percent_encode_byte(out, value.p[i]);
		else
			buf_add_char(out, value.p[i]);
	}
	buf_add_char(out, '"');
}

static void add_credentials(struct buf *out, const struct digest_challenge *c,
	const struct digest_request *r, struct str user, struct str count,
	struct str response)
{
	add_quoted(out, "Digest username", user);
	add_quoted(out, ", realm", digest_value(c, DIGEST_REALM));
	add_quoted(out, ", nonce", r->nonce);
	add_quoted(out, ", uri", r->target);
	if (c->protects) {
		add_quoted(out, ", cnonce", r->cnonce);
		buf_printf(out, ", nc=%.*s, qop=auth", STR_FMT(count));
	}
	add_quoted(out, ", response", response);
	if (is_given(c, DIGEST_OPAQUE))
		add_quoted(out, ", opaque", digest_value(c, DIGEST_OPAQUE));
	if (is_given(c, DIGEST_ALGORITHM)) {
		buf_add_text(out, ", algorithm=");
		buf_add_str(out, digest_value(c, DIGEST_ALGORITHM));
	}
	if (c->userhash)
		buf_add_text(out, ", userhash=true");
}

int digest_write(const struct digest_challenge *c,
	const struct digest_request *r, const struct auth_hasher *hasher,
	struct buf *out, struct error *e)
{
	struct calculation k = { .challenge = c, .hasher = hasher, .e = e };
	struct hex response_hex, user_hex;
	struct str user = r->user, response;
	struct buf count;

	buf_init(&k.in, LIMIT_REQUEST_HEAD);
	buf_init(&count, COUNT_DIGITS);
	buf_printf(&count, "%0*x", COUNT_DIGITS, (unsigned)r->count);
	response = respond(&k, r, buf_str(&count), &response_hex);
	if (c->userhash)
		user = HASH(
			&k, &user_hex, r->user, digest_value(c, DIGEST_REALM));
	if (k.error == 0)
		add_credentials(out, c, r, user, buf_str(&count), response);
	buf_fini(&count);
	buf_fini(&k.in);
	return k.error;
}
