#include "cli/peers.h"

#include <stdlib.h>

#include "base/clock.h"
#include "net/route.h"
#include "net/unix.h"
#include "url/idn.h"

static int refuse(const struct option_use *use, const struct error *reason,
	struct error *e)
{
	return error_set(
		e, reason->code, "option %s: %s", use->shown, reason->text);
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* The argument with its host names in ASCII, which lives as long as `c`; NULL
 * with `e` filled. No other part of it has other bytes. */
static char *own_in_ascii(
	struct command *c, const struct option_use *use, struct error *e)
{
	struct str rest = str_of(use->argument), word;
	struct error reason = { 0 };
	struct buf text;
	bool more = true;
	char *copy = NULL;

	buf_init(&text, LIMIT_URL);
	while (more && reason.code == 0) {
		more = str_cut(rest, ':', &word, &rest);
		if (is_ascii(word))
			buf_add_str(&text, word);
		else
			ignore(idn_to_ascii(&text, word, &reason));
		if (more)
			buf_add_char(&text, ':');
	}
	if (reason.code) {
		error_add(&reason, " at byte offset %zu of '%s'",
			(size_t)(word.p - use->argument), use->argument);
		refuse(use, &reason, e);
	} else if (text.failed || !(copy = command_own(c, buf_str(&text)))) {
		error_memory(e);
	}
	buf_fini(&text);
	return copy;
}

int peers_add_name(struct command *c, struct options *o,
	const struct option_use *use, struct error *e)
{
	struct error reason = { 0 };
	struct names trial = { 0 };
	int error = names_add(&trial, str_of(use->argument), 0, &reason);
	const char *text;

	names_fini(&trial);
	if (error < 0)
		return refuse(use, &reason, e);
	text = own_in_ascii(c, use, e);
	if (!text)
		return -e->code;
	return strings_add(&o->resolve, text) < 0 ? error_memory(e) : 0;
}

int peers_add_detour(struct command *c, struct options *o,
	const struct option_use *use, struct error *e)
{
	struct error reason = { 0 };
	char *text = own_in_ascii(c, use, e);
	struct detour *detours;

	if (!text)
		return -e->code;
	detours = reallocarray(o->detours, o->n_detours + 1, sizeof(*detours));
	if (!detours)
		return error_memory(e);
	o->detours = detours;
	if (detour_parse(&detours[o->n_detours], text, &reason) < 0)
		return refuse(use, &reason, e);
	o->n_detours++;
	return 0;
}

int peers_add_socket(struct command *c, struct options *o, bool abstract,
	const struct option_use *use, struct error *e)
{
	struct error reason = { 0 };
	struct unix_address address;
	const char *mark = abstract ? "@" : *use->argument == '@' ? "./" : "";
	struct buf path;

	if (!*use->argument)
		return error_set(e, ERR_USAGE, "option %s: the %s is empty",
			use->shown, abstract ? "name" : "path");
	buf_init(&path, LIMIT_URL);
	buf_add_text(&path, mark);
	buf_add_text(&path, use->argument);
	o->socket = path.failed ? NULL : command_own(c, buf_str(&path));
	buf_fini(&path);
	if (!o->socket)
		return error_memory(e);
	if (unix_address(&address, o->socket, &reason) == 0)
		return 0;
	return error_set(
		e, ERR_USAGE, "option %s: %s", use->shown, reason.text);
}

int peers_init(struct names *names, const struct command *c,
	const struct options *o, struct error *e)
{
	for (const struct options *i = c->operations; i <= o; i++)
		for (size_t j = 0; j < i->resolve.n; j++)
			if (names_add(names, str_of(i->resolve.items[j]),
				    clock_now(), e) < 0)
				return -e->code;
	return 0;
}
