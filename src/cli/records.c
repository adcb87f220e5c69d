#include "cli/records.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/input.h"
#include "output/descriptor.h"
#include "output/har.h"
#include <config.h>

#define ARCHIVE_LIMIT (1u << 30) /* bytes of one line or entry */
#define REPLAY_LIMIT (1u << 30) /* bytes of a recording that is read */

/* Standard output, by any of the names that systems have for it */
static bool names_output(struct str path)
{
	static const char *const names[] = { "/dev/stdout", "/dev/fd/1",
		"/proc/self/fd/1" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_eq(path, str_of(names[i])))
			return true;
	return false;
}

static bool is_output(const char *path)
{
	return path && (strcmp(path, "-") == 0 || names_output(str_of(path)));
}

/* Whether a template of -w that begins elsewhere goes to standard output. */
static bool comes_to_output(const char *w)
{
	static const char begin[] = "%output{";

	if (strstr(w, "%{stdout}"))
		return true;
	while ((w = strstr(w, begin))) {
		struct str path, rest;

		w += sizeof(begin) - 1;
		w += strncmp(w, ">>", 2) == 0 ? 2 : 0;
		str_cut(str_of(w), '}', &path, &rest);
		if (names_output(path))
			return true;
	}
	return false;
}

/* What a command writes to standard output besides archives; NULL: nothing. */
static const char *other_output(const struct command *command)
{
	if (is_output(command->report))
		return "--report";
	if (is_output(command->record))
		return "--record";
	if (command->narration >= NARRATION_TRACE &&
		is_output(command->trace_file))
		return "a trace";
	return is_output(command->stderr_file) ? "--stderr" : NULL;
}

/* The same of an operation. A template of -w may begin by leaving it. */
static const char *output_of(const struct options *o)
{
	const char *w = o->write_out;

	for (size_t i = 0; i < o->n_urls; i++)
		if (o->targets[i].kind == OUTPUT_STDOUT ||
			(o->targets[i].kind == OUTPUT_FILE &&
				is_output(o->targets[i].output)))
			return o->dry_run ? "the request" : "a body";
	if (w && *w &&
		!(str_starts(str_of(w), STR("%{stderr}")) ||
			str_starts(str_of(w), STR("%output{"))))
		return "--write-out";
	if (w && comes_to_output(w))
		return "--write-out";
	if (is_output(o->dump_header))
		return "--dump-header";
	if (is_output(o->cookie_jar))
		return "--cookie-jar";
	return is_output(o->etag_save) ? "--etag-save" : NULL;
}

int records_check(const struct command *command, struct error *e)
{
	const char *what;

	if (!is_output(command->har))
		return 0;
	what = other_output(command);
	for (size_t i = 0; !what && i < command->n_operations; i++)
		what = output_of(&command->operations[i]);
	if (!what)
		return 0;
	return error_set(e, ERR_USAGE,
		"option --har: '%s' is one document on standard output, where "
		"%s would go too; one of them needs a file",
		command->har, what);
}

static int open_report(struct records *r, const char *path,
	const struct console *console, struct error *e)
{
	if (strcmp(path, "%") == 0)
		r->report_fd = console->fd;
	else if (strcmp(path, "-") == 0)
		r->report_fd = STDOUT_FILENO;
	else
		r->report_fd = open(path,
			O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
			0666);
	if (r->report_fd >= 0)
		return 0;
	return error_set(e, ERR_WRITE, "option --report: '%s': %s", path,
		error_system(errno));
}

static int put(struct records *r, const struct buf *text, struct error *e)
{
	struct iovec iov = { text->p, text->n };
	int error = buf_check(text, "archive", e);

	return error < 0 ? error : file_write(&r->har, &iov, 1, e);
}

static int open_har(struct records *r, const char *path, struct error *e)
{
	struct buf text;
	int error = 0;

	if (strcmp(path, "-") == 0)
		file_borrow(&r->har, STDOUT_FILENO, "standard output");
	else
		error = file_open_somehow(&r->har, path, FILE_PRIVATE, e);
	buf_init(&text, ARCHIVE_LIMIT);
	har_begin(&text, PACKAGE_NAME, PACKAGE_VERSION);
	if (error == 0)
		error = put(r, &text, e);
	buf_fini(&text);
	if (error < 0)
		error_add(e, "; option --har");
	return error;
}

static const struct tap_ops to_recording = {
	.opened = recording_opened,
	.sent = recording_sent,
	.received = recording_received,
	.ended = recording_ended,
	.refused = recording_refused,
	.shut = recording_shut,
	.closed = recording_closed,
};

/* Secrets are in it, so it is nobody else's to read. */
static int open_record(struct records *r, const char *path, struct error *e)
{
	int fd = STDOUT_FILENO;

	if (strcmp(path, "-") != 0)
		fd = r->record_fd = file_open_private(
			path, O_WRONLY | O_TRUNC | O_APPEND);
	if (fd < 0)
		return error_set(e, ERR_WRITE, "option --record: '%s': %s",
			path, error_system(errno));
	r->recording = recording_new(fd, e);
	r->tap = (struct tap){ &to_recording, r->recording };
	return r->recording ? 0 : -e->code;
}

static int open_replay(
	struct records *r, const struct command *command, struct error *e)
{
	struct error why = { 0 };
	struct buf text;
	int error;

	buf_init(&text, REPLAY_LIMIT);
	error = input_read(&text, command->replay, &why);
	if (error < 0) {
		error_set(e, -error, "option --replay: %s", why.text);
	} else {
		r->replaying = true;
		error = replay_parse(&r->replay, buf_str(&text), &why);
		if (error < 0)
			error_set(e, -error, "option --replay: '%s': %s",
				command->replay, why.text);
	}
	r->replay.step = (size_t)command->replay_chunk;
	buf_fini(&text);
	return error;
}

int records_open(struct records *r, const struct command *command,
	const struct console *console, struct error *e)
{
	int error = 0;

	*r = (struct records){ .report_fd = -1,
		.record_fd = -1,
		.har = FILE_CLOSED,
		.body_limit = (size_t)command->har_body_limit,
		.secrets = command->show_secrets,
		.lock = PTHREAD_MUTEX_INITIALIZER };
	if (command->report)
		error = open_report(r, command->report, console, e);
	if (error == 0 && command->har)
		error = open_har(r, command->har, e);
	/* Read first: the two may be the same file. */
	if (error == 0 && command->replay)
		error = open_replay(r, command, e);
	if (error == 0 && command->record)
		error = open_record(r, command->record, e);
	return error;
}

void records_use(struct records *r, struct net_config *net)
{
	net->tap = r->recording ? &r->tap : NULL;
	net->replay = r->replaying ? &r->replay : NULL;
}

bool records_wanted(const struct records *r)
{
	return r->report_fd >= 0 || r->har.fd >= 0;
}

bool records_on_output(const struct records *r)
{
	return r->report_fd == STDOUT_FILENO || r->har.fd == STDOUT_FILENO;
}

size_t records_body_limit(const struct records *r)
{
	return r->har.fd >= 0 ? r->body_limit : 0;
}

static int add_report(
	struct records *r, const struct report *report, struct error *e)
{
	struct buf line;
	int failed, error;

	buf_init(&line, ARCHIVE_LIMIT);
	report_write(&line, report);
	error = buf_check(&line, "report", e);
	if (error == 0) {
		failed = -descriptor_write_str(r->report_fd, buf_str(&line));
		if (failed)
			error = error_set(e, ERR_WRITE,
				"option --report: cannot write: %s",
				error_system(failed));
	}
	buf_fini(&line);
	return error;
}

/* Entries of one transfer stay together. After a failure nothing more is
 * added: what was written is no archive any more. */
static int add_har(struct records *r, const struct ledger *l, struct error *e)
{
	struct buf text;

	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < l->n && r->failed.code == 0; i++) {
		buf_init(&text, ARCHIVE_LIMIT);
		buf_add_text(&text, r->begun ? ",\n" : "\n");
		har_entry(&text, l->hops[i], r->secrets);
		r->begun = true;
		put(r, &text, &r->failed);
		buf_fini(&text);
	}
	if (r->failed.code)
		*e = r->failed;
	pthread_mutex_unlock(&r->lock);
	return -e->code;
}

int records_add(struct records *r, const char *url, const struct ledger *ledger,
	const struct facts *facts, const struct error *result, struct error *e)
{
	struct report report = { .url = url,
		.ledger = ledger,
		.facts = facts,
		.error = result,
		.now = clock_seconds(),
		.secrets = r->secrets };
	int error = 0;

	if (r->report_fd >= 0)
		error = add_report(r, &report, e);
	if (error == 0 && r->har.fd >= 0)
		error = add_har(r, ledger, e);
	if (error == 0 && ledger->incomplete)
		error = error_set(e, ERR_OUT_OF_MEMORY,
			"not all of this transfer is written down: no memory "
			"is left");
	return error;
}

static int close_har(struct records *r, struct error *e)
{
	struct buf text;
	int error;

	if (r->failed.code) {
		file_discard(&r->har); /* it has been told of */
		return 0;
	}
	buf_init(&text, ARCHIVE_LIMIT);
	har_end(&text);
	error = put(r, &text, e);
	buf_fini(&text);
	if (error == 0)
		return file_commit(&r->har, e);
	file_discard(&r->har);
	return error;
}

static int close_recording(struct records *r, struct error *e)
{
	struct error why = { 0 };

	if (r->recording && recording_check(r->recording, &why) < 0)
		error_set(e, why.code, "option --record: %s", why.text);
	recording_free(r->recording);
	if (r->record_fd >= 0)
		close(r->record_fd);
	r->recording = NULL;
	return -why.code;
}

int records_close(struct records *r, struct error *e)
{
	int recorded = close_recording(r, e);
	int error = 0;

	if (r->report_fd > STDERR_FILENO)
		close(r->report_fd);
	if (r->har.fd >= 0)
		error = close_har(r, e);
	if (r->replaying)
		replay_fini(&r->replay);
	r->report_fd = -1;
	pthread_mutex_destroy(&r->lock);
	return error < 0 ? error : recorded;
}
