#include "cli/records.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "output/descriptor.h"

#define REPORT_LIMIT (256u << 20) /* bytes of one line */

int records_open(struct records *r, const struct command *command,
	const struct console *console, struct error *e)
{
	const char *path = command->report;

	*r = (struct records){ .report_fd = -1,
		.secrets = command->show_secrets };
	if (!path)
		return 0;
	if (strcmp(path, "%") == 0)
		r->report_fd = console->fd;
	else if (strcmp(path, "-") == 0)
		r->report_fd = STDOUT_FILENO;
	else
		r->report_fd = open(path,
			O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
			0666);
	if (r->report_fd < 0)
		return error_set(e, ERR_WRITE, "option --report: '%s': %s",
			path, error_system(errno));
	return 0;
}

bool records_wanted(const struct records *r)
{
	return r->report_fd >= 0;
}

int records_add(struct records *r, const char *url, const struct ledger *ledger,
	const struct facts *facts, const struct error *result, struct error *e)
{
	struct report report = { .url = url,
		.ledger = ledger,
		.facts = facts,
		.error = result,
		.now = clock_wall() / 1000000,
		.secrets = r->secrets };
	struct buf line;
	int failed, error;

	buf_init(&line, REPORT_LIMIT);
	report_write(&line, &report);
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

void records_close(struct records *r)
{
	if (r->report_fd > STDERR_FILENO)
		close(r->report_fd);
	r->report_fd = -1;
}
