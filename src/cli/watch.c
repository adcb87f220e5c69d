#include "cli/watch.h"

static struct progress *start_progress(
	const struct run *run, const struct errand *errand)
{
	struct error ignored;

	if (!run->progress)
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

void watch_init(
	struct watch *w, const struct run *run, const struct errand *errand)
{
	struct narrator to = {
		.fd = run->console->fd,
		.safe = run->console->terminal,
		.secrets = run->command->show_secrets,
		.progress = start_progress(run, errand),
	};

	*w = (struct watch){ .progress = to.progress };
	w->verbose = (struct verbose){
		.to = to,
		.on = run->command->verbose,
		.data_lines = errand->path || !run->stdout_is_terminal,
	};
	w->explain.to = to;
	if (w->verbose.on || to.progress)
		add(w, verbose_observer(&w->verbose));
	if (run->command->explain)
		add(w, explain_observer(&w->explain));
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
}

void watch_fini(struct watch *w)
{
	progress_free(w->progress);
}
