#include "output/timing.h"

#include <inttypes.h>

#include "output/terminal.h"

#define LABELS 38 /* columns before the bars */
#define TELLING_US 1000 /* spent before the network that is worth a line */
#define NARROWEST 10 /* bar worth drawing */

struct look {
	const char *name;
	const char *colour; /* SGR */
};

static const struct look looks[PHASES] = {
	[PHASE_BLOCKED] = { "blocked", "90" },
	[PHASE_DNS] = { "name", "34" },
	[PHASE_CONNECT] = { "connect", "33" },
	[PHASE_PROXY] = { "proxy", "37" },
	[PHASE_TLS] = { "tls", "35" },
	[PHASE_SEND] = { "request", "36" },
	[PHASE_WAIT] = { "first byte", "31" },
	[PHASE_RECEIVE] = { "body", "32" },
};

static void add_ms(struct buf *out, int64_t us, int width)
{
	struct buf text;

	buf_init(&text, 64);
	buf_printf(&text, "%" PRId64 ".%" PRId64, us / 1000, us % 1000 / 100);
	for (size_t n = text.n; n < (size_t)width; n++)
		buf_add_char(out, ' ');
	buf_add_str(out, buf_str(&text));
	buf_add_text(out, " ms");
	buf_fini(&text);
}

/* The part of the scale that a phase takes; at least one cell. */
static void add_bar(struct buf *out, const struct timing *t,
	const struct ledger_span *p, const char *colour, int64_t start,
	int64_t whole)
{
	int width = t->columns - LABELS;
	int from, to;

	if (width < NARROWEST)
		return;
	from = whole ? (int)((p->from - start) * width / whole) : 0;
	to = whole ? (int)((p->to - start) * width / whole) : 0;
	if (from > width - 1)
		from = width - 1;
	if (to <= from)
		to = from + 1;
	buf_add_text(out, "  ");
	for (int i = 0; i < from; i++)
		buf_add_char(out, ' ');
	if (t->colour)
		buf_printf(out, "\x1b[%sm", colour);
	for (int i = from; i < to; i++)
		buf_add_char(out, '#');
	if (t->colour)
		buf_add_text(out, "\x1b[0m");
}

static void add_title(
	struct buf *out, const struct timing *t, const struct ledger_hop *h)
{
	struct terminal_filter filter = { .n = 0 };
	struct buf url;

	buf_init(&url, LIMIT_URL * 2);
	ledger_add_url(&url, h, t->secrets);
	buf_printf(out, "Timing: %s ", h->method ? h->method : "");
	if (t->columns)
		terminal_escape(&filter, buf_str(&url), true, out);
	else
		buf_add_str(out, buf_str(&url));
	if (h->hop.status)
		buf_printf(out, ", %d", h->hop.status);
	buf_add_text(out, h->error.code ? ", failed after " : ", ");
	add_ms(out, ledger_timings(h).total, 0);
	buf_add_char(out, '\n');
	buf_fini(&url);
}

static void add_hop(struct buf *out, const struct timing *t,
	const struct ledger_hop *h, int64_t start, int64_t whole)
{
	struct ledger_timings times = ledger_timings(h);

	add_title(out, t, h);
	for (enum ledger_phase i = 0; i < PHASES; i++) {
		const struct ledger_span *p = &times.phases[i];
		bool unfinished = i == times.unfinished;

		if (!p->to ||
			(i == PHASE_BLOCKED && !unfinished &&
				p->to - p->from < TELLING_US))
			continue;
		buf_printf(out, "  %-10s", looks[i].name);
		add_ms(out, p->to - p->from, 8);
		buf_add_text(out, " at");
		add_ms(out, p->from - start, 8);
		if (t->columns)
			add_bar(out, t, p, looks[i].colour, start, whole);
		buf_add_char(out, '\n');
	}
	if (times.unfinished < PHASES)
		buf_printf(out, "  unfinished: %s\n",
			looks[times.unfinished].name);
}

void timing_write(struct buf *out, const struct timing *t)
{
	const struct ledger *l = t->ledger;
	int64_t start, whole;

	if (!l->n)
		return;
	start = l->hops[0]->hop.began;
	whole = l->hops[l->n - 1]->hop.ended - start;
	for (size_t i = 0; i < l->n; i++)
		add_hop(out, t, l->hops[i], start, whole);
}
