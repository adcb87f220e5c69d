#include "cli/password.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/compat.h"

#define PASSWORD_MAX 4096

static int read_line(int fd, struct buf *out)
{
	char c;
	ssize_t n;

	while ((n = read(fd, &c, 1)) > 0 && c != '\n')
		buf_add_char(out, c);
	return n < 0 ? errno : 0;
}

char *password_ask(const char *whose, const char *user, struct error *e)
{
	struct termios seen, unseen;
	struct buf prompt, pair;
	int failed = 0, fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	buf_init(&pair, PASSWORD_MAX);
	buf_printf(&pair, "%s:", user);
	if (fd >= 0) {
		buf_init(&prompt, PASSWORD_MAX);
		buf_printf(&prompt, "Enter %s password for user '%s':", whose,
			user);
		if (write(fd, prompt.p, prompt.n) < 0 ||
			tcgetattr(fd, &seen) < 0)
			failed = errno;
		buf_fini(&prompt);
	} else
		failed = errno;
	if (!failed) {
		unseen = seen;
		unseen.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(fd, TCSAFLUSH, &unseen);
		failed = read_line(fd, &pair);
		tcsetattr(fd, TCSAFLUSH, &seen);
		if (write(fd, "\n", 1) < 0)
			failed = errno;
	}
	if (fd >= 0)
		close(fd);
	if (failed) {
		buf_fini(&pair);
		error_set(e, ERR_READ,
			"-u, --user has no password and none can be asked for: "
			"%s; write \"%s:\" for an empty one",
			error_system(failed), user);
		return NULL;
	}
	return buf_take(&pair);
}
