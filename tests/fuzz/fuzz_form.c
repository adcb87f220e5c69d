/* Arguments of -F: each line of the input is one, with a '$' in front one of
 * --form-string. Whatever they are, the form that comes of them is sent twice
 * alike and as long as it says, with a delimiter for each part and each end of
 * a multipart, and no other. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/form.h"
#include "transfer/form_body.h"

#define SENT_MAX (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Standard input has nothing to say. */
static void silence(void)
{
	static bool done;
	int fd;

	if (done)
		return;
	done = true;
	fd = open("/dev/null", O_RDONLY);
	require(fd >= 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO);
}

static void add(struct form *form, struct str line)
{
	struct command command = { 0 };
	struct option_use use = { .shown = "-F" };
	struct error e = { 0 };
	bool string = str_starts(line, STR("$"));
	struct form_part *last = form->open->last;
	size_t depth = form->depth;
	char *copy = str_dup(str_from(line, string ? 1 : 0));

	require(copy != NULL);
	use.argument = copy;
	if (form_add(form, string, &use, &command, &e) < 0) {
		require(str_starts(str_of(e.text), STR("option -F: byte ")));
		require(form->open->last == last && form->depth == depth);
	}
	for (size_t i = 0; i < command.n_messages; i++)
		free(command.messages[i].text);
	free(command.messages);
	free(copy);
}

/* Delimiters, by the dashes that all of them have. */
static size_t count_delimiters(struct str sent)
{
	size_t n = 0;
	ssize_t at;

	while ((at = str_search(sent, STR("--------------------------"))) >=
		0) {
		sent = str_from(sent, (size_t)at + 26);
		n++;
	}
	return n;
}

static size_t count_parts(const struct form_part *parent)
{
	size_t n = 1; /* what ends it */

	for (const struct form_part *part = parent->first; part;
		part = part->next)
		n += 1 + (part->content == FORM_PARTS ? count_parts(part) : 0);
	return n;
}

static int take_all(struct buf *out, struct form_body *body)
{
	const struct upload *u = &body->upload;
	struct error e = { 0 };
	struct str bytes;
	int result;

	while ((result = u->ops->next(u->source, &bytes, &e)) == 1) {
		require(bytes.n > 0);
		buf_add_str(out, bytes);
	}
	require(result == 0 || e.code == -result);
	return result;
}

static void check_body(const struct form *form, bool escape, bool countable)
{
	struct error e = { 0 };
	struct form_body *body = form_body_new(form, NULL, escape, &e);
	struct buf first, second;

	if (!body) {
		require(e.code != 0);
		return;
	}
	buf_init(&first, SENT_MAX);
	buf_init(&second, SENT_MAX);
	if (take_all(&first, body) == 0) {
		require(body->upload.length == first.n);
		require(body->upload.ops->rewind(body->upload.source, &e) == 0);
		require(take_all(&second, body) == 0);
		require(str_eq(buf_str(&first), buf_str(&second)));
		if (countable)
			require(count_delimiters(buf_str(&first)) ==
				count_parts(&form->root));
	}
	buf_fini(&first);
	buf_fini(&second);
	form_body_free(body);
}

/* No file name in it leads to what has no end, or changes by itself. */
static bool is_harmless(struct str input)
{
	return str_search(input, STR("dev")) < 0 &&
		str_search(input, STR("proc")) < 0 &&
		str_search(input, STR("sys")) < 0;
}

/* Each run of so many dashes in what is sent is a delimiter. */
static bool is_countable(struct str input)
{
	return str_find(input, '@') < 0 && str_find(input, '<') < 0 &&
		count_delimiters(input) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = { (const char *)data, size }, rest = input, line;
	struct form form;

	if (!is_harmless(input))
		return 0;
	silence();
	form_init(&form);
	while (rest.n) {
		str_cut(rest, '\n', &line, &rest);
		add(&form, line);
	}
	check_body(&form, false, is_countable(input));
	check_body(&form, true, is_countable(input));
	form_fini(&form);
	return 0;
}
