#include "cli/checksum.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/interrupt.h"
#include "net/tls.h"

/* --- the argument */

static const struct algorithm {
	char name[8];
	enum digest digest;
	size_t digits;
} algorithms[] = {
	{ "sha256", DIGEST_SHA256, 64 },
	{ "sha384", DIGEST_SHA384, 96 },
	{ "sha512", DIGEST_SHA512, 128 },
	{ "sha1", DIGEST_SHA1, 40 },
	{ "md5", DIGEST_MD5, 32 },
};

static const struct algorithm *find_algorithm(struct str name)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (str_eq_nocase(name, str_of(algorithms[i].name)))
			return &algorithms[i];
	return NULL;
}

static int parse_digits(struct str text, size_t at,
	const struct algorithm *algorithm, char *out, struct error *e)
{
	struct str hex = str_from(text, at);

	for (size_t i = 0; i < hex.n && i < algorithm->digits; i++) {
		out[i] = ascii_lower(hex.p[i]);
		if (!ascii_is_digit(out[i]) && (out[i] < 'a' || out[i] > 'f'))
			return error_set(e, ERR_USAGE,
				"byte %zu: '%c' is no hexadecimal digit",
				at + i, hex.p[i]);
	}
	if (hex.n != algorithm->digits)
		return error_set(e, ERR_USAGE,
			"byte %zu: %s has %zu hexadecimal digits, not %zu",
			at +
				(hex.n < algorithm->digits ? hex.n
							   : algorithm->digits),
			algorithm->name, algorithm->digits, hex.n);
	out[hex.n] = '\0';
	return 0;
}

int checksum_parse(struct str text, struct checksum *c, struct error *e)
{
	const struct algorithm *algorithm;
	struct str name, hex;

	if (!str_cut(text, ':', &name, &hex))
		return error_set(e, ERR_USAGE,
			"byte %zu: expected ALGORITHM:HEX, and there is no "
			"colon",
			text.n);
	algorithm = find_algorithm(name);
	if (!algorithm)
		return error_set(e, ERR_USAGE,
			"byte 0: '%.*s' is none of sha256, sha384, sha512, "
			"sha1 and md5",
			STR_FMT(name));
	c->digest = algorithm->digest;
	c->name = algorithm->name;
	return parse_digits(text, name.n + 1, algorithm, c->expected, e);
}

#define PIECE 65536u /* of a file */

/* --- what is digested */

static int add(struct checksums *c, struct str bytes, struct error *e)
{
	for (size_t i = 0; i < c->n; i++) {
		int error = c->digests->add(c->runs[i].state, bytes, e);

		if (error < 0)
			return error;
	}
	return 0;
}

static int add_open_file(
	struct checksums *c, int fd, const char *path, struct error *e)
{
	char *piece = malloc(PIECE);
	int error = piece ? 0 : error_memory(e);

	while (error == 0) {
		ssize_t n = read(fd, piece, PIECE);

		if (n < 0 && errno == EINTR && !interrupt_number())
			continue;
		if (n < 0)
			error = error_set(e, ERR_READ,
				"option --checksum: cannot read '%s': %s", path,
				error_system(errno));
		if (n <= 0)
			break;
		error = add(c, (struct str){ piece, (size_t)n }, e);
	}
	free(piece);
	return error;
}

static int add_file(
	struct checksums *c, const char *path, bool may_lack, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;

	if (fd < 0 && errno == ENOENT && may_lack)
		return 0;
	if (fd < 0)
		return error_set(e, ERR_READ,
			"option --checksum: cannot read '%s': %s", path,
			error_system(errno));
	error = add_open_file(c, fd, path, e);
	close(fd);
	return error;
}

/* --- between transfer and sink */

static int checksums_head(
	void *sink, const struct head *head, bool body_follows, struct error *e)
{
	const struct checksums *c = sink;

	return c->inner.ops->head(c->inner.sink, head, body_follows, e);
}

static int checksums_tunnel_head(
	void *context, const struct head *head, struct error *e)
{
	struct checksums *c = context;

	return c->inner.ops->tunnel_head(c->inner.sink, head, e);
}

static int checksums_body(
	void *sink, const struct iovec *iov, int n, struct error *e)
{
	struct checksums *c = sink;

	for (int i = 0; i < n; i++) {
		int error = add(
			c, (struct str){ iov[i].iov_base, iov[i].iov_len }, e);

		if (error < 0)
			return error;
	}
	return c->inner.ops->body(c->inner.sink, iov, n, e);
}

/* Every byte has to be seen. */
static int checksums_direct(void *sink, uint64_t expected)
{
	(void)sink;
	(void)expected;
	return -1;
}

/* --- from beginning to end */

static void free_states(struct checksums *c)
{
	for (size_t i = 0; i < c->n; i++) {
		c->digests->free(c->runs[i].state);
		c->runs[i].state = NULL;
	}
}

static int begin(struct checksums *c, struct error *e)
{
	free_states(c);
	for (size_t i = 0; i < c->n; i++) {
		struct checksum_run *run = &c->runs[i];

		run->state = c->digests->begin(run->wanted.digest, e);
		if (!run->state)
			return -e->code;
	}
	return 0;
}

int checksums_restart(struct checksums *c, struct error *e)
{
	int error = begin(c, e);

	return error < 0 || !c->so_far ? error
				       : add_file(c, c->so_far, true, e);
}

int checksums_take_file(struct checksums *c, const char *path, struct error *e)
{
	int error = begin(c, e);

	return error < 0 ? error : add_file(c, path, false, e);
}

static void checksums_until(void *context, int64_t deadline)
{
	struct checksums *c = context;

	if (c->inner.ops->until)
		c->inner.ops->until(c->inner.sink, deadline);
}

static void checksums_review(void *context, struct findings *found)
{
	struct checksums *c = context;

	if (c->inner.ops->review)
		c->inner.ops->review(c->inner.sink, found);
}

static bool checksums_holds(void *context)
{
	struct checksums *c = context;

	return c->inner.ops->holds && c->inner.ops->holds(c->inner.sink);
}

int checksums_init(struct checksums *c, const struct strings *texts,
	const struct sink_port *inner, const char *so_far, struct error *e)
{
	static const struct sink_ops ops = { .head = checksums_head,
		.tunnel_head = checksums_tunnel_head,
		.body = checksums_body,
		.direct = checksums_direct,
		.review = checksums_review,
		.until = checksums_until,
		.holds = checksums_holds };
	const struct tls_functions *tls = tls_load(e);

	*c = (struct checksums){ .inner = *inner, .so_far = so_far };
	c->outer = (struct sink_port){ &ops, c };
	if (!tls)
		return -e->code;
	c->digests = tls->digests;
	c->runs = calloc(texts->n, sizeof(*c->runs));
	if (!c->runs)
		return error_memory(e);
	for (; c->n < texts->n; c->n++)
		if (checksum_parse(str_of(texts->items[c->n]),
			    &c->runs[c->n].wanted, e) < 0)
			return -e->code;
	return checksums_restart(c, e);
}

void checksums_fini(struct checksums *c)
{
	free_states(c);
	free(c->runs);
}

int checksums_check(struct checksums *c, struct error *e)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct checksum *wanted = &c->runs[i].wanted;
		char got[DIGEST_HEX_SIZE];
		int error = c->digests->end(c->runs[i].state, got, e);

		if (error < 0)
			return error;
		if (strcmp(got, wanted->expected) != 0)
			return error_set(e, ERR_CHECKSUM,
				"%s: the %s digest of the body is %s, and %s "
				"was expected",
				error_phrase(ERR_CHECKSUM), wanted->name, got,
				wanted->expected);
	}
	return 0;
}
