/* The end that a signal asks for. Whoever waits is woken and fails as at a
 * deadline, so that what has been gathered is finished as after a failure; then
 * the signal ends the program. A second one does so at once, and so does the
 * first after a few seconds. */
#ifndef BASE_INTERRUPT_H
#define BASE_INTERRUPT_H

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Have SIGINT, SIGTERM and SIGHUP noted from now on, unless the program was
 * started to ignore them. When the program ends at once, `clean` is called
 * before, in a signal handler. Before there are threads; further calls change
 * nothing. */
void interrupt_catch(void (*clean)(void));

/* The signal that has come; 0: none. */
int interrupt_number(void);

/* 0 while none has come; then the exit code that shells know it by, 128 and its
 * number, is set in `e` and returned negative: ERR_INTERRUPTED, ERR_TERMINATED
 * or ERR_HANGUP. */
int interrupt_check(struct error *e) CHECKED;

/* `error` is one of interrupt_check. */
bool interrupt_is(int error);

/* poll(2) until `deadline`, of LIMIT_WAITS descriptors at most: how many are
 * ready, 0 when none was in time, or -1 with errno, which is EINTR only after
 * such a signal: any other is let pass. */
int interrupt_poll(struct pollfd *fds, nfds_t n, int64_t deadline);

/* Why interrupt_poll has returned -1, before errno is another: as
 * interrupt_check, or ERR_RECV in the words of errno. */
int interrupt_failed(struct error *e) CHECKED;

/* Do nothing until `deadline`, which is not DEADLINE_NONE, or such a signal. */
void interrupt_sleep(int64_t deadline);

/* What is written after the signal may take so long: a second from when it
 * came. DEADLINE_NONE before. */
int64_t interrupt_deadline(void);

/* After such a signal: have a thread that is still in a call that blocks look
 * again. */
void interrupt_wake(pthread_t thread);

/* Where it is noted, for code that is loaded with a copy of these functions:
 * the copy looks there after interrupt_share. */
struct interrupts;
struct interrupts *interrupt_noted(void);
void interrupt_share(struct interrupts *noted);

/* End by the signal that has come; return when none has. */
void interrupt_end(void);

#endif
