#include "policy/pace.h"

#define SECOND INT64_C(1000000)
#define BURST (SECOND / 10)

bool pace_wanted(const struct pace_config *config)
{
	return config->max_speed ||
		(config->min_speed && config->min_speed_s > 0);
}

void pace_start(struct pace *p, const struct pace_config *config,
	uint64_t bytes, int64_t now)
{
	*p = (struct pace){
		.in = { config->max_speed, now },
		.out = { config->max_speed, now },
		.min_speed = config->min_speed,
		.total = bytes,
		.counted = bytes,
		.samples = { { now, bytes } },
		.n_samples = 1,
		.slow_since = -1,
	};
	if (config->min_speed && config->min_speed_s > 0)
		p->min_speed_us = config->min_speed_s * SECOND;
}

uint64_t pace_allow(const struct pace_rate *rate, int64_t now)
{
	uint64_t slice = rate->speed / (SECOND / BURST);

	if (rate->speed == 0)
		return UINT64_MAX;
	if (now < rate->due)
		return 0;
	return slice ? slice : 1;
}

void pace_spend(struct pace_rate *rate, uint64_t n, int64_t now)
{
	double us;

	if (rate->speed == 0)
		return;
	us = (double)n * (double)SECOND / (double)rate->speed;
	/* A wait that took too long is made up for, silence is not. */
	if (rate->due < now - BURST)
		rate->due = now - BURST;
	rate->due = us < (double)(INT64_MAX / 2 - rate->due)
		? rate->due + (int64_t)us
		: INT64_MAX / 2;
}

/* --- too slow */

static const struct pace_sample *last_sample(const struct pace *p)
{
	return &p->samples[(p->n_samples - 1) % PACE_SAMPLES];
}

int64_t pace_next_look(const struct pace *p)
{
	return p->min_speed_us ? last_sample(p)->time + SECOND : INT64_MAX;
}

bool pace_look(struct pace *p, uint64_t bytes, int64_t now)
{
	const struct pace_sample *first;
	int64_t before = last_sample(p)->time;
	double speed;

	p->total += bytes < p->counted ? bytes : bytes - p->counted;
	p->counted = bytes;
	if (!p->min_speed_us || now < before + SECOND)
		return p->too_slow;
	p->samples[p->n_samples++ % PACE_SAMPLES] =
		(struct pace_sample){ now, p->total };
	first = &p->samples[p->n_samples > PACE_SAMPLES
			? p->n_samples % PACE_SAMPLES
			: 0];
	speed = (double)(p->total - first->bytes) * (double)SECOND /
		(double)(now - first->time);
	if (speed >= (double)p->min_speed)
		p->slow_since = -1;
	else if (p->slow_since < 0)
		p->slow_since = before;
	if (p->slow_since >= 0 && now - p->slow_since >= p->min_speed_us)
		p->too_slow = true;
	return p->too_slow;
}
