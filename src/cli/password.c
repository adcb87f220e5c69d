#include "cli/password.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/compat.h"
#include "output/descriptor.h"

#define LOOK_MS 200 /* between looks at signals while nothing is typed */
#define PASSWORD_MAX 4096

/* The signals that end a program at the keyboard: they must not leave the
 * terminal without its echo. */
static const int endings[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };

#define N_ENDINGS (sizeof(endings) / sizeof(endings[0]))

static volatile sig_atomic_t ended_by; /* 0: none of them */

static void note_signal(int number)
{
	ended_by = number;
}

/* Without SA_RESTART, so that read(2) ends. */
static void hold_signals(struct sigaction old[static N_ENDINGS])
{
	struct sigaction action = { .sa_handler = note_signal };

	ended_by = 0;
	for (size_t i = 0; i < N_ENDINGS; i++) {
		sigaction(endings[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN)
			sigaction(endings[i], &action, NULL);
	}
}

static void let_signals_go(const struct sigaction old[static N_ENDINGS])
{
	for (size_t i = 0; i < N_ENDINGS; i++)
		sigaction(endings[i], &old[i], NULL);
	if (ended_by)
		raise(ended_by);
}

/* Returns 0 or an errno value. */
static int read_line(int fd, struct buf *out)
{
	for (;;) {
		struct pollfd typed = { .fd = fd, .events = POLLIN };
		char c;
		ssize_t n;

		/* The signal may have come to another thread. */
		while (!ended_by && poll(&typed, 1, LOOK_MS) == 0)
			continue;
		if (ended_by)
			return EINTR;
		n = read(fd, &c, 1);

		if (n < 0 && errno == EINTR && !ended_by)
			continue;
		if (n < 0)
			return errno;
		if (n == 0 || c == '\n')
			return 0;
		buf_add_char(out, c);
	}
}

static int read_unseen(int fd, struct buf *out)
{
	struct sigaction old[N_ENDINGS];
	struct termios seen, unseen;
	int failed;

	if (tcgetattr(fd, &seen) < 0)
		return errno;
	unseen = seen;
	unseen.c_lflag &= ~(tcflag_t)ECHO;
	hold_signals(old);
	tcsetattr(fd, TCSAFLUSH, &unseen);
	failed = read_line(fd, out);
	tcsetattr(fd, TCSAFLUSH, &seen);
	(void)descriptor_write_str(fd, STR("\n"));
	let_signals_go(old);
	return failed;
}

static int ask(const char *whose, const char *user, struct buf *out)
{
	struct buf prompt;
	int failed, fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return errno;
	buf_init(&prompt, PASSWORD_MAX);
	buf_printf(&prompt, "Enter %s password for user '%s':", whose, user);
	failed = -descriptor_write_str(fd, buf_str(&prompt));
	buf_fini(&prompt);
	if (!failed)
		failed = read_unseen(fd, out);
	close(fd);
	return failed;
}

char *password_ask(const char *option, const char *whose, const char *user,
	struct error *e)
{
	struct buf pair;
	int failed;

	buf_init(&pair, PASSWORD_MAX);
	buf_printf(&pair, "%s:", user);
	failed = ask(whose, user, &pair);
	if (failed)
		error_set(e, ERR_READ,
			"%s has no password and none can be asked for: %s; "
			"write \"%s:\" for an empty one",
			option, error_system(failed), user);
	else if (buf_check(&pair, "password", e) == 0)
		return buf_take(&pair);
	buf_fini(&pair);
	return NULL;
}
