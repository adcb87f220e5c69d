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
	*w = (struct watch){ .verbose = {
				     .fd = run->console->fd,
				     .on = run->command->verbose,
				     .safe = run->console->terminal,
				     .data_lines = errand->path ||
					     !run->stdout_is_terminal,
				     .progress = start_progress(run, errand),
			     } };
	if (w->verbose.on || w->verbose.progress)
		add(w, verbose_observer(&w->verbose));
	if (w->active)
		w->observer = fanout_observer(&w->fanout);
}

const struct observer *watch_observer(const struct watch *w)
{
	return w->active ? &w->observer : NULL;
}

void watch_end(struct watch *w, const struct facts *facts)
{
	if (w->verbose.progress)
		progress_end(w->verbose.progress, facts);
}

void watch_fini(struct watch *w)
{
	progress_free(w->verbose.progress);
}
