#include "http/coding.h"

#include <stdlib.h>

#include "base/module.h"
#include "http/value.h"

struct link {
	struct coding *coding; /* that it is one of */
	const struct coding_functions *functions;
	void *decoder;
	/* Of the window under way: bytes decoded, and where in the input of the
	 * first link it began. */
	uint64_t decoded, from;
};

struct coding {
	struct link links[LIMIT_CODINGS]; /* in the order of decoding */
	size_t n;
	bool started; /* a byte has come */
	struct coding_guard guard;
	coding_emit *emit; /* where the last link's bytes go ... */
	void *context; /* ... with this */
};

struct known {
	const char *token; /* in a field, in any case */
	const char *name; /* for the module */
	const char *module; /* NULL: nothing to undo */
};

static const struct known all_known[] = {
	{ "gzip", "gzip", "gzip" },
	{ "x-gzip", "gzip", "gzip" },
	{ "deflate", "deflate", "gzip" },
	{ "x-deflate", "deflate", "gzip" },
	{ "br", "br", "brotli" },
	{ "zstd", "zstd", "zstd" },
	{ "identity", "identity", NULL },
	{ "none", "identity", NULL },
};

static const struct known *find_known(struct str token)
{
	for (size_t i = 0; i < sizeof(all_known) / sizeof(all_known[0]); i++)
		if (str_eq_nocase(str_of(all_known[i].token), token))
			return &all_known[i];
	return NULL;
}

bool coding_known(struct str token)
{
	return find_known(token) != NULL;
}

static int refuse(struct str token, struct error *e)
{
	const char *accepted = coding_accepted();

	return error_set(e, ERR_CONTENT_CODING,
		"unrecognized content coding '%s'; this build understands %s",
		value_shown(token).text, accepted[0] ? accepted : "none");
}

/* The codings of `list` in the order in which they were applied. */
static int parse_list(struct str list, const struct known *found[LIMIT_CODINGS],
	size_t *n, struct error *e)
{
	struct str token;

	*n = 0;
	while (value_next(&list, &token)) {
		const struct known *known = find_known(token);

		if (!known)
			return refuse(token, e);
		if (!known->module)
			continue;
		if (*n == LIMIT_CODINGS)
			return error_set(e, ERR_CONTENT_CODING,
				"more than %u content codings, one upon the "
				"other",
				LIMIT_CODINGS);
		found[(*n)++] = known;
	}
	return 0;
}

static int open_link(
	struct link *link, const struct known *known, struct error *e)
{
	link->functions = module_load(known->module, e);
	if (!link->functions) {
		error_add(e, "; the content coding '%s' needs it", known->name);
		return -e->code;
	}
	link->decoder = link->functions->open(known->name);
	return link->decoder ? 0 : error_memory(e);
}

static int too_much(uint64_t used, struct error *e)
{
	return error_set(e, ERR_DECODE_RATIO,
		"%" PRIu64 " bytes of coded data became more than %u: over %u "
		"times as many; --no-decode-limit takes it all the same",
		used, LIMIT_DECODE_WINDOW, LIMIT_DECODE_RATIO);
}

/* Look at how much the first link's input has become, once a window. */
static int check_ratio(struct link *link, size_t n, struct error *e)
{
	const struct link *first = link->coding->links;
	uint64_t at, used;

	link->decoded += n;
	if (link->decoded < LIMIT_DECODE_WINDOW)
		return 0;
	at = first->functions->used(first->decoder);
	used = at - link->from;
	if (used < link->decoded / LIMIT_DECODE_RATIO)
		return too_much(used, e);
	link->decoded = 0;
	link->from = at;
	return 0;
}

static int check_guard(struct link *link, size_t n, struct error *e)
{
	const struct coding_guard *guard = &link->coding->guard;
	int error = guard->limited ? check_ratio(link, n, e) : 0;

	if (error == 0 && guard->go_on)
		error = guard->go_on(guard->context, e);
	return error;
}

static coding_emit hand_down;

static int decode_link(
	struct link *link, struct str in, bool end, struct error *e)
{
	return link->functions->decode(
		link->decoder, in, end, hand_down, link, e);
}

/* What one link has decoded is coded data for the next. It goes no deeper than
 * LIMIT_CODINGS. */
static int hand_down(void *decoded_by, struct str bytes, struct error *e)
{
	struct link *link = decoded_by;
	struct coding *c = link->coding;
	int error = check_guard(link, bytes.n, e);

	if (error < 0)
		return error;
	if (link == &c->links[c->n - 1])
		return c->emit(c->context, bytes, e);
	return decode_link(link + 1, bytes, false, e);
}

struct coding *coding_new(struct str list, bool *none, struct error *e)
{
	const struct known *found[LIMIT_CODINGS];
	struct coding *c;
	size_t n;

	*none = false;
	if (parse_list(list, found, &n, e) < 0)
		return NULL;
	if (n == 0) {
		*none = true;
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	if (!c) {
		error_memory(e);
		return NULL;
	}
	for (; c->n < n; c->n++) {
		struct link *link = &c->links[c->n];

		if (open_link(link, found[n - 1 - c->n], e) < 0) {
			coding_free(c);
			return NULL;
		}
		link->coding = c;
	}
	return c;
}

void coding_free(struct coding *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		c->links[i].functions->close(c->links[i].decoder);
	free(c);
}

void coding_watch(struct coding *c, const struct coding_guard *guard)
{
	c->guard = *guard;
}

int coding_decode(struct coding *c, struct str in, bool end, coding_emit *emit,
	void *context, struct error *e)
{
	int error;

	c->emit = emit;
	c->context = context;
	c->started = c->started || in.n > 0;
	if (!c->started)
		return 0;
	error = decode_link(&c->links[0], in, end, e);
	for (size_t i = 1; end && error == 0 && i < c->n; i++)
		error = decode_link(&c->links[i], STR(""), true, e);
	return error;
}

const char *coding_accepted(void)
{
	return CODINGS_ACCEPTED;
}
