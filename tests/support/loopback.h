/* Sockets on the loopback interface for tests: nothing here uses a fixed port,
 * and each failure to set one up fails the test. */
#ifndef TESTS_SUPPORT_LOOPBACK_H
#define TESTS_SUPPORT_LOOPBACK_H

#include <stdint.h>

/* A listening socket on 127.0.0.1 or ::1, whose port goes to `*port`. With a
 * `*port` that is not 0 it is that one; -1 when it is taken. */
int loopback_listen(int family, uint16_t *port);

/* The two listening sockets of one port: [0] on 127.0.0.1, [1] on ::1. */
void loopback_listen_both(int listeners[2], uint16_t *port);

/* A socket that holds a port on which nothing listens: connecting to it is
 * refused for as long as the socket is open. */
int loopback_refusing(int family, uint16_t *port);

#define LOOPBACK_FILL 8

/* A listener that answers no more: connecting to it hangs. */
struct blackhole {
	int listener;
	int fill[LOOPBACK_FILL];
};

/* Take `listener`, of which nothing was accepted yet, and fill its queue. */
void blackhole_init(struct blackhole *b, int listener);
void blackhole_fini(struct blackhole *b);

/* A connected TCP pair; ends[0] is non-blocking, ends[1] blocks. */
void loopback_pair(int ends[2]);

/* Close a connection with RST. */
void loopback_reset(int fd);

#endif
