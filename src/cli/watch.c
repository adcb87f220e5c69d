#include "cli/watch.h"

#include <unistd.h>

#include "cli/colour.h"
#include "output/descriptor.h"
#include "output/standard.h"
#include "output/terminal.h"
#include "output/timing.h"

static struct progress *start_progress(
	const struct run *run, const struct errand *errand)
{
	struct error ignored;

	if (!run->progress || run->meter)
		return NULL;
	if (!errand->path && !errand->sink.discard && run->stdout_is_terminal)
		return NULL;
	return progress_new(
		run->console->fd, run->command->progress_bar, &ignored);
}

static void add(struct watch *w, struct observer observer)
{
	fanout_add(&w->fanout, &observer);
	w->active = true;
}

/* -v or a trace, and progress. */
static void narrate(struct watch *w, const struct run *run,
	const struct errand *errand, const struct facts *facts,
	const struct narrator *to)
{
	struct stamp stamp = {
		.time = run->command->trace_time,
		.ids = run->command->trace_ids,
		.transfer = errand->transfer_number,
		.connection = &facts->connection_id,
	};

	if (run->trace) {
		w->trace = (struct trace){
			.file = run->trace,
			.stamp = stamp,
			.progress = to->progress,
			.beside_progress = run->trace_on_console,
		};
		add(w, trace_observer(&w->trace));
		return;
	}
	w->verbose = (struct verbose){
		.to = *to,
		.on = run->command->narration == NARRATION_VERBOSE,
		.data_lines = errand->path || !run->stdout_is_terminal,
		.stamp = stamp,
	};
	if (w->verbose.on || to->progress)
		add(w, verbose_observer(&w->verbose));
}

void watch_init(struct watch *w, const struct run *run,
	const struct errand *errand, const struct facts *facts)
{
	struct narrator to = {
		.fd = run->console->fd,
		.safe = run->console->terminal,
		.secrets = run->command->show_secrets,
		.progress = start_progress(run, errand),
	};

	*w = (struct watch){ .progress = to.progress };
	narrate(w, run, errand, facts, &to);
	if (run->meter) {
		meter_join(&w->part, run->meter);
		add(w, meter_observer(&w->part));
	}
	w->explain.to = to;
	if (run->command->explain)
		add(w, explain_observer(&w->explain));
	w->timing = run->command->timing;
	w->recording = w->timing || records_wanted(run->records);
	if (w->recording) {
		ledger_init(&w->ledger, records_body_limit(run->records));
		add(w, ledger_observer(&w->ledger));
	}
	if (w->active)
		w->observer = fanout_observer(&w->fanout);
}

const struct observer *watch_observer(const struct watch *w)
{
	return w->active ? &w->observer : NULL;
}

void watch_end(struct watch *w, const struct facts *facts)
{
	if (w->progress)
		progress_end(w->progress, facts);
	if (w->part.meter)
		meter_leave(&w->part, facts);
}

/* Bars where somebody sees them, in colour unless none is wanted. */
static void show_timing(const struct watch *w, const struct run *run)
{
	bool terminal = isatty(run->console->fd);
	struct timing timing = {
		.ledger = &w->ledger,
		.columns = terminal ? terminal_columns(run->console->fd) : 0,
		.colour = colour_wanted(run->command) != SINK_COLOUR_NEVER,
		.secrets = run->command->show_secrets,
	};
	struct buf text;

	buf_init(&text, NARRATOR_LIMIT);
	timing_write(&text, &timing);
	(void)standard_message(run->console->fd, buf_str(&text));
	buf_fini(&text);
}

int watch_report(struct watch *w, const struct run *run, const char *url,
	const struct facts *facts, const struct error *e)
{
	struct error failed = { 0 };
	int error = 0;

	if (w->timing)
		show_timing(w, run);
	if (w->recording && records_wanted(run->records))
		error = records_add(
			run->records, url, &w->ledger, facts, e, &failed);
	if (w->recording && w->ledger.left_out)
		console_warn(run->console,
			"Only the first %zu requests are in archives, "
			"reports and --timing; %llu more are left out",
			w->ledger.n, (unsigned long long)w->ledger.left_out);
	/* A reader that has gone, as head(1) does, needs no message. */
	if (error < 0 &&
		!(records_on_output(run->records) &&
			descriptor_unread(STDOUT_FILENO)))
		console_error(run->console, &failed);
	return error;
}

void watch_fini(struct watch *w)
{
	progress_free(w->progress);
	if (w->recording)
		ledger_fini(&w->ledger);
}
