/* The program's own voice: messages and errors on standard error, or where
 * --stderr leads. */
#ifndef CLI_CONSOLE_H
#define CLI_CONSOLE_H

#include <stdbool.h>

#include "cli/parse.h"

struct console {
	int fd;
	bool terminal; /* fd is one: what peers sent is escaped */
	bool secrets; /* --show-secrets: passwords in URLs too */
	bool silent; /* -s without -S: no errors and no warnings */
	bool no_warnings; /* -s */
	const char *subject; /* the URL that errors and warnings are about, as
			      * it may be shown; NULL: it need not be said */
};

/* Where `command` wants its messages. A --stderr file that cannot be opened is
 * told of on the real standard error, which is then used. */
void console_init(struct console *console, const struct command *command);

/* Open a file for more messages of the program, `secret` when it is nobody
 * else's to read; when it cannot be opened that is told and the descriptor is
 * the console's own. */
int console_open(const struct console *console, const char *path, bool secret);

/* Write text as it is, but for what would control a terminal. */
void console_write(const struct console *console, struct str text);

/* Write the messages of `command` that are new, and forget them. */
void console_messages(const struct console *console, struct command *command);

/* "Warning: SUBJECT: text", in lines that fit a terminal, unless silent. */
void console_warn(const struct console *console, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "minifetch: (CODE) SUBJECT: text", unless silent. A signal that ends the
 * program is told of by console_interrupted, once, however many transfers it
 * ended. */
void console_error(const struct console *console, const struct error *e);
void console_interrupted(const struct console *console);

/* An error in the command line itself, and where to read on. */
void console_usage_error(const struct console *console, const struct error *e);

/* Write all of `text` to a descriptor; 0, or -ERR_WRITE with the reason. */
int console_print(int fd, struct str text, struct error *e) CHECKED;

/* Write a text that was asked for to standard output. What goes wrong is told,
 * but for a reader that has gone, as head(1) goes. Returns the exit code. */
int console_show(const struct console *console, const struct buf *text);

#endif
