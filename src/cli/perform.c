#include "cli/perform.h"

#include <unistd.h>

#include "base/interrupt.h"
#include "cli/attempts.h"
#include "cli/checksum.h"
#include "cli/converse.h"
#include "cli/watch.h"
#include "net/listen.h"
#include "output/descriptor.h"
#include "output/terminal.h"
#include "output/writeout.h"
#include "talk/endpoint.h"
#include "transfer/transfer.h"

/* --- interruption */

/* Neither a temporary file nor the path of a socket outlives the program. */
void perform_interrupt(void)
{
	sink_remove_temporaries();
	listen_remove_paths();
}

void perform_catch_signals(void)
{
	interrupt_catch(perform_interrupt);
}

/* Something is left to be done when a signal has ended the transfer: a file to
 * be removed, or what has been gathered to be written. */
static bool has_to_finish(
	const struct options *options, const struct errand *errand)
{
	return errand->path || options->write_out || options->cookie_jar ||
		options->hsts.n || options->dump_header || options->etag_save;
}

/* --- one URL */

/* Returns 0 or -ERR_WRITE, which it has told of. */
static int write_out(struct run *run, const char *template,
	const struct errand *errand, const struct facts *facts,
	const struct sink *sink, const struct error *failure)
{
	bool safe = !run->command->no_safe_output;
	struct buf warnings;
	struct error e = { 0 };
	int error;
	struct writeout_context context = {
		.facts = facts,
		.error = failure,
		.file = sink_path(sink),
		.url = errand->url,
		.url_number = errand->url_number,
		.transfer_id = errand->transfer_number,
		.out_fd = STDOUT_FILENO,
		.err_fd = run->console->fd,
		.deadline = sink_deadline(sink),
		.out_safe = safe && run->stdout_is_terminal,
		.err_safe = run->console->terminal,
		.file_safe = safe,
		.warnings = &warnings,
	};

	buf_init(&warnings, LIMIT_CONFIG_LINE);
	error = writeout(str_of(template), &context, &e);
	if (error < 0 && !descriptor_unread(STDOUT_FILENO))
		console_error(run->console, &e);
	console_write(run->console, buf_str(&warnings));
	buf_fini(&warnings);
	return error;
}

static int talk(struct run *run, const struct options *options,
	const struct errand *errand, const struct sink_port *port,
	struct error *e)
{
	struct converse c = {
		.options = options,
		.job = &errand->job,
		.upload = errand->upload,
		.console = run->console,
		.beside_others = run->command->parallel,
		.session = run->session,
		.sink = port,
		.to_stdout = !errand->path,
	};

	perform_catch_signals();
	return converse(&c, e);
}

/* From the head of the request to the last byte of the body. */
static int transfer(struct run *run, const struct options *options,
	struct errand *errand, const struct observer *observer,
	const struct sink_port *port, struct facts *facts, struct error *e)
{

	if (observer)
		errand->job.net.log = observer->log;
	if (options->listen || endpoint_scheme(str_of(errand->url)))
		return talk(run, options, errand, port, e);
	return transfer_run(
		run->session, &errand->job, port, observer, facts, e);
}

/* Where the bodies of all attempts go. */
struct output {
	struct sink *sink;
	struct sink_port port; /* leads to it */
	struct checksums *checksums; /* on the way there; NULL: none */
	const struct observer *observer; /* may be NULL */
};

/* What was not modified is what is there already. */
static int check(
	const struct output *output, const struct facts *facts, struct error *e)
{
	const char *path = sink_path(output->sink);
	int error = 0;

	if (facts->unmodified && !path)
		return 0;
	if (facts->unmodified)
		error = checksums_take_file(output->checksums, path, e);
	return error < 0 ? error : checksums_check(output->checksums, e);
}

static int attempt(struct run *run, const struct options *options,
	struct errand *errand, const struct output *output,
	const struct sink_port *port, struct facts *facts, struct error *e)
{
	int error = transfer(
		run, options, errand, output->observer, port, facts, e);

	if (error == 0 && output->checksums)
		error = check(output, facts, e);
	return error;
}

/* As often as --retry has it. */
static int attempt_all(struct run *run, const struct options *options,
	struct errand *errand, const struct output *output, struct facts *facts,
	struct error *e)
{
	struct attempts attempts;
	int error;

	if (options->retry == 0 || endpoint_scheme(str_of(errand->url)))
		return attempt(
			run, options, errand, output, &output->port, facts, e);
	attempts_init(&attempts, options, errand, output->sink, &output->port,
		run->console);
	attempts.checksums = output->checksums;
	attempts.observer = output->observer;
	do
		error = attempt(run, options, errand, output,
			attempts_port(&attempts), facts, e);
	while (attempts_again(&attempts, &error, facts, e));
	attempts_fini(&attempts);
	return error;
}

/* The checked body of the errand into the sink. */
static int obtain(struct run *run, const struct options *options,
	struct errand *errand, const struct observer *observer,
	struct sink *sink, struct facts *facts, struct error *e)
{
	struct output output = {
		.sink = sink, .port = sink_port(sink), .observer = observer
	};
	struct checksums checksums;
	int error;

	if (!options->checksums.n || options->dry_run)
		return attempt_all(run, options, errand, &output, facts, e);
	error = checksums_init(&checksums, &options->checksums, &output.port,
		errand->sink.append ? errand->path : NULL, e);
	output.port = checksums.outer;
	output.checksums = &checksums;
	if (error == 0)
		error = attempt_all(run, options, errand, &output, facts, e);
	checksums_fini(&checksums);
	return error;
}

/* A body kept although the status makes the transfer a failure. */
static bool keep_output(const struct errand *errand, int error)
{
	return error == 0 ||
		(error == -ERR_HTTP_RETURNED &&
			errand->job.fail == FAIL_WITH_BODY);
}

/* --skip-existing. */
static bool is_skipped(const struct run *run, const struct options *options,
	const struct errand *errand)
{
	struct buf text;

	if (!options->skip_existing || !errand->path ||
		access(errand->path, F_OK) < 0)
		return false;
	if (run->command->narration == NARRATION_VERBOSE) {
		buf_init(&text, LIMIT_URL);
		buf_printf(&text, "* %s exists, its URL is left out\n",
			errand->path);
		console_write(run->console, buf_str(&text));
		buf_fini(&text);
	}
	return true;
}

/* At once, not through the command, which other transfers may be using. */
static void warn(const struct run *run, const char *text)
{
	if (text)
		console_warn(run->console, "%s", text);
}

static int finish(struct run *run, struct sink *sink, const struct facts *facts,
	bool keep, struct error *e)
{
	struct sink_outcome outcome = { .url = facts->url,
		.referrer = facts->referer,
		.unmodified = facts->unmodified };
	int error;

	sink_conclude(sink, &outcome);
	error = sink_finish(sink, keep, e);
	warn(run, sink_warning(sink));
	return error;
}

int perform(struct run *run, const struct options *options,
	struct errand *errand, struct error *e)
{
	struct error finishing = { 0 };
	struct watch watch;
	struct sink *sink;
	struct facts facts;
	int error, finished, written_down;

	if (is_skipped(run, options, errand))
		return 0;
	errand->sink.error_fd = run->console->fd;
	errand->sink.again = options->retry > 0;
	if (has_to_finish(options, errand))
		perform_catch_signals();
	sink = errand_sink(errand, e);
	if (!sink) {
		console_error(run->console, e);
		return -e->code;
	}
	facts_init(&facts);
	watch_init(&watch, run, errand, &facts);
	error = obtain(
		run, options, errand, watch_observer(&watch), sink, &facts, e);
	watch_end(&watch, &facts);
	finished = finish(
		run, sink, &facts, keep_output(errand, error), &finishing);
	if (finished < 0) { /* it is lost, whatever the status was */
		error = finished;
		*e = finishing;
	}
	if (error == 0) /* what was got over is nobody's failure */
		*e = (struct error){ 0 };
	/* A reader that has gone, as head(1) does, needs no message. */
	if (error < 0 && !(error == -ERR_WRITE && sink_pipe_closed(sink)))
		console_error(run->console, e);
	if (options->write_out) {
		int written;

		sink_claim_output(sink);
		written = write_out(
			run, options->write_out, errand, &facts, sink, e);
		if (error == 0)
			error = written;
	}
	if (records_on_output(run->records))
		sink_claim_output(sink);
	written_down = watch_report(&watch, run, errand->url, &facts, e);
	if (error == 0)
		error = written_down;
	watch_fini(&watch);
	facts_fini(&facts);
	sink_free(sink);
	return error;
}
