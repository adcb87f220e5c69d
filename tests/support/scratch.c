#include "support/scratch.h"

#include "support/table.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#define NOBODY 65534
#define DRAIN_MAX 65536u

static char directory[] = "/tmp/minifetch-test.XXXXXX";
static bool has_foreign;

static void become_nobody(void)
{
	if (geteuid() != 0)
		return;
	if (chown(directory, NOBODY, NOBODY) < 0 || setgid(NOBODY) < 0 ||
		setuid(NOBODY) < 0)
		abort();
	/* LeakSanitizer looks at the process from outside */
	prctl(PR_SET_DUMPABLE, 1);
}

void scratch_begin(const char *foreign)
{
	if (!mkdtemp(directory))
		abort();
	if (foreign && geteuid() == 0) {
		scratch_write(foreign, "foreign", 0666);
		has_foreign = true;
	}
	become_nobody();
}

static void remove_tree(const char *path)
{
	DIR *d;
	struct dirent *entry;
	char below[1024];

	chmod(path, 0700);
	d = opendir(path);
	while (d && (entry = readdir(d))) {
		if (strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		if (unlink(below) < 0)
			remove_tree(below);
	}
	if (d)
		closedir(d);
	rmdir(path);
}

void scratch_end(void)
{
	remove_tree(directory);
}

bool scratch_has_foreign(void)
{
	return has_foreign;
}

const char *scratch_path(const char *name)
{
	static char paths[16][512];
	static unsigned next;
	char *path = paths[next++ % 16];

	snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);
	return path;
}

void scratch_write(const char *name, const char *content, mode_t mode)
{
	int fd = open(scratch_path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	size_t n = strlen(content);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, n), n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

char *scratch_read(const char *name)
{
	int fd = open(scratch_path(name), O_RDONLY);
	struct stat st;
	char *content;

	if (fd < 0)
		return NULL;
	assert_int_equal(fstat(fd, &st), 0);
	content = calloc(1, (size_t)st.st_size + 1);
	assert_non_null(content);
	assert_int_equal(read(fd, content, (size_t)st.st_size), st.st_size);
	close(fd);
	return content;
}

void scratch_assert(const char *name, const char *expected)
{
	char *content = scratch_read(name);

	if (expected) {
		assert_non_null(content);
		assert_string_equal(content, expected);
	} else {
		assert_null(content);
	}
	free(content);
}

int scratch_count(void)
{
	DIR *d = opendir(directory);
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

struct scratch_ends scratch_terminal(void)
{
	struct scratch_ends ends;
	struct winsize size = { .ws_row = 24, .ws_col = 60 };
	struct termios raw;

	ends.out = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(ends.out >= 0);
	assert_int_equal(grantpt(ends.out), 0);
	assert_int_equal(unlockpt(ends.out), 0);
	ends.in = open(ptsname(ends.out), O_RDWR | O_NOCTTY);
	assert_true(ends.in >= 0);
	assert_int_equal(ioctl(ends.in, TIOCSWINSZ, &size), 0);
	assert_int_equal(tcgetattr(ends.in, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(ends.in, TCSANOW, &raw), 0);
	return ends;
}

struct scratch_ends scratch_pipe(void)
{
	int both[2];

	assert_int_equal(pipe(both), 0);
	return (struct scratch_ends){ both[1], both[0] };
}

char *scratch_drain(struct scratch_ends *ends, size_t *n)
{
	char *content = calloc(1, DRAIN_MAX + 1);
	size_t at = 0;

	assert_non_null(content);
	for (;;) {
		struct pollfd out = { .fd = ends->out, .events = POLLIN };
		ssize_t got = 0;

		if (poll(&out, 1, 0) > 0 && (out.revents & POLLIN))
			got = read(ends->out, content + at, DRAIN_MAX - at);
		if (got <= 0)
			break;
		at += (size_t)got;
	}
	close(ends->in);
	close(ends->out);
	if (n)
		*n = at;
	return content;
}

int scratch_redirect(int number, int fd)
{
	int saved = dup(number);

	fflush(NULL);
	assert_true(saved >= 0);
	assert_int_equal(dup2(fd, number), number);
	return saved;
}

void scratch_restore(int number, int saved)
{
	assert_int_equal(dup2(saved, number), number);
	close(saved);
}
