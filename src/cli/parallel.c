#include "cli/parallel.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/heap.h"
#include "base/interrupt.h"
#include "base/schedule.h"
#include "http/redact.h"
#include "output/standard.h"

#define MOST 300 /* transfers at once, as curl's */
#define USUAL 50
/* Of address space. What a transfer uses of it is far less; but a module's
 * libraries are loaded, and a netrc or cookie file read, by whoever is first
 * to need it. */
#define STACK (256u << 10)
#define DRAW_US 500000
#define IDLE 4 /* connections for each transfer, used and idle */

struct team {
	struct run *run;
	struct queue *queue;
	size_t most; /* threads */

	pthread_mutex_t lock; /* of the rest */
	pthread_cond_t changed; /* for the first thread */
	pthread_t *threads;
	size_t started, working;
	int error; /* of what failed last */
	atomic_bool stopped; /* --fail-early */
};

static size_t most_at_once(const struct command *command)
{
	int64_t most = command->parallel_max;

	if (most == 0)
		return USUAL;
	return most < MOST ? (size_t)most : MOST;
}

/* A transfer has a connection, a file, a -D file, and the two ends of a pipe
 * that moves bytes between them. */
static void allow_descriptors(size_t transfers)
{
	struct rlimit limit;
	rlim_t wanted = (rlim_t)(64 + transfers * (IDLE + 4));

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

void parallel_prepare(const struct command *command, struct session *session)
{
	size_t most = most_at_once(command);
	struct pool_limits limits = {
		.all = most * IDLE,
		.peer = (size_t)command->parallel_max_host,
		.at_once = command->parallel_immediate,
	};

	heap_share();
	schedule_for_throughput();
	allow_descriptors(most);
	pool_share(session_pool(session), &limits);
}

/* --- what the threads do */

static void *work(void *team);

/* Under the lock. 0 or an errno value. */
static int start_thread(struct team *t)
{
	pthread_attr_t attributes;
	int failed = pthread_attr_init(&attributes);

	if (failed)
		return failed;
	/* A system whose least is more has its default. */
	pthread_attr_setstacksize(&attributes, STACK);
	failed = pthread_create(&t->threads[t->started], &attributes, work, t);
	pthread_attr_destroy(&attributes);
	if (failed)
		return failed;
	t->started++;
	t->working++;
	return 0;
}

/* One more, when there is work for it. That there are fewer than wanted makes
 * it slower and nothing else. */
static void call_another(struct team *t)
{
	if (queue_exhausted(t->queue))
		return;
	pthread_mutex_lock(&t->lock);
	if (t->started < t->most && !t->stopped)
		start_thread(t);
	pthread_mutex_unlock(&t->lock);
}

/* Whether to go on. */
static bool note_result(struct team *t, int error)
{
	if (error == 0)
		return !t->stopped;
	pthread_mutex_lock(&t->lock);
	if (!t->stopped && !interrupt_number()) {
		t->error = error;
		t->stopped = t->run->command->fail_early;
		if (t->stopped)
			pthread_cond_signal(&t->changed);
	}
	pthread_mutex_unlock(&t->lock);
	return !t->stopped;
}

/* As a URL: what has no scheme may begin with a password. */
static void add_subject(struct buf *out, const char *url, bool secrets)
{
	struct buf whole;

	buf_init(&whole, 2 * LIMIT_URL);
	if (!strstr(url, "://"))
		buf_add_text(&whole, "http://");
	buf_add_text(&whole, url);
	if (secrets)
		buf_add_str(out, buf_str(&whole));
	else
		redact_urls(out, buf_str(&whole));
	buf_fini(&whole);
}

/* Messages of several at once say whom they are about. */
static int perform_one(struct team *t, struct task *task, struct error *e)
{
	struct console console = *t->run->console;
	struct run run = *t->run;
	struct buf subject;
	int error;

	buf_init(&subject, 2 * LIMIT_URL);
	add_subject(&subject, task->errand.url, console.secrets);
	console.subject = buf_text(&subject);
	run.console = &console;
	error = perform(&run, task->options, &task->errand, e);
	buf_fini(&subject);
	return error;
}

static int do_task(struct team *t, struct task *task, struct error *e)
{
	int error = perform_one(t, task, e);
	int ending = queue_done(t->queue, task, e);

	return ending < 0 ? ending : error;
}

static void *work(void *team)
{
	struct team *t = team;
	struct error e = { 0 };
	struct task task;
	bool called = false;
	int result;

	while (!interrupt_number() &&
		(result = queue_next(t->queue, &task, &e)) != 0) {
		if (!called)
			call_another(t);
		called = true;
		if (result > 0)
			result = do_task(t, &task, &e);
		if (!note_result(t, result))
			break;
	}
	pthread_mutex_lock(&t->lock);
	t->working--;
	pthread_cond_signal(&t->changed);
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

/* --- what the first thread does */

/* Under the lock: until all threads are done, or are to be left alone. A signal
 * wakes those that wait in poll, and nobody else. */
static void wait_for_end(struct team *t)
{
	struct meter *meter = t->run->meter;

	while (t->working > 0 && !t->stopped) {
		int64_t next = clock_now() + DRAW_US;
		struct timespec until = { .tv_sec = (time_t)(next / 1000000),
			.tv_nsec = (long)(next % 1000000) * 1000 };

		if (pthread_cond_timedwait(&t->changed, &t->lock, &until) !=
			ETIMEDOUT)
			continue;
		for (size_t i = 0; i < t->started; i++)
			interrupt_wake(t->threads[i]);
		if (!meter)
			continue;
		pthread_mutex_unlock(&t->lock);
		meter->complete = queue_exhausted(t->queue);
		meter_draw(meter);
		pthread_mutex_lock(&t->lock);
	}
}

/* Others are still under way: nothing of theirs may be left behind, and what
 * they use must stay until the end. */
static _Noreturn void leave_them(struct team *t)
{
	struct error e = { 0 };
	int error = t->error, failed = queue_stop(t->queue, &e);

	standard_silence();
	perform_interrupt();
	_exit(failed < 0 ? -failed : -error);
}

static int perform_all(struct team *t)
{
	int failed;
	bool leave;

	pthread_mutex_lock(&t->lock);
	failed = start_thread(t);
	if (failed == 0)
		wait_for_end(t);
	leave = t->working > 0;
	pthread_mutex_unlock(&t->lock);
	if (failed) { /* it is slower alone */
		t->working = 1;
		work(t);
	}
	if (leave)
		leave_them(t);
	for (size_t i = 0; i < t->started; i++)
		pthread_join(t->threads[i], NULL);
	return t->error;
}

static void init_changed(struct team *t)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&t->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

int parallel_run(struct run *run, struct queue *queue)
{
	struct team team = {
		.run = run, .queue = queue, .most = most_at_once(run->command)
	};
	struct meter meter;
	struct error e = { 0 };
	int error;

	team.threads = calloc(team.most, sizeof(*team.threads));
	if (!team.threads) {
		error_memory(&e);
		console_error(run->console, &e);
		return -e.code;
	}
	if (run->progress) {
		meter_init(&meter, run->console->fd);
		run->meter = &meter;
	}
	pthread_mutex_init(&team.lock, NULL);
	init_changed(&team);
	perform_catch_signals();
	error = perform_all(&team);
	if (run->meter) {
		meter.complete = true;
		meter_end(&meter);
	}
	pthread_cond_destroy(&team.changed);
	pthread_mutex_destroy(&team.lock);
	free(team.threads);
	return error;
}
