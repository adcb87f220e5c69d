/* minifetch: parse, run, exit. */
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

int main(int argc, char **argv)
{
	struct command command;
	struct console console;
	struct error e = { 0 };
	int code;

	/* A reader that goes away is an error of write(2), not our end. */
	signal(SIGPIPE, SIG_IGN);
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
