#include "cli/queue.h"

#include <pthread.h>
#include <stdlib.h>

#include "cli/cookies.h"
#include "cli/strict.h"

struct queued {
	struct operation o;
	size_t users; /* the queue, while its URLs are made, and tasks */
	bool unread; /* cookies or HSTS are not all there: write none */
	struct queued *next;
};

struct queue {
	pthread_mutex_t lock;
	struct command *command;
	const struct console *console;
	struct session *session;
	struct records *records; /* NULL: none */
	struct cookie_jar *cookies; /* NULL until they are wanted */
	struct hsts *hsts; /* likewise */
	struct queued *all; /* operations that have not ended */

	/* Where it is; what is NULL is to be begun */
	struct queued *operation;
	size_t next_operation, next_target;
	const struct target *target;
	struct glob *uploads, *urls; /* NULL also when there is no glob */
	uint64_t n_uploads, next_upload, n_urls, next_url;
	char *upload;
	bool exhausted;
	long url_number, transfer_number;
};

struct queue *queue_new(struct command *command, const struct console *console,
	struct session *session, struct records *records, struct error *e)
{
	struct queue *q = calloc(1, sizeof(*q));

	if (!q) {
		error_memory(e);
		return NULL;
	}
	pthread_mutex_init(&q->lock, NULL);
	q->command = command;
	q->console = console;
	q->session = session;
	q->records = records;
	return q;
}

static int told(struct queue *q, const struct error *e)
{
	console_error(q->console, e);
	return -e->code;
}

/* --- operations */

static int use_cookies(struct queue *q, struct operation *o, struct error *e)
{
	if (!cookies_wanted(o->options))
		return 0;
	if (!q->cookies && !(q->cookies = cookie_jar_new(e)))
		return -e->code;
	o->job.cookies = q->cookies;
	return cookies_read(q->cookies, q->command, o->options, e);
}

static int use_hsts(struct queue *q, struct operation *o, struct error *e)
{
	if (!o->options->hsts.n)
		return 0;
	if (!q->hsts && !(q->hsts = hsts_new(e)))
		return -e->code;
	o->job.hsts = q->hsts;
	return strict_read(q->hsts, q->command, o->options, e);
}

/* Cookies and HSTS. */
static int write_lists(
	struct queue *q, const struct operation *o, struct error *e)
{
	bool safe = !q->command->no_safe_output;
	int error = 0;

	if (q->cookies && cookie_jar_unlisted(q->cookies))
		console_warn(q->console,
			"the public suffix list (psl.so) cannot be loaded; "
			"cookies with a Domain go back to their host alone");
	if (q->cookies && cookies_write(q->cookies, o->options, safe, e) < 0)
		error = told(q, e);
	if (q->hsts && strict_write(q->hsts, o->options, safe, e) < 0)
		error = told(q, e);
	return error;
}

/* One user less; the last one ends the operation. */
static int release(struct queue *q, struct queued *operation, struct error *e)
{
	struct queued **at = &q->all;
	int error;

	if (--operation->users > 0)
		return 0;
	while (*at != operation)
		at = &(*at)->next;
	*at = operation->next;
	error = operation->unread ? 0 : write_lists(q, &operation->o, e);
	operation_fini(&operation->o);
	free(operation);
	return error;
}

static int begin_operation(struct queue *q, struct error *e)
{
	const struct options *options =
		&q->command->operations[q->next_operation++];
	struct queued *operation = calloc(1, sizeof(*operation));
	struct error writing = { 0 };
	int error;

	if (!operation) {
		error_memory(e);
		return told(q, e);
	}
	operation->users = 1;
	operation->next = q->all;
	q->all = operation;
	error = operation_init(
		&operation->o, q->command, options, q->session, e);
	if (q->records)
		records_use(q->records, &operation->o.job.net);
	if (error == 0)
		error = use_cookies(q, &operation->o, e);
	if (error == 0)
		error = use_hsts(q, &operation->o, e);
	console_messages(q->console, q->command);
	if (error < 0) {
		operation->unread = true;
		told(q, e);
		if (release(q, operation, &writing) < 0)
			return -writing.code;
		return error;
	}
	q->operation = operation;
	q->next_target = 0;
	return 0;
}

/* --- targets and their globs */

/* 0, or the error, told, of a glob. `*glob` is NULL for a text that is none. */
static int open_glob(struct queue *q, const char *text, struct glob **glob,
	uint64_t *count, struct error *e)
{
	*count = 1;
	*glob = NULL;
	if (!text || q->operation->o.options->globoff)
		return 0;
	*glob = glob_new(str_of(text), count, e);
	return *glob ? 0 : told(q, e);
}

static void end_urls(struct queue *q)
{
	glob_free(q->urls);
	q->urls = NULL;
	free(q->upload);
	q->upload = NULL;
	q->n_urls = q->next_url = 0;
}

static void end_target(struct queue *q)
{
	end_urls(q);
	glob_free(q->uploads);
	q->uploads = NULL;
	q->n_uploads = q->next_upload = 0;
	q->target = NULL;
}

static int begin_target(struct queue *q, struct error *e)
{
	int error;

	q->target = &q->operation->o.options->targets[q->next_target++];
	q->url_number++;
	q->next_upload = 0;
	error = open_glob(q, q->target->upload, &q->uploads, &q->n_uploads, e);
	if (error < 0)
		end_target(q);
	return error;
}

/* The next file of -T, if there is one, with all URLs of the target. */
static int begin_urls(struct queue *q, struct error *e)
{
	struct buf path;
	int error = 0;

	buf_init(&path, LIMIT_URL);
	if (q->uploads)
		glob_url(q->uploads, q->next_upload, &path);
	else if (q->target->upload)
		buf_add_text(&path, q->target->upload);
	q->next_upload++;
	if (buf_check(&path, "file name", e) < 0)
		error = told(q, e);
	else if (q->target->upload && !(q->upload = buf_take(&path))) {
		error_memory(e);
		error = told(q, e);
	}
	buf_fini(&path);
	q->next_url = 0;
	if (error == 0)
		error = open_glob(q, q->target->literal ? NULL : q->target->url,
			&q->urls, &q->n_urls, e);
	if (error < 0)
		end_urls(q);
	return error;
}

/* --- tasks */

static int make_task(struct queue *q, struct task *task, struct error *e)
{
	struct errand *errand = &task->errand;
	struct operation *o = &q->operation->o;
	struct upload_choice upload = { .path = q->upload };
	int error;

	if (q->uploads)
		upload.place =
			(struct glob_place){ q->uploads, q->next_upload - 1 };
	*task = (struct task){ .options = o->options };
	error = errand_init(
		errand, o, q->target, &upload, q->urls, q->next_url++, e);
	errand->url_number = q->url_number - 1;
	if (error < 0) {
		errand_fini(errand);
		return told(q, e);
	}
	errand->transfer_number = q->transfer_number++;
	task->operation = q->operation;
	q->operation->users++;
	return 1;
}

/* One step on the way to the next task: 1 when it has been made, 0 when there
 * is another step to take, or an error that has been told. */
static int step(struct queue *q, struct task *task, struct error *e)
{
	struct queued *operation = q->operation;

	if (!operation)
		return begin_operation(q, e);
	if (q->next_url < q->n_urls)
		return make_task(q, task, e);
	end_urls(q);
	if (q->next_upload < q->n_uploads)
		return begin_urls(q, e);
	end_target(q);
	if (q->next_target < operation->o.options->n_urls)
		return begin_target(q, e);
	q->operation = NULL;
	return release(q, operation, e);
}

int queue_next(struct queue *q, struct task *task, struct error *e)
{
	int result = 0;

	pthread_mutex_lock(&q->lock);
	*e = (struct error){ 0 };
	while (result == 0 && !q->exhausted) {
		q->exhausted = !q->operation &&
			q->next_operation == q->command->n_operations;
		if (!q->exhausted)
			result = step(q, task, e);
	}
	pthread_mutex_unlock(&q->lock);
	return result;
}

int queue_done(struct queue *q, struct task *task, struct error *e)
{
	int error;

	errand_fini(&task->errand);
	pthread_mutex_lock(&q->lock);
	error = release(q, task->operation, e);
	pthread_mutex_unlock(&q->lock);
	return error;
}

bool queue_exhausted(struct queue *q)
{
	bool exhausted;

	pthread_mutex_lock(&q->lock);
	exhausted = q->exhausted;
	pthread_mutex_unlock(&q->lock);
	return exhausted;
}

int queue_stop(struct queue *q, struct error *e)
{
	struct queued *operation;
	int error = 0, failed;

	pthread_mutex_lock(&q->lock);
	q->exhausted = true;
	operation = q->operation;
	q->operation = NULL;
	end_target(q);
	if (operation)
		error = release(q, operation, e);
	/* What others still perform keeps its operation. */
	for (operation = q->all; operation; operation = operation->next) {
		failed = write_lists(q, &operation->o, e);
		error = failed < 0 ? failed : error;
	}
	pthread_mutex_unlock(&q->lock);
	return error;
}

void queue_free(struct queue *q)
{
	if (!q)
		return;
	cookie_jar_free(q->cookies);
	hsts_free(q->hsts);
	pthread_mutex_destroy(&q->lock);
	free(q);
}
