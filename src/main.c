/* minifetch: parse, run, exit. */
#include <fcntl.h>
#include <signal.h>

#include "cli/run.h"

static int act(struct command *command, const struct console *console)
{
	switch (command->action) {
	case COMMAND_HELP:
		return run_help(command->help_topic, console);
	case COMMAND_VERSION:
		return run_version(console);
	case COMMAND_RUN:
		break;
	}
	return run_command(command, console);
}

/* Where standard input, output or error is not open, the next file or socket
 * would take its number, and get what was meant for it. A descriptor that can
 * only fail keeps each place. */
static int keep_places(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
			open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	struct command command;
	struct console console;
	struct error e = { 0 };
	int code;

	if (keep_places() < 0)
		return ERR_USAGE;
	/* A reader that goes away, and a file that may not grow any more, are
	 * errors of write(2), not our end. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	code = -command_parse(&command, argc, argv, &e);
	console_init(&console, &command);
	console_messages(&console, &command);
	if (code == 0)
		code = act(&command, &console);
	else
		console_usage_error(&console, &e);
	command_free(&command);
	return code;
}
