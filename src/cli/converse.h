/* Options to conversations: tcp://, tls://, udp:// and unix:// URLs, and
 * --listen. */
#ifndef CLI_CONVERSE_H
#define CLI_CONVERSE_H

#include "cli/console.h"
#include "cli/jobs.h"

/* What run.c knows when a URL's turn has come. */
struct converse {
	const struct options *options;
	const struct job *job;
	const struct console *console;
	bool beside_others; /* -Z: standard input is one's alone */
	struct session *session;
	const char *upload; /* -T; NULL: none */
	const struct sink_port *sink;
	bool to_stdout; /* and not to a file */
};

/* Talk to job->url, or listen on it when it is the operation's --listen.
 * Returns 0 or a negative error: those of talk_client and talk_listen,
 * -ERR_READ for a file that cannot be opened, -ERR_USAGE for options that do
 * not go together. */
int converse(const struct converse *c, struct error *e) CHECKED;

#endif
