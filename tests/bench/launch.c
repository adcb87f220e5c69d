/* Runs one program and prints what it cost:
 *
 *     launch [-p] PROGRAM ARGUMENT...
 *
 * One line on standard output: nanoseconds from before fork to after the end,
 * microseconds of user and of system time, the largest resident set in the
 * unit of getrusage, the exit status (128 and the number for a signal), and
 * the bytes read from its standard output. That is /dev/null, or, with -p, a
 * pipe that this program reads. It is so small because the memory of whoever
 * forks counts as that of the program until it is executed.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECONDS_MAX 300 /* for one run */
#define READ_SIZE 131072 /* as cat and other readers of pipes have it */

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t microseconds(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "launch: %s: %s\n", what, strerror(errno));
	_exit(127);
}

static _Noreturn void execute(int out, char **argv)
{
	if (dup2(out, STDOUT_FILENO) < 0)
		fail("standard output");
	alarm(SECONDS_MAX);
	execv(argv[0], argv);
	fail(argv[0]);
}

static int64_t drain(int from)
{
	static char buffer[READ_SIZE];
	int64_t sum = 0;

	for (;;) {
		ssize_t n = read(from, buffer, sizeof(buffer));

		if (n < 0 && errno != EINTR)
			fail("the pipe");
		if (n == 0)
			return sum;
		if (n > 0)
			sum += n;
	}
}

static void open_output(bool pipe_asked, int *to, int *from)
{
	int ends[2];

	if (pipe_asked) {
		if (pipe2(ends, O_CLOEXEC) < 0)
			fail("pipe");
		*from = ends[0];
		*to = ends[1];
		return;
	}
	*from = -1;
	*to = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (*to < 0)
		fail("/dev/null");
}

int main(int argc, char **argv)
{
	bool pipe_asked = argc > 1 && strcmp(argv[1], "-p") == 0;
	char **command = argv + 1 + pipe_asked;
	struct rusage used;
	int64_t started, bytes = 0;
	int to, from, status;
	pid_t child;

	if (argc < 2 + pipe_asked) {
		fprintf(stderr, "usage: launch [-p] PROGRAM ARGUMENT...\n");
		return 2;
	}
	open_output(pipe_asked, &to, &from);
	started = now();
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0)
		execute(to, command);
	close(to);
	if (from >= 0)
		bytes = drain(from);
	if (wait4(child, &status, 0, &used) != child)
		fail("wait4");
	printf("%" PRId64 " %" PRId64 " %" PRId64 " %ld %d %" PRId64 "\n",
		now() - started, microseconds(used.ru_utime),
		microseconds(used.ru_stime), used.ru_maxrss,
		WIFEXITED(status) ? WEXITSTATUS(status)
				  : 128 + WTERMSIG(status),
		bytes);
	return 0;
}
