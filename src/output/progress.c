#include "output/progress.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "output/descriptor.h"
#include "output/figures.h"
#include "output/terminal.h"

#define SECOND INT64_C(1000000)
#define TABLE_INTERVAL SECOND
#define BAR_INTERVAL (SECOND / 10)
#define SAMPLES 6 /* the current speed is that of the last five intervals */
#define PERCENT_WIDTH 7 /* " 100.0%" */
#define LINE_LIMIT 16384u

struct sample {
	int64_t time;
	uint64_t bytes;
};

struct progress {
	int fd;
	bool bar;
	bool drawn; /* something stands there, the table's heading at least */
	bool open; /* the cursor is behind a line without a newline */
	int64_t started, next; /* clock_now() */
	struct sample samples[SAMPLES]; /* a ring */
	size_t n_samples;
	unsigned frames; /* of a bar whose end is not known */
	struct buf line;
};

struct progress *progress_new(int fd, bool bar, struct error *e)
{
	struct progress *p = calloc(1, sizeof(*p));

	if (!p) {
		error_memory(e);
		return NULL;
	}
	p->fd = fd;
	p->bar = bar;
	p->started = clock_now();
	buf_init(&p->line, LINE_LIMIT);
	return p;
}

void progress_free(struct progress *p)
{
	if (!p)
		return;
	buf_fini(&p->line);
	free(p);
}

/* What was composed goes out in one piece; a meter that cannot be shown is no
 * reason to fail. */
static void put_line(struct progress *p)
{
	(void)descriptor_write_str(p->fd, buf_str(&p->line));
	buf_clear(&p->line);
}

/* --- the table */

static void add_percent(struct buf *out, uint64_t part, uint64_t whole)
{
	uint64_t percent = 0;

	if (whole)
		percent = part < UINT64_MAX / 100 ? part * 100 / whole
						  : part / (whole / 100);
	buf_printf(out, "%3u", (unsigned)(percent < 999 ? percent : 999));
}

static uint64_t current_speed(const struct progress *p)
{
	size_t n = p->n_samples;
	const struct sample *last, *first;

	if (n < 2)
		return 0;
	last = &p->samples[(n - 1) % SAMPLES];
	first = &p->samples[n > SAMPLES ? n % SAMPLES : 0];
	return figures_speed(
		last->bytes - first->bytes, last->time - first->time);
}

/* How much there will be of one direction, as far as is known: what has come,
 * or gone, without a size to go by. */
static uint64_t expected_size(uint64_t moved, uint64_t size)
{
	return size == UINT64_MAX || size < moved ? moved : size;
}

/* Seconds that one direction takes in all; 0 when that is not known. */
static uint64_t estimate(uint64_t moved, uint64_t size, uint64_t speed)
{
	return size != UINT64_MAX && speed ? expected_size(moved, size) / speed
					   : 0;
}

static void add_part(struct buf *out, uint64_t moved, uint64_t size)
{
	buf_add_text(out, "  ");
	add_percent(out, moved,
		size == UINT64_MAX ? 0 : expected_size(moved, size));
	buf_add_char(out, ' ');
	figures_count(out, moved);
}

static void add_row(struct progress *p, const struct facts *f, int64_t now)
{
	struct buf *out = &p->line;
	int64_t elapsed = now - p->started;
	uint64_t spent = (uint64_t)elapsed / SECOND;
	uint64_t expected = expected_size(f->wire, f->expected) +
		expected_size(f->sent, f->to_send);
	uint64_t down = figures_speed(f->wire, elapsed);
	uint64_t up = figures_speed(f->sent, elapsed);
	uint64_t total = estimate(f->wire, f->expected, down);
	uint64_t sending = estimate(f->sent, f->to_send, up);

	if (sending > total)
		total = sending;
	add_percent(out, f->wire + f->sent, expected);
	buf_add_char(out, ' ');
	figures_count(out, expected);
	add_part(out, f->wire, f->expected);
	add_part(out, f->sent, f->to_send);
	buf_add_text(out, "  ");
	figures_count(out, down);
	buf_add_text(out, "  ");
	figures_count(out, up);
	buf_add_char(out, ' ');
	figures_time(out, total);
	buf_add_char(out, ' ');
	figures_time(out, spent);
	buf_add_char(out, ' ');
	figures_time(out, total > spent ? total - spent : 0);
	buf_add_char(out, ' ');
	figures_count(out, current_speed(p));
}

static void draw_table(struct progress *p, const struct facts *f, int64_t now)
{
	p->samples[p->n_samples++ % SAMPLES] =
		(struct sample){ now, f->wire + f->sent };
	if (!p->drawn)
		buf_add_text(&p->line,
			"  % Total    % Received % Xferd  Average Speed   "
			"Time    Time     Time  Current\n"
			"                                 Dload  Upload   "
			"Total   Spent    Left  Speed\n");
	buf_add_char(&p->line, '\r');
	add_row(p, f, now);
}

/* --- the bar */

static void add_repeated(struct buf *out, char c, size_t n)
{
	while (n-- > 0)
		buf_add_char(out, c);
}

/* How far it has come, in thousandths. */
static unsigned thousandths(uint64_t part, uint64_t whole)
{
	if (part >= whole)
		return 1000;
	return (unsigned)((double)part * 1000 / (double)whole);
}

/* A block that walks to and fro while the end is not known. */
static void add_walker(struct progress *p, size_t width)
{
	static const char block[] = "<=>";
	size_t way = width - (sizeof(block) - 1);
	size_t at = p->frames++ % (2 * way);

	if (at > way)
		at = 2 * way - at;
	add_repeated(&p->line, ' ', at);
	buf_add_text(&p->line, block);
	add_repeated(&p->line, ' ', way - at);
}

static void draw_bar(struct progress *p, const struct facts *f)
{
	size_t width = (size_t)terminal_columns(p->fd) - PERCENT_WIDTH;
	unsigned done;
	size_t hashes;

	buf_add_char(&p->line, '\r');
	/* An upload is watched until what comes back has a size. */
	if (f->expected == UINT64_MAX &&
		(f->to_send == UINT64_MAX || f->to_send == 0)) {
		add_walker(p, width);
		return;
	}
	done = thousandths(f->resumed + f->wire + f->sent,
		f->resumed +
			(f->expected == UINT64_MAX ? f->wire : f->expected) +
			expected_size(f->sent, f->to_send));
	hashes = width * done / 1000;
	add_repeated(&p->line, '#', hashes);
	add_repeated(&p->line, ' ', width - hashes);
	buf_printf(&p->line, " %3u.%u%%", done / 10, done % 10);
}

/* --- when */

static void draw(struct progress *p, const struct facts *f, int64_t now)
{
	if (p->bar)
		draw_bar(p, f);
	else
		draw_table(p, f, now);
	p->drawn = p->open = true;
	p->next = now + (p->bar ? BAR_INTERVAL : TABLE_INTERVAL);
	put_line(p);
}

void progress_show(struct progress *p, const struct facts *f)
{
	int64_t now = clock_now();

	if (now >= p->next && (p->drawn || f->wire + f->sent > 0))
		draw(p, f, now);
}

void progress_break(struct progress *p)
{
	if (!p->open)
		return;
	buf_add_char(&p->line, '\n');
	put_line(p);
	p->open = false;
}

void progress_end(struct progress *p, const struct facts *f)
{
	if (!p->drawn && f->status == 0 && f->wire + f->sent == 0)
		return;
	if (p->bar && !p->drawn && f->wire + f->sent == 0)
		return; /* no body, so no bar */
	draw(p, f, clock_now());
	progress_break(p);
}
