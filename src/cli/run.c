#include "cli/run.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "cli/colour.h"
#include "cli/help.h"
#include "cli/parallel.h"
#include "output/descriptor.h"

/* --- all of them */

/* --rate, from the beginning of one transfer to that of the next. */
static void keep_rate(struct run *run)
{
	int64_t interval = run->command->rate_ms * 1000;

	if (!interval)
		return;
	if (run->began)
		interrupt_sleep(run->began + interval);
	run->began = clock_now();
}

/* One after the other. Returns as the last one. */
static int run_in_turn(struct run *run, struct queue *queue, struct error *e)
{
	struct task task;
	int error = 0, result;

	while (!interrupt_number() &&
		(result = queue_next(queue, &task, e)) != 0) {
		error = result;
		if (result > 0) {
			keep_rate(run);
			error = perform(run, task.options, &task.errand, e);
			result = queue_done(queue, &task, e);
			error = result < 0 ? result : error;
		}
		if (error < 0 && run->command->fail_early)
			break;
	}
	return error;
}

static int run_queue(struct run *run, struct error *e)
{
	struct queue *queue = queue_new(
		run->command, run->console, run->session, run->records, e);
	int error, ending;

	if (!queue) {
		console_error(run->console, e);
		return -e->code;
	}
	if (run->command->parallel)
		error = parallel_run(run, queue);
	else
		error = run_in_turn(run, queue, e);
	ending = queue_stop(queue, e);
	queue_free(queue);
	return ending < 0 ? ending : error;
}

/* The file of --trace or --trace-ascii. One that cannot be opened is told of,
 * and standard error takes its place. */
static int open_trace(struct run *run, struct error *e)
{
	const struct command *command = run->command;
	const char *path = command->trace_file;
	int fd = run->console->fd;

	if (command->narration < NARRATION_TRACE)
		return 0;
	if (strcmp(path, "-") == 0)
		fd = STDOUT_FILENO;
	else if (strcmp(path, "%") != 0)
		fd = console_open(run->console, path, true);
	run->trace_on_console = fd == run->console->fd;
	run->trace_fd = fd > STDERR_FILENO && !run->trace_on_console ? fd : -1;
	run->trace = trace_file_new(fd,
		command->narration == NARRATION_TRACE ? TRACE_HEX : TRACE_ASCII,
		!command->no_safe_output && isatty(fd), e);
	return run->trace ? 0 : -e->code;
}

/* Returns 0 or -ERR_WRITE. What goes where messages go can be missed there, but
 * is no reason to fail. */
static int check_trace(const struct run *run, struct error *e)
{
	const struct command *command = run->command;
	int failed = run->trace && !run->trace_on_console
		? -trace_file_check(run->trace)
		: 0;

	if (!failed)
		return 0;
	return error_set(e, ERR_WRITE, "option %s: '%s': cannot write: %s",
		command->narration == NARRATION_TRACE ? "--trace"
						      : "--trace-ascii",
		command->trace_file, error_system(failed));
}

static void close_trace(struct run *run)
{
	trace_file_free(run->trace);
	if (run->trace_fd >= 0)
		close(run->trace_fd);
}

static bool is_output(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

/* Tell of what could not be written down, as `e` has it. A reader of standard
 * output that has gone, as head(1) does, needs no message. Returns `error`, or
 * what has failed here if that is 0. */
static int tell(
	const struct run *run, bool to_output, const struct error *e, int error)
{
	if (!to_output || !descriptor_unread(STDOUT_FILENO))
		console_error(run->console, e);
	return error < 0 ? error : -e->code;
}

/* End by the signal that has come, if one has, when all is written. */
static void end_interrupted(const struct run *run)
{
	console_interrupted(run->console);
	interrupt_end();
}

int run_command(struct command *command, const struct console *console)
{
	struct records records;
	struct run run = { .command = command,
		.console = console,
		.records = &records,
		.trace_fd = -1 };
	struct error e = { 0 }, closing = { 0 };
	bool recorded = is_output(command->har) || is_output(command->report) ||
		is_output(command->record);
	int error;

	if (records_check(command, &e) < 0) {
		console_usage_error(console, &e);
		return e.code;
	}
	if (command->har || command->report || command->record ||
		command->timing || command->explain ||
		command->narration != NARRATION_NONE)
		perform_catch_signals();
	if (records_open(&records, command, console, &e) < 0 ||
		open_trace(&run, &e) < 0 || !(run.session = session_new(&e))) {
		if (!interrupt_number())
			tell(&run, recorded && e.code == ERR_WRITE, &e, 0);
		file_discard(&records.har);
		ignore(records_close(&records, &closing));
		close_trace(&run);
		end_interrupted(&run);
		return e.code;
	}
	if (command->parallel)
		parallel_prepare(command, run.session);
	run.stdout_is_terminal = isatty(STDOUT_FILENO);
	run.progress = !command->silent && !command->no_progress_meter &&
		(isatty(console->fd) ? colour_understood()
				     : command->progress_bar);
	error = run_queue(&run, &e);
	session_free(run.session); /* what it closes is recorded */
	if (records_close(&records, &closing) < 0)
		error = tell(&run, recorded, &closing, error);
	if (check_trace(&run, &closing) < 0)
		error = tell(
			&run, is_output(command->trace_file), &closing, error);
	close_trace(&run);
	end_interrupted(&run);
	return -error;
}

/* --- what needs no URL */

int run_help(const char *topic, const struct console *console)
{
	struct buf text;
	struct error e = { 0 };
	int code;

	buf_init(&text, LIMIT_CONFIG_LINE);
	if (help_print(&text, topic, &e) < 0) {
		console_error(console, &e);
		code = e.code;
	} else {
		code = console_show(console, &text);
	}
	buf_fini(&text);
	return code;
}
