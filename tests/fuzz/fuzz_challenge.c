/* Challenges of a hostile server: what is taken apart lies inside, in order;
 * credentials that answer them can be read back; no server keeps a client
 * answering for ever. Each line of the input is one field of a response. */
#include <stdlib.h>

#include "http/value.h"
#include "policy/auth.h"
#include "policy/challenge.h"
#include "policy/digest.h"

#define FIELDS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_inside(struct str part, struct str whole)
{
	check(part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

/* Not a digest, but as long as one and different for each input. */
static int fake_digest(
	enum auth_hash hash, struct str in, char *hex, struct error *e)
{
	uint64_t sum = hash;

	(void)e;
	for (size_t i = 0; i < in.n; i++)
		sum = sum * 31 + (unsigned char)in.p[i];
	for (size_t i = 0; i < AUTH_HEX_SIZE - 1; i++)
		hex[i] = "0123456789abcdef"[sum >> i % 16 * 4 & 15];
	hex[AUTH_HEX_SIZE - 1] = '\0';
	return 0;
}

static int fake_random(void *to, size_t n, struct error *e)
{
	(void)e;
	memset(to, 'r', n);
	return 0;
}

static const struct auth_hasher hasher = { .digest = fake_digest,
	.random = fake_random };

/* Every parameter can be read; the nonce is what the challenge said, but for
 * its control characters. */
static void check_credentials(struct str written, struct str nonce)
{
	struct str name, value;
	struct challenge c;
	struct buf read;
	int result;

	buf_init(&read, 4 * LIMIT_CHALLENGE_VALUE);
	check(challenge_next(&written, &c) && written.n == 0);
	check(str_eq(c.scheme, STR("Digest")));
	while ((result = challenge_parameter(&c.parameters, &name, &value)) > 0)
		if (str_eq(name, STR("nonce")))
			value_unquote(&read, value);
	check(result == 0 && !read.failed && read.n >= nonce.n);
	if (read.n == nonce.n)
		check(str_eq(buf_str(&read), nonce));
	buf_fini(&read);
}

static void check_digest(struct str parameters)
{
	struct digest_request request = { .method = STR("GET"),
		.target = STR("/\"\\"),
		.user = STR("u\"\n"),
		.password = STR("p"),
		.cnonce = STR("c"),
		.count = 1 };
	struct digest_challenge c;
	struct error e = { 0 };
	struct buf out;
	int result;

	digest_init(&c);
	result = digest_read(&c, parameters, &e);
	check(result == 0 || result == -ERR_WEIRD_REPLY ||
		result == -ERR_NOT_BUILT_IN);
	check(e.code == -result);
	if (result == 0) {
		request.nonce = digest_value(&c, DIGEST_NONCE);
		buf_init(&out, LIMIT_REQUEST_HEAD);
		check(digest_write(&c, &request, &hasher, &out, &e) == 0);
		check(out.failed == 0);
		if (!memmem(out.p, out.n, "\n", 1))
			check_credentials(buf_str(&out), request.nonce);
		buf_fini(&out);
	}
	digest_fini(&c);
}

static void check_parameters(struct str parameters)
{
	struct str rest = parameters, name, value;
	int result;

	for (;;) {
		struct str before = rest;

		result = challenge_parameter(&rest, &name, &value);
		check_inside(rest, parameters);
		if (result <= 0)
			break;
		check_inside(name, before);
		check_inside(value, before);
		check(value_is_token(name) && name.p + name.n < value.p);
		check(value.p + value.n == rest.p && rest.n < before.n);
	}
	check(result == 0 ? rest.n == 0 : rest.n > 0);
}

/* A challenge reads the same when it stands alone. */
static void check_alone(const struct challenge *c)
{
	struct str alone = c->scheme;
	struct challenge again;

	if (c->parameters.n)
		alone.n = (size_t)(c->parameters.p + c->parameters.n - alone.p);
	check(challenge_next(&alone, &again) && alone.n == 0);
	check(str_eq(again.scheme, c->scheme));
	check(str_eq(again.parameters, c->parameters));
}

static void check_list(struct str whole)
{
	struct str list = whole;
	struct challenge c;

	for (;;) {
		struct str before = list;

		if (!challenge_next(&list, &c))
			break;
		check(list.n < before.n);
		check_inside(c.scheme, before);
		check(value_is_token(c.scheme));
		if (c.parameters.n)
			check_inside(c.parameters, before);
		check_alone(&c);
		check_parameters(c.parameters);
		check_digest(c.parameters);
	}
	check(list.n == 0);
}

/* The same response again and again, whatever is sent. */
static void check_conversation(const struct head *head, unsigned allowed)
{
	const struct auth_request request = { .method = STR("GET"),
		.target = STR("/"),
		.user = STR("user"),
		.password = STR("password"),
		.bearer = STR("token"),
		.allowed = allowed };
	struct auth_state *a = auth_new(NULL);
	struct error e = { 0 };
	struct buf out;
	int result, rounds = 0;

	check(a);
	buf_init(&out, LIMIT_REQUEST_HEAD);
	do {
		buf_clear(&out);
		check(auth_write(a, &request, &hasher, &out, &e) == 0);
		check(out.failed == 0);
		result = auth_challenged(a, &request, head, STR("A"), &e);
		check(result >= 0 || e.code == -result);
		check(result <= 0 || ++rounds <= (int)LIMIT_AUTH_ROUNDS);
	} while (result > 0);
	auth_accepted(a, head, STR("A"));
	buf_fini(&out);
	auth_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size };
	struct field fields[FIELDS_MAX];
	struct head head = { .fields = fields };
	bool more = true;

	while (more && head.n < FIELDS_MAX) {
		struct field *field = &fields[head.n++];

		*field = (struct field){ .name = STR("A") };
		more = str_cut(rest, '\n', &field->value, &rest);
		check_list(field->value);
	}
	check_list((struct str){ (const char *)data, size });
	for (unsigned allowed = 0; allowed < 8; allowed++)
		check_conversation(&head, allowed);
	return 0;
}
