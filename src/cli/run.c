#include "cli/run.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cookies.h"
#include "cli/help.h"
#include "cli/perform.h"
#include "cli/strict.h"

/* --- all of them */

/* --rate, from the beginning of one transfer to that of the next. */
static void keep_rate(struct run *run)
{
	int64_t interval = run->command->rate_ms * 1000;

	if (!interval)
		return;
	if (run->began)
		clock_sleep(run->began + interval);
	run->began = clock_now();
}

/* All URLs of a target's glob, with one file to upload or none. */
static int run_urls(struct run *run, const struct operation *o,
	const struct target *target, const struct upload_choice *upload,
	struct error *e)
{
	uint64_t count = 1;
	struct glob *glob = NULL;
	int error = 0;

	if (!o->options->globoff && !target->literal) {
		glob = glob_new(str_of(target->url), &count, e);
		if (!glob) {
			console_error(run->console, e);
			return -e->code;
		}
	}
	for (uint64_t i = 0; i < count; i++) {
		struct errand errand;

		*e = (struct error){ 0 };
		keep_rate(run);
		error = errand_init(&errand, o, target, upload, glob, i, e);
		if (error < 0)
			console_error(run->console, e);
		else
			error = perform(run, o->options, &errand, e);
		errand_fini(&errand);
		run->url_number++;
		if (error < 0 && run->command->fail_early)
			break;
	}
	glob_free(glob);
	return error;
}

/* The files that a -T stands for, one after the other. */
static int run_target(struct run *run, const struct operation *o,
	const struct target *target, struct error *e)
{
	struct upload_choice upload = { .path = target->upload };
	uint64_t count;
	struct glob *glob;
	int error = 0;

	if (!target->upload || o->options->globoff)
		return run_urls(run, o, target, &upload, e);
	glob = glob_new(str_of(target->upload), &count, e);
	if (!glob) {
		console_error(run->console, e);
		return -e->code;
	}
	for (uint64_t i = 0; i < count; i++) {
		struct buf path;

		buf_init(&path, LIMIT_URL);
		glob_url(glob, i, &path);
		error = buf_check(&path, "file name", e);
		upload.path = buf_text(&path);
		upload.place = (struct glob_place){ glob, i };
		if (error == 0)
			error = run_urls(run, o, target, &upload, e);
		buf_fini(&path);
		if (error < 0 && run->command->fail_early)
			break;
	}
	glob_free(glob);
	return error;
}

static int use_cookies(struct run *run, struct operation *o, struct error *e)
{
	if (!cookies_wanted(o->options))
		return 0;
	if (!run->cookies && !(run->cookies = cookie_jar_new(e)))
		return -e->code;
	o->job.cookies = run->cookies;
	return cookies_read(run->cookies, run->command, o->options, e);
}

static int use_hsts(struct run *run, struct operation *o, struct error *e)
{
	if (!o->options->hsts.n)
		return 0;
	if (!run->hsts && !(run->hsts = hsts_new(e)))
		return -e->code;
	o->job.hsts = run->hsts;
	return strict_read(run->hsts, run->command, o->options, e);
}

/* The lists are written when all URLs of the operation are done. */
static int write_lists(
	struct run *run, const struct options *options, int result)
{
	struct error e = { 0 };

	if (run->cookies && cookies_write(run->cookies, options, &e) < 0) {
		console_error(run->console, &e);
		result = -e.code;
	}
	if (run->hsts && strict_write(run->hsts, options, &e) < 0) {
		console_error(run->console, &e);
		result = -e.code;
	}
	return result;
}

static int run_operation(
	struct run *run, const struct options *options, struct error *e)
{
	struct operation o;
	int error = operation_init(&o, run->command, options, run->session, e);

	run->dumped = false;
	records_use(run->records, &o.job.net);
	if (error == 0)
		error = use_cookies(run, &o, e);
	if (error == 0)
		error = use_hsts(run, &o, e);
	console_messages(run->console, run->command);
	if (error < 0)
		console_error(run->console, e);
	else
		for (size_t i = 0; i < options->n_urls; i++) {
			error = run_target(run, &o, &options->targets[i], e);
			if (error < 0 && run->command->fail_early)
				break;
		}
	error = write_lists(run, options, error);
	operation_fini(&o);
	return error;
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
		fd = console_open(run->console, path);
	run->trace_on_console = fd == run->console->fd;
	run->trace_fd = fd > STDERR_FILENO && !run->trace_on_console ? fd : -1;
	run->trace = trace_file_new(fd,
		command->narration == NARRATION_TRACE ? TRACE_HEX : TRACE_ASCII,
		!command->no_safe_output && isatty(fd), e);
	return run->trace ? 0 : -e->code;
}

static void close_trace(struct run *run)
{
	trace_file_free(run->trace);
	if (run->trace_fd >= 0)
		close(run->trace_fd);
}

int run_command(struct command *command, const struct console *console)
{
	struct records records;
	struct run run = { .command = command,
		.console = console,
		.records = &records,
		.trace_fd = -1 };
	struct error e = { 0 }, closing = { 0 };
	int error = 0;

	if (records_open(&records, command, console, &e) < 0 ||
		open_trace(&run, &e) < 0 || !(run.session = session_new(&e))) {
		console_error(console, &e);
		file_discard(&records.har);
		records_close(&records, &closing);
		close_trace(&run);
		return e.code;
	}
	run.stdout_is_terminal = isatty(STDOUT_FILENO);
	run.progress = !command->silent && !command->no_progress_meter &&
		(command->progress_bar || isatty(console->fd));
	for (size_t i = 0; i < command->n_operations; i++) {
		error = run_operation(&run, &command->operations[i], &e);
		if (error < 0 && command->fail_early)
			break;
	}
	session_free(run.session); /* what it closes is recorded */
	if (records_close(&records, &closing) < 0) {
		console_error(console, &closing);
		error = error < 0 ? error : -closing.code;
	}
	close_trace(&run);
	cookie_jar_free(run.cookies);
	hsts_free(run.hsts);
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
