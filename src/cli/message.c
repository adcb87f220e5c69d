#include "cli/message.h"

#include <stdlib.h>

#define PREFIX "Warning: "

void command_warn(struct command *c, const char *format, ...)
{
	struct buf text;
	struct message *messages;
	bool lost = c->message_lost;
	va_list args;

	if (c->silent)
		return;
	c->message_lost = true;
	messages = reallocarray(
		c->messages, c->n_messages + 1, sizeof(*messages));
	if (!messages)
		return;
	c->messages = messages;
	buf_init(&text, LIMIT_CONFIG_LINE);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	messages[c->n_messages].text = buf_take(&text);
	if (!messages[c->n_messages].text)
		return;
	c->n_messages++;
	c->message_lost = lost;
}

/* How much of `text` goes into a line of `width`: up to the last blank that
 * fits, which stays at its end; all of the width when there is none. */
static size_t line_length(struct str text, size_t width)
{
	size_t cut = width;

	if (text.n <= width)
		return text.n;
	while (cut > 0 && text.p[cut - 1] != ' ')
		cut--;
	return cut ? cut : width;
}

void message_format(const struct message *message, int columns, struct buf *out)
{
	struct str text = str_of(message->text);
	size_t width = sizeof(PREFIX) - 1;

	width = columns > (int)width + 20 ? (size_t)columns - width : 70;
	do {
		size_t n = line_length(text, width);

		buf_add_text(out, PREFIX);
		buf_add_str(out, str_first(text, n));
		buf_add_char(out, '\n');
		text = str_from(text, n);
	} while (text.n);
}

char *command_own(struct command *c, struct str s)
{
	char *copy = str_dup(s);

	if (copy && strings_add(&c->owned, copy) < 0) {
		free(copy);
		return NULL;
	}
	return copy;
}
