#include "cli/console.h"

#include <fcntl.h>
#include <unistd.h>

#include "support/table.h"

struct place_row {
	const char *name, *file;
	int fd; /* -1: one of its own */
	const char *said; /* how what is said begins */
};

static const struct place_row place_rows[] = {
	{ "standard error", NULL, STDERR_FILENO, "" },
	{ "standard output", "-", STDOUT_FILENO, "" },
	{ "a file", "/dev/null", -1, "" },
	{ "a file that cannot be opened", "/no/such/\x7f", STDERR_FILENO,
		"Warning: Failed to open /no/such/\x7f: " },
};

/* What stood in the memory of the console must not matter, not even for what is
 * said on the way. */
static void test_place(const void *data)
{
	const struct place_row *row = data;
	struct command command = { .stderr_file = row->file };
	struct console console;
	char said[256] = "";
	int saved = dup(STDERR_FILENO), ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	memset(&console, 1, sizeof(console));
	console_init(&console, &command);
	assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	close(saved);
	close(ends[1]);
	assert_true(read(ends[0], said, sizeof(said) - 1) >= 0);
	close(ends[0]);
	said[strlen(row->said)] = '\0';
	assert_string_equal(said, row->said);
	if (row->fd >= 0)
		assert_int_equal(console.fd, row->fd);
	else
		close(console.fd);
	assert_false(console.secrets || console.silent || console.no_warnings);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("console_init", place_rows, test_place),
	};

	return table_run("console", tables, 1);
}
