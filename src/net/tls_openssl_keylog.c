/* SSLKEYLOGFILE: the secrets of connections in a file, for programs that read
 * captured traffic (the format is NSS's). */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "net/tls_openssl.h"

/* Secrets are for nobody else, also in a file that was there before. */
static bool is_private(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
		(!S_ISREG(st.st_mode) || !(st.st_mode & 077) ||
			fchmod(fd, st.st_mode & 0700) == 0);
}

/* The lines of several threads and programs stand one behind the other, for
 * each is appended by one call. That they cannot be written is no reason to do
 * without the connection. */
static void add_line(const SSL *ssl, const char *line)
{
	const char *path = getenv("SSLKEYLOGFILE");
	struct iovec iov[] = { { (char *)line, strlen(line) },
		{ (char *)"\n", 1 } };
	ssize_t written;
	int fd;

	(void)ssl;
	if (!path)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	written = is_private(fd) ? writev(fd, iov, 2) : 0;
	(void)written;
	close(fd);
}

void tls_keylog(SSL_CTX *ctx)
{
	const char *path = getenv("SSLKEYLOGFILE");

	if (path && *path)
		SSL_CTX_set_keylog_callback(ctx, add_line);
}
