#include "policy/sigv4.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/date.h"
#include "policy/sigv4_canonical.h"

#define UNSIGNED "UNSIGNED-PAYLOAD"
#define DATE_N 8 /* of a time stamp's bytes */

/* The texts that a signature is made of. */
enum part {
	DATE_NAME, /* X-Amz-Date */
	DIGEST_NAME, /* x-amz-content-sha256 */
	TERM, /* aws4_request */
	ALGORITHM, /* AWS4-HMAC-SHA256 */
	STAMP, /* 20150830T123600Z */
	SCOPE, /* 20150830/us-east-1/iam/aws4_request */
	BODY_DIGEST,
	CANONICAL, /* the canonical request */
	SIGNED_NAMES, /* host;x-amz-date */
	TO_SIGN,
	PARTS
};

struct work {
	struct sigv4_scope scope; /* complete */
	const struct sigv4_request *request;
	const struct auth_hasher *hasher;
	struct buf parts[PARTS];
	struct user_field *fields; /* all that are sent */
	size_t n_fields;
	bool own_date, own_digest; /* the user's fields have them */
};

/* Services that take the path encoded once and a body unsigned. */
static const char *const s3_services[] = { "s3", "s3express", "s3-outposts",
	"s3-object-lambda" };

static struct str part(const struct work *w, enum part part)
{
	return buf_str(&w->parts[part]);
}

static void add_upper(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_add_char(out, ascii_upper(s.p[i]));
}

static void add_lower(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_add_char(out, ascii_lower(s.p[i]));
}

int sigv4_parse(struct str argument, struct sigv4_scope *scope, struct error *e)
{
	struct str *const parts[] = { &scope->provider1, &scope->provider2,
		&scope->region, &scope->service };
	struct str rest = argument;

	for (size_t i = 0; i < argument.n; i++) {
		char c = argument.p[i];

		if (!ascii_is_tchar(c) && c != ':')
			return error_set(e, ERR_USAGE,
				"--aws-sigv4 '%.*s': byte %zu can be no part "
				"of the name of a provider, region or service",
				STR_FMT(argument), i + 1);
	}
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		str_cut(rest, ':', parts[i], &rest);
	if (rest.n)
		return error_set(e, ERR_USAGE,
			"--aws-sigv4 '%.*s': byte %zu begins a fifth part; "
			"there are PROVIDER1:PROVIDER2:REGION:SERVICE",
			STR_FMT(argument), (size_t)(rest.p - argument.p) + 1);
	if (scope->provider1.n == 0) {
		scope->provider1 = STR("aws");
		if (scope->provider2.n == 0)
			scope->provider2 = STR("amz");
	}
	if (scope->provider2.n == 0)
		scope->provider2 = scope->provider1;
	return 0;
}

static bool is_s3(const struct work *w)
{
	size_t n = sizeof(s3_services) / sizeof(*s3_services);

	for (size_t i = 0; i < n; i++)
		if (str_eq(w->scope.service, str_of(s3_services[i])))
			return true;
	return false;
}

/* S3 wants the digest of the body as a field. */
static bool sends_digest(const struct work *w)
{
	return is_s3(w) && str_eq_nocase(w->scope.provider1, STR("aws"));
}

static int name_missing(const struct work *w, const char *what, struct error *e)
{
	return error_set(e, ERR_URL_MALFORMED,
		"--aws-sigv4 names no %s, and the host name '%.*s' is not "
		"SERVICE.REGION.DOMAIN; say aws:amz:REGION:SERVICE",
		what, STR_FMT(w->request->host));
}

static void name_parts(struct work *w)
{
	const struct sigv4_scope *scope = &w->scope;

	buf_add_text(&w->parts[DATE_NAME], "X-");
	add_upper(&w->parts[DATE_NAME], str_first(scope->provider2, 1));
	add_lower(&w->parts[DATE_NAME], str_from(scope->provider2, 1));
	buf_add_text(&w->parts[DATE_NAME], "-Date");
	buf_add_text(&w->parts[DIGEST_NAME], "x-");
	add_lower(&w->parts[DIGEST_NAME], scope->provider2);
	buf_add_text(&w->parts[DIGEST_NAME], "-content-sha256");
	add_lower(&w->parts[TERM], scope->provider1);
	buf_add_text(&w->parts[TERM], "4_request");
	add_upper(&w->parts[ALGORITHM], scope->provider1);
	buf_add_text(&w->parts[ALGORITHM], "4-HMAC-SHA256");
}

/* Take what the option leaves out from the host name; then all names of the
 * scope are known. */
static int complete_scope(struct work *w, struct error *e)
{
	struct str service, region, rest;

	str_cut(w->request->host, ':', &rest, &region);
	if (!str_cut(rest, '.', &service, &rest))
		service.n = 0;
	if (!str_cut(rest, '.', &region, &rest))
		region.n = 0;
	if (w->scope.service.n == 0)
		w->scope.service = service;
	if (w->scope.region.n == 0)
		w->scope.region = region;
	if (w->scope.service.n == 0)
		return name_missing(w, "service", e);
	if (w->scope.region.n == 0)
		return name_missing(w, "region", e);
	name_parts(w);
	return 0;
}

/* The field of that name with a value, the user's last. */
static const struct user_field *find_own(const struct work *w, struct str name)
{
	const struct sigv4_request *r = w->request;
	const struct user_field *field = user_field_find(
		r->fields, r->n_fields, name);

	return field && field->kind == USER_FIELD_SEND ? field : NULL;
}

static bool is_stamp(struct str s)
{
	static const char form[] = "00000000T000000Z";

	if (s.n != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (form[i] == '0' ? !ascii_is_digit(s.p[i])
				   : s.p[i] != form[i])
			return false;
	return true;
}

static int decide_date(struct work *w, struct error *e)
{
	const struct user_field *own = find_own(w, part(w, DATE_NAME));
	struct date d;

	w->own_date = own != NULL;
	if (own && !is_stamp(own->value))
		return error_set(e, ERR_USAGE,
			"the header '%.*s' has no time such as "
			"20150830T123600Z to sign with",
			STR_FMT(own->line));
	if (own) {
		buf_add_str(&w->parts[STAMP], own->value);
	} else {
		date_split(w->request->now, &d);
		buf_printf(&w->parts[STAMP], "%04d%02d%02dT%02d%02d%02dZ",
			d.year, d.month, d.day, d.hour, d.minute, d.second);
	}
	buf_add_str(&w->parts[SCOPE], str_first(part(w, STAMP), DATE_N));
	buf_printf(&w->parts[SCOPE], "/%.*s/%.*s/%.*s",
		STR_FMT(w->scope.region), STR_FMT(w->scope.service),
		STR_FMT(part(w, TERM)));
	return 0;
}

static int add_digest(
	struct work *w, struct buf *out, struct str bytes, struct error *e)
{
	char hex[AUTH_HEX_SIZE];
	int error = w->hasher->digest(AUTH_SHA256, bytes, hex, e);

	if (error == 0)
		buf_add_text(out, hex);
	return error;
}

static int decide_digest(struct work *w, struct error *e)
{
	const struct user_field *own = find_own(w, part(w, DIGEST_NAME));
	struct buf *digest = &w->parts[BODY_DIGEST];

	w->own_digest = own != NULL;
	if (own) {
		buf_add_str(digest, own->value);
		return 0;
	}
	if (!w->request->streamed)
		return add_digest(w, digest, w->request->body, e);
	if (!sends_digest(w))
		return error_set(e, ERR_USAGE,
			"--aws-sigv4 cannot sign a body that is read while it "
			"is sent; give its SHA-256 as -H '%.*s: ...'",
			STR_FMT(part(w, DIGEST_NAME)));
	buf_add_text(digest, UNSIGNED);
	return 0;
}

static void add_field(struct work *w, struct str name, struct str value)
{
	w->fields[w->n_fields++] = (struct user_field){
		.kind = USER_FIELD_SEND, .name = name, .value = value
	};
}

/* As request_write sends them: of several Host fields the first. */
static int gather_fields(struct work *w, struct error *e)
{
	const struct sigv4_request *r = w->request;
	bool host = !user_field_find(r->fields, r->n_fields, STR("Host"));

	w->fields = calloc(r->n_fields + 3, sizeof(*w->fields));
	if (!w->fields)
		return error_memory(e);
	if (host)
		add_field(w, STR("Host"), r->host);
	for (size_t i = 0; i < r->n_fields; i++) {
		bool is_host = str_eq_nocase(r->fields[i].name, STR("Host"));

		if (is_host && host)
			continue;
		if (is_host)
			host = r->fields[i].kind != USER_FIELD_REMOVE;
		w->fields[w->n_fields++] = r->fields[i];
	}
	if (!w->own_date)
		add_field(w, part(w, DATE_NAME), part(w, STAMP));
	if (!w->own_digest && sends_digest(w))
		add_field(w, part(w, DIGEST_NAME), part(w, BODY_DIGEST));
	return 0;
}

static int write_canonical(struct work *w, struct error *e)
{
	struct buf *out = &w->parts[CANONICAL];
	struct str path, query;
	int error;

	str_cut(w->request->target, '?', &path, &query);
	buf_add_str(out, w->request->method);
	buf_add_char(out, '\n');
	sigv4_canonical_path(out, path, is_s3(w));
	buf_add_char(out, '\n');
	error = sigv4_canonical_query(out, query, e);
	if (error < 0)
		return error;
	buf_add_char(out, '\n');
	error = sigv4_canonical_fields(
		out, &w->parts[SIGNED_NAMES], w->fields, w->n_fields, e);
	if (error < 0)
		return error;
	buf_add_char(out, '\n');
	buf_add_str(out, part(w, SIGNED_NAMES));
	buf_add_char(out, '\n');
	buf_add_str(out, part(w, BODY_DIGEST));
	return 0;
}

static int write_to_sign(struct work *w, struct error *e)
{
	struct buf *out = &w->parts[TO_SIGN];

	buf_printf(out, "%.*s\n%.*s\n%.*s\n", STR_FMT(part(w, ALGORITHM)),
		STR_FMT(part(w, STAMP)), STR_FMT(part(w, SCOPE)));
	return add_digest(w, out, part(w, CANONICAL), e);
}

static int check_parts(struct work *w, struct error *e)
{
	for (size_t i = 0; i < PARTS; i++) {
		int error = buf_check(&w->parts[i], "text to be signed", e);

		if (error < 0)
			return error;
	}
	return 0;
}

/* The key is that of the secret, the date, the region, the service and the
 * term, each the message to the code of the one before. */
static int sign(const struct work *w, unsigned char *mac, struct error *e)
{
	const struct str messages[] = { str_first(part(w, STAMP), DATE_N),
		w->scope.region, w->scope.service, part(w, TERM),
		part(w, TO_SIGN) };
	unsigned char next[AUTH_MAC_SIZE];
	struct buf first;
	struct str key;
	int error;

	buf_init(&first, LIMIT_REQUEST_HEAD);
	add_upper(&first, w->scope.provider1);
	buf_add_char(&first, '4');
	buf_add_str(&first, w->request->secret);
	error = buf_check(&first, "secret key", e);
	key = buf_str(&first);
	for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
		if (error == 0)
			error = w->hasher->hmac(key, messages[i], next, e);
		if (error < 0)
			break;
		memcpy(mac, next, AUTH_MAC_SIZE);
		key = (struct str){ (const char *)mac, AUTH_MAC_SIZE };
	}
	buf_fini(&first);
	return error;
}

static int write_result(
	const struct work *w, struct sigv4_signature *s, struct error *e)
{
	unsigned char mac[AUTH_MAC_SIZE];
	int error = sign(w, mac, e);

	if (error < 0)
		return error;
	buf_add_str(&s->authorization, part(w, ALGORITHM));
	buf_add_text(&s->authorization, " Credential=");
	buf_add_str(&s->authorization, w->request->key);
	buf_add_char(&s->authorization, '/');
	buf_add_str(&s->authorization, part(w, SCOPE));
	buf_add_text(&s->authorization, ", SignedHeaders=");
	buf_add_str(&s->authorization, part(w, SIGNED_NAMES));
	buf_add_text(&s->authorization, ", Signature=");
	for (size_t i = 0; i < sizeof(mac); i++)
		buf_printf(&s->authorization, "%02x", mac[i]);
	if (!w->own_date)
		buf_printf(&s->date, "%.*s: %.*s", STR_FMT(part(w, DATE_NAME)),
			STR_FMT(part(w, STAMP)));
	if (!w->own_digest && sends_digest(w))
		buf_printf(&s->digest, "%.*s: %.*s",
			STR_FMT(part(w, DIGEST_NAME)),
			STR_FMT(part(w, BODY_DIGEST)));
	error = buf_check(&s->authorization, "signature", e);
	if (error == 0)
		error = buf_check(&s->date, "signature", e);
	return error < 0 ? error : buf_check(&s->digest, "signature", e);
}

void sigv4_init(struct sigv4_signature *s)
{
	buf_init(&s->authorization, LIMIT_REQUEST_HEAD);
	buf_init(&s->date, LIMIT_REQUEST_HEAD);
	buf_init(&s->digest, LIMIT_REQUEST_HEAD);
}

void sigv4_fini(struct sigv4_signature *s)
{
	buf_fini(&s->authorization);
	buf_fini(&s->date);
	buf_fini(&s->digest);
}

/* In the order in which one needs the other. */
static int (*const steps[])(struct work *w, struct error *e) = {
	complete_scope,
	decide_date,
	decide_digest,
	gather_fields,
	write_canonical,
	check_parts,
	write_to_sign,
	check_parts,
};

int sigv4_sign(const struct sigv4_scope *scope,
	const struct sigv4_request *request, const struct auth_hasher *hasher,
	struct sigv4_signature *s, struct error *e)
{
	struct work w = {
		.scope = *scope, .request = request, .hasher = hasher
	};
	int error = 0;

	for (size_t i = 0; i < PARTS; i++)
		buf_init(&w.parts[i], 4 * LIMIT_REQUEST_HEAD);
	for (size_t i = 0; error == 0 && i < sizeof(steps) / sizeof(*steps);
		i++)
		error = steps[i](&w, e);
	if (error == 0)
		error = write_result(&w, s, e);
	for (size_t i = 0; i < PARTS; i++)
		buf_fini(&w.parts[i]);
	free(w.fields);
	return error;
}
