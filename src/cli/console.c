#include "cli/console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/compat.h"
#include "http/redact.h"
#include "output/descriptor.h"
#include "output/file.h"
#include "output/standard.h"
#include "output/terminal.h"

#define MESSAGE_MAX (1u << 20)

int console_print(int fd, struct str text, struct error *e)
{
	int failed = -descriptor_write_str(fd, text);

	if (!failed)
		return 0;
	return error_set(e, ERR_WRITE,
		"Failure writing output to destination: %s",
		error_system(failed));
}

void console_write(const struct console *console, struct str text)
{
	struct terminal_filter filter = { 0 };
	struct buf escaped;

	if (!console->terminal) {
		(void)standard_message(console->fd, text);
		return;
	}
	buf_init(&escaped, MESSAGE_MAX);
	terminal_escape(&filter, text, true, &escaped);
	(void)standard_message(console->fd, buf_str(&escaped));
	buf_fini(&escaped);
}

/* Messages quote URLs, whose passwords are nobody's business. */
static void say_redacted(const struct console *console, struct str text)
{
	struct buf shown;

	if (console->secrets) {
		console_write(console, text);
		return;
	}
	buf_init(&shown, 2 * MESSAGE_MAX);
	redact_urls(&shown, text);
	console_write(console, buf_str(&shown));
	buf_fini(&shown);
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
	say_redacted(console, buf_str(&text));
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

	console->fd = STDERR_FILENO;
	console->secrets = command->show_secrets;
	console->silent = command->silent && !command->show_error;
	console->no_warnings = command->silent;
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

	if (!command->n_messages)
		return;
	columns = terminal_columns(console->fd);
	buf_init(&text, MESSAGE_MAX);
	for (size_t i = 0; i < command->n_messages; i++) {
		message_format(&command->messages[i], columns, &text);
		free(command->messages[i].text);
	}
	command->n_messages = 0;
	console_write(console, buf_str(&text));
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
	buf_init(&lines, MESSAGE_MAX);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	message.text = buf_take(&text);
	if (message.text)
		message_format(&message, terminal_columns(console->fd), &lines);
	console_write(console, buf_str(&lines));
	free(message.text);
	buf_fini(&lines);
}

void console_error(const struct console *console, const struct error *e)
{
	if (!console->silent)
		say(console, "minifetch: (%d) %s\n", e->code,
			e->text[0] ? e->text : error_phrase(e->code));
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
