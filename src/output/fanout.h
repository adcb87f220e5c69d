/* Several observers of one transfer as one. */
#ifndef OUTPUT_FANOUT_H
#define OUTPUT_FANOUT_H

#include "transfer/observer.h"

#define FANOUT_MAX 8

/* Zero it to start. */
struct fanout {
	struct observer to[FANOUT_MAX]; /* told in this order */
	int n;
	struct observer_ops ops; /* private: what at least one of them wants */
	bool log; /* private: at least one of them reads lines */
};

/* Add an observer; there is room for FANOUT_MAX, and more are a mistake of the
 * caller's. One that wants nothing may be added. */
void fanout_add(struct fanout *f, const struct observer *o);

/* An observer that passes on to all that were added; it borrows `f`, and asks
 * for no event that none of them does. Of one alone, that one. */
struct observer fanout_observer(struct fanout *f);

#endif
