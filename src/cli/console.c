#include "cli/console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/interrupt.h"
#include "http/redact.h"
#include "output/descriptor.h"
#include "output/file.h"
#include "output/standard.h"
#include "output/terminal.h"

#define MESSAGE_MAX (1u << 20)

/* Said in the place of a message for which there is no memory. */
#define WORDLESS "minifetch: no memory is left for a message\n"

int console_print(int fd, struct str text, struct error *e)
{
	int failed = -descriptor_write_str(fd, text);

	if (!failed)
		return 0;
	return error_set(e, ERR_WRITE,
		"Failure writing output to destination: %s",
		error_system(failed));
}

static void put_message(const struct console *console, const struct buf *text)
{
	(void)standard_message(console->fd,
		text->failed == ERR_OUT_OF_MEMORY ? STR(WORDLESS)
						  : buf_str(text));
}

void console_write(const struct console *console, struct str text)
{
	struct terminal_filter filter = { 0 };
	struct buf escaped;

	if (!console->terminal) {
		(void)standard_message(console->fd, text);
		return;
	}
	buf_init(&escaped, TERMINAL_ESCAPED(MESSAGE_MAX));
	terminal_escape(&filter, text, true, &escaped);
	put_message(console, &escaped);
	buf_fini(&escaped);
}

/* The same for a text that was put together, and may have failed. */
static void write_text(const struct console *console, const struct buf *text)
{
	if (text->failed)
		put_message(console, text);
	else
		console_write(console, buf_str(text));
}

/* Messages quote URLs, whose passwords are nobody's business. */
static void write_redacted(
	const struct console *console, const struct buf *text)
{
	struct buf shown;

	if (console->secrets || text->failed) {
		write_text(console, text);
		return;
	}
	buf_init(&shown, 2 * MESSAGE_MAX);
	redact_urls(&shown, buf_str(text));
	write_text(console, &shown);
	buf_fini(&shown);
}

/* Its lines, of at most so many columns, behind those that are in `out`. The
 * message is redacted before it is cut into them. */
static void add_warning(const struct console *console,
	const struct message *message, int columns, struct buf *out)
{
	struct message shown = *message;
	struct buf text;

	buf_init(&text, 2 * MESSAGE_MAX);
	if (!console->secrets) {
		redact_urls(&text, str_of(message->text));
		shown.text = text.n ? buf_take(&text) : str_dup(STR(""));
	}
	if (shown.text)
		message_format(&shown, columns, out);
	else
		out->failed = ERR_OUT_OF_MEMORY;
	if (shown.text != message->text)
		free(shown.text);
	buf_fini(&text);
}

static void say(const struct console *console, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(const struct console *console, const char *format, ...)
{
	struct buf text;
	va_list args;

	buf_init(&text, MESSAGE_MAX);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	write_redacted(console, &text);
	buf_fini(&text);
}

int console_open(const struct console *console, const char *path, bool secret)
{
	int flags = O_WRONLY | O_TRUNC;
	int fd = secret ? file_open_private(path, flags)
			: open(path, flags | O_CREAT | O_CLOEXEC, 0666);

	if (fd >= 0)
		return fd;
	say(console, "Warning: Failed to open %s: %s\n", path,
		error_system(errno));
	return console->fd;
}

void console_init(struct console *console, const struct command *command)
{
	const char *path = command->stderr_file;

	*console = (struct console){
		.fd = STDERR_FILENO,
		.terminal = !command->no_safe_output && isatty(STDERR_FILENO),
		.secrets = command->show_secrets,
		.silent = command->silent && !command->show_error,
		.no_warnings = command->silent,
	};
	if (path && strcmp(path, "-") == 0)
		console->fd = STDOUT_FILENO;
	else if (path)
		console->fd = console_open(console, path, false);
	console->terminal = !command->no_safe_output && isatty(console->fd);
}

void console_messages(const struct console *console, struct command *command)
{
	int columns;
	struct buf text;

	if (!command->n_messages && !command->message_lost)
		return;
	columns = terminal_columns(console->fd);
	buf_init(&text, MESSAGE_MAX);
	for (size_t i = 0; i < command->n_messages; i++) {
		add_warning(console, &command->messages[i], columns, &text);
		free(command->messages[i].text);
	}
	command->n_messages = 0;
	if (command->message_lost)
		text.failed = ERR_OUT_OF_MEMORY;
	command->message_lost = false;
	write_text(console, &text);
	buf_fini(&text);
}

void console_warn(const struct console *console, const char *format, ...)
{
	struct buf text, lines;
	struct message message;
	va_list args;

	if (console->no_warnings)
		return;
	buf_init(&text, MESSAGE_MAX);
	buf_init(&lines, 2 * MESSAGE_MAX);
	if (console->subject)
		buf_printf(&text, "%s: ", console->subject);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	lines.failed = text.failed;
	message.text = buf_take(&text);
	if (message.text)
		add_warning(console, &message, terminal_columns(console->fd),
			&lines);
	write_text(console, &lines);
	free(message.text);
	buf_fini(&lines);
}

void console_error(const struct console *console, const struct error *e)
{
	if (!console->silent && !interrupt_is(-e->code))
		say(console, "minifetch: (%d) %s%s%s\n", e->code,
			console->subject ? console->subject : "",
			console->subject ? ": " : "",
			e->text[0] ? e->text : error_phrase(e->code));
}

void console_interrupted(const struct console *console)
{
	struct error e;

	if (interrupt_check(&e) < 0 && !console->silent)
		say(console, "minifetch: (%d) %s\n", e.code, e.text);
}

void console_usage_error(const struct console *console, const struct error *e)
{
	if (e->code != ERR_USAGE) {
		console_error(console, e);
		return;
	}
	say(console,
		"minifetch: %s\n"
		"minifetch: try 'minifetch --help' for more information\n",
		e->text);
}

int console_show(const struct console *console, const struct buf *text)
{
	struct error e = { 0 };
	int error = buf_check(text, "text", &e);

	if (error == 0)
		error = console_print(STDOUT_FILENO, buf_str(text), &e);
	if (error < 0 && !descriptor_unread(STDOUT_FILENO))
		console_error(console, &e);
	return -error;
}
