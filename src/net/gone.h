/* Whether anybody is left at the other end of a connection that has been closed
 * from there: who has shut one direction only looks the same. */
#ifndef NET_GONE_H
#define NET_GONE_H

#include <stdbool.h>

/* Have the system ask a TCP peer now and then whether it is still there, so
 * that poll tells of one that is not: POLLERR. A peer's system remembers for
 * about a minute what it has closed. */
void gone_watch(int fd);

/* The peer of the socket `fd`, whose end has been received, is on this machine
 * and has closed the other direction, too. False where that cannot be known. */
bool gone_for_good(int fd);

#endif
