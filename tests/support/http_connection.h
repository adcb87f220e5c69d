/* One connection of the HTTP server, without a listener: http_serve in a thread
 * at the other end of a socket pair. */
#ifndef TESTS_SUPPORT_HTTP_CONNECTION_H
#define TESTS_SUPPORT_HTTP_CONNECTION_H

#include <pthread.h>

#include "base/buf.h"
#include "talk/http_server.h"

/* What it answers. */
#define CONNECTION_HOST "Host: a\r\n"
#define CONNECTION_TEXT "Content-Type: text/plain; charset=utf-8\r\n"
#define CONNECTION_OK                                                         \
	"HTTP/1.1 200 OK\r\nDate: X\r\nContent-Length: 3\r\n" CONNECTION_TEXT \
	"\r\nOK\n"

struct connection {
	struct http_service service; /* to be filled in before the start, but
				      * for its reply, */
	struct reply reply; /* which is this */
	int64_t idle_ms; /* 0: 10 s */
	size_t shown_max; /* the receiver fails behind it; 0: never */
	int fd; /* the client's end, blocking */

	/* After connection_end */
	struct buf shown, notes; /* notes: a line each */
	struct visit visit;
	struct error error;
	int result;

	struct receiver receiver; /* private as what follows */
	pthread_t thread;
};

/* Start serving. */
void connection_open(struct connection *c);

/* No more is sent: all that still comes, as a heap string, its dates as "X". */
char *connection_rest(struct connection *c);

/* Wait for its end. */
void connection_end(struct connection *c);
void connection_fini(struct connection *c);

/* Fail unless `got` is `expected`, which may end in "..." for anything. */
void assert_like(const char *got, const char *expected);

#endif
