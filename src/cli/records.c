#include "cli/records.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "output/descriptor.h"
#include "output/har.h"
#include <config.h>

#define ARCHIVE_LIMIT (1u << 30) /* bytes of one line or entry */

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
		error = file_open(&r->har, path, FILE_REPLACE, e);
	buf_init(&text, ARCHIVE_LIMIT);
	har_begin(&text, PACKAGE_NAME, PACKAGE_VERSION);
	if (error == 0)
		error = put(r, &text, e);
	buf_fini(&text);
	if (error < 0)
		error_add(e, "; option --har");
	return error;
}

int records_open(struct records *r, const struct command *command,
	const struct console *console, struct error *e)
{
	int error = 0;

	*r = (struct records){ .report_fd = -1,
		.har = FILE_CLOSED,
		.body_limit = (size_t)command->har_body_limit,
		.secrets = command->show_secrets,
		.lock = PTHREAD_MUTEX_INITIALIZER };
	if (command->report)
		error = open_report(r, command->report, console, e);
	if (error == 0 && command->har)
		error = open_har(r, command->har, e);
	return error;
}

bool records_wanted(const struct records *r)
{
	return r->report_fd >= 0 || r->har.fd >= 0;
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

int records_close(struct records *r, struct error *e)
{
	int error = 0;

	if (r->report_fd > STDERR_FILENO)
		close(r->report_fd);
	if (r->har.fd >= 0)
		error = close_har(r, e);
	r->report_fd = -1;
	pthread_mutex_destroy(&r->lock);
	return error;
}
