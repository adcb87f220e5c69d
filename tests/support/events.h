/* A transfer that never was, told to an observer: two hops with everything in
 * them, all times fixed. */
#ifndef TESTS_SUPPORT_EVENTS_H
#define TESTS_SUPPORT_EVENTS_H

#include "transfer/observer.h"

/* Tell `o` of it: a POST to https://joe:pw@h.example/ that is refused by the
 * first address, connects to the second, and is redirected; and a GET over the
 * same connection whose chunked body breaks off. `error` gets its result. */
void events_play(const struct observer *o, struct error *error);

#endif
