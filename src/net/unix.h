/* Stream sockets of the Unix domain (unix(7)): by a path in the file system, or
 * by a name in Linux's abstract namespace. */
#ifndef NET_UNIX_H
#define NET_UNIX_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "net/stream.h"

struct unix_address {
	struct sockaddr_un sa;
	socklen_t n;
};

/* The address of `path`; "@name" is the abstract socket "name". Returns 0, or
 * -ERR_URL_MALFORMED when it is empty or longer than a socket's path may be. */
int unix_address(
	struct unix_address *out, const char *path, struct error *e) CHECKED;

/* Connect to the socket at `path`. The stream, plain, or NULL with
 * ERR_URL_MALFORMED, ERR_CONNECT (the path and why), ERR_TIMEOUT when whoever
 * listens there has taken nobody in before the deadline. */
struct stream *unix_connect(
	const char *path, int64_t deadline, struct error *e) CHECKED;

#endif
