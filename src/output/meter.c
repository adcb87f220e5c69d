#include "output/meter.h"

#include "base/clock.h"
#include "output/figures.h"
#include "output/standard.h"

#define SAMPLES \
	(sizeof(((struct meter *)0)->samples) / sizeof(struct meter_sample))
#define LINE_LIMIT 4096u

void meter_init(struct meter *m, int fd)
{
	*m = (struct meter){ .fd = fd, .begun = clock_now() };
}

/* --- the transfers' side */

void meter_join(struct meter_part *part, struct meter *m)
{
	*part = (struct meter_part){ .meter = m };
	atomic_fetch_add(&m->unknown, 1);
	atomic_fetch_add(&m->started, 1);
}

static void add(atomic_ullong *total, uint64_t *known, uint64_t now)
{
	if (now < *known)
		*known = 0;
	if (now > *known)
		atomic_fetch_add(total, now - *known);
	*known = now;
}

void meter_note(struct meter_part *part, const struct facts *f)
{
	struct meter *m = part->meter;

	/* Behind a redirect, or another attempt, it begins anew. */
	if (f->wire < part->received)
		part->before += part->received;
	add(&m->received, &part->received, f->wire);
	add(&m->sent, &part->sent, f->sent);
	if (part->sized || f->expected == UINT64_MAX)
		return;
	part->sized = true;
	part->expected = f->expected;
	atomic_fetch_add(&m->expected, f->expected);
	atomic_fetch_sub(&m->unknown, 1);
}

static void on_progress(void *context, const struct facts *f)
{
	meter_note(context, f);
}

struct observer meter_observer(struct meter_part *part)
{
	static const struct observer_ops ops = { .progress = on_progress };

	return (struct observer){ .ops = &ops, .context = part };
}

void meter_leave(struct meter_part *part, const struct facts *f)
{
	struct meter *m = part->meter;

	meter_note(part, f);
	/* What has come is all that will. */
	if (!part->sized)
		atomic_fetch_sub(&m->unknown, 1);
	atomic_fetch_add(
		&m->expected, part->before + part->received - part->expected);
	atomic_fetch_add(&m->ended, 1);
}

/* --- the drawer's side */

static void add_percent(
	struct buf *out, bool known, uint64_t part, uint64_t whole)
{
	unsigned percent = 100;

	if (!known || whole == 0) {
		buf_add_text(out, "-- ");
		return;
	}
	if (part < whole)
		percent = (unsigned)((double)part * 100 / (double)whole);
	buf_printf(out, "%3u", percent);
}

static uint64_t current_speed(struct meter *m, int64_t now, uint64_t bytes)
{
	const struct meter_sample *first;
	size_t n;

	m->samples[m->n_samples++ % SAMPLES] =
		(struct meter_sample){ now, bytes };
	n = m->n_samples;
	if (n == 1)
		return figures_speed(bytes, now - m->begun);
	first = &m->samples[n > SAMPLES ? n % SAMPLES : 0];
	return figures_speed(bytes - first->bytes, now - first->time);
}

void meter_line(struct meter *m, struct buf *out)
{
	int64_t now = clock_now();
	uint64_t received = m->received, sent = m->sent, expected = m->expected;
	unsigned long started = m->started, live = started - m->ended;
	bool known = m->complete && m->unknown == 0;
	uint64_t spent = (uint64_t)(now - m->begun) / 1000000, total = 0;
	uint64_t speed = figures_speed(received, now - m->begun);

	if (known && speed)
		total = expected / speed;
	if (m->n_samples == 0)
		buf_add_text(out,
			"DL% UL%  Dled  Uled  Xfers  Live Total     Current  "
			"Left    Speed\n");
	buf_add_char(out, '\r');
	add_percent(out, known, received, expected);
	buf_add_char(out, ' ');
	add_percent(out, known && live == 0, sent, sent);
	buf_add_char(out, ' ');
	figures_count(out, received);
	buf_add_char(out, ' ');
	figures_count(out, sent);
	buf_printf(out, " %5lu %5lu  ", started, live);
	figures_time(out, total);
	buf_add_char(out, ' ');
	figures_time(out, spent);
	buf_add_char(out, ' ');
	figures_time(out, total > spent ? total - spent : 0);
	buf_add_char(out, ' ');
	figures_count(out, current_speed(m, now, received + sent));
}

void meter_draw(struct meter *m)
{
	struct buf line;

	buf_init(&line, LINE_LIMIT);
	meter_line(m, &line);
	standard_draw(m->fd, buf_str(&line));
	buf_fini(&line);
}

void meter_end(struct meter *m)
{
	meter_draw(m);
	standard_draw_end(m->fd);
}
