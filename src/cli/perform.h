/* One URL from its job to its end: the sink, the observers, the transfer or
 * conversation, -w. */
#ifndef CLI_PERFORM_H
#define CLI_PERFORM_H

#include "cli/console.h"
#include "cli/jobs.h"
#include "cli/records.h"
#include "output/meter.h"
#include "output/trace.h"
#include "transfer/session.h"

/* What the URLs of one command share. */
struct run {
	struct command *command;
	const struct console *console;
	struct session *session;
	bool progress; /* a meter is wanted where bodies go elsewhere */
	bool stdout_is_terminal;
	struct trace_file *trace; /* NULL: none */
	int trace_fd; /* its file, to close; -1: none */
	bool trace_on_console; /* it goes where messages go */
	struct records *records; /* --report and the like */
	int64_t began; /* with --rate: clock_now() of the last transfer */
	struct meter *meter; /* of -Z, in the place of meters; NULL: none */
};

/* Do what `errand`, made from `options`, asks for. What goes wrong is told on
 * the console, and is in `e` too. Returns 0 or the negative error that becomes
 * the exit code. */
int perform(struct run *run, const struct options *options,
	struct errand *errand, struct error *e) CHECKED;

/* Have the transfers under way fail when a signal is to end the program (see
 * base/interrupt.h). perform() does that where there is something to finish,
 * but not beside other threads. */
void perform_catch_signals(void);

/* Remove what must not outlive the program, which is about to end.
 * Async-signal-safe. */
void perform_interrupt(void);

#endif
