/* How fast a transfer may be, and how slow: --limit-rate, --speed-limit and
 * --speed-time. Times are microseconds on any clock that only goes forward. */
#ifndef POLICY_PACE_H
#define POLICY_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_SAMPLES 6

struct pace_config {
	uint64_t max_speed; /* bytes a second, each way; 0: no limit */
	uint64_t min_speed; /* bytes a second, both ways; 0: no limit */
	int64_t min_speed_s; /* how long it may be slower; 0: no limit */
};

/* One direction: a bucket that a tenth of a second fills. */
struct pace_rate {
	uint64_t speed; /* 0: no limit */
	int64_t due; /* when what has been spent is paid for */
};

struct pace {
	struct pace_rate in, out;
	uint64_t min_speed;
	int64_t min_speed_us; /* 0: no limit */
	bool too_slow; /* pace_look has said so */

	/* private: what has been counted, the last five seconds, and when it
	 * began to be slow */
	uint64_t total; /* bytes of the whole transfer */
	uint64_t counted; /* bytes, as pace_look was told last */
	struct pace_sample {
		int64_t time;
		uint64_t bytes;
	} samples[PACE_SAMPLES];
	unsigned n_samples;
	int64_t slow_since; /* -1: it is not slow */
};

/* Something has to be looked at. */
bool pace_wanted(const struct pace_config *config);

/* A transfer begins at `now`, of which `bytes` have been counted. */
void pace_start(struct pace *p, const struct pace_config *config,
	uint64_t bytes, int64_t now);

/* The bytes that may pass now: 0 before rate->due, else a tenth of a second's
 * worth, one at least; UINT64_MAX without a limit. */
uint64_t pace_allow(const struct pace_rate *rate, int64_t now);

/* `n` bytes have passed; more than were allowed are made up for later. */
void pace_spend(struct pace_rate *rate, uint64_t n, int64_t now);

/* When to look again whether it is too slow; INT64_MAX: never. */
int64_t pace_next_look(const struct pace *p);

/* Whether the transfer, of which `bytes` have passed by now (or since they were
 * counted from 0 again, as they are for a redirect), has been too slow for too
 * long: its average over five seconds, looked at once a second, was below the
 * limit all the time. */
bool pace_look(struct pace *p, uint64_t bytes, int64_t now);

#endif
