#include "output/ledger.h"

#include <stdlib.h>

#include "http/redact.h"

void ledger_init(struct ledger *l, size_t body_limit)
{
	*l = (struct ledger){ .body_limit = body_limit };
}

static void tls_free(struct ledger_tls *t)
{
	if (!t)
		return;
	free(t->version);
	free(t->cipher);
	free(t->alpn);
	for (size_t i = 0; i < t->n_certificates; i++) {
		free(t->certificates[i].subject);
		free(t->certificates[i].issuer);
	}
	free(t->certificates);
	free(t);
}

static void hop_free(struct ledger_hop *h)
{
	free(h->method);
	free(h->url);
	free(h->host);
	free(h->attempts);
	tls_free(h->tls);
	buf_fini(&h->request);
	buf_fini(&h->sent.bytes);
	buf_fini(&h->interim);
	buf_fini(&h->head);
	buf_fini(&h->trailers);
	buf_fini(&h->coming);
	buf_fini(&h->tunnel);
	buf_fini(&h->content.bytes);
	free(h->findings);
	for (size_t i = 0; i < h->n_decisions; i++)
		free(h->decisions[i].text);
	free(h->decisions);
	free(h);
}

void ledger_fini(struct ledger *l)
{
	for (size_t i = 0; i < l->n; i++)
		hop_free(l->hops[i]);
	free(l->hops);
	*l = (struct ledger){ 0 };
}

/* Room for one more item of `size` bytes; the array, or NULL and the old one as
 * it was. It grows at each power of two. */
static void *grow(struct ledger *l, void *items, size_t n, size_t size)
{
	void *more = items;

	if ((n & (n - 1)) == 0)
		more = realloc(items, (n ? 2 * n : 1) * size);
	if (!more)
		l->incomplete = true;
	return more;
}

/* The hop under way; NULL when there is no room for it. */
static struct ledger_hop *last(struct ledger *l)
{
	return l->n && !l->skipping ? l->hops[l->n - 1] : NULL;
}

/* What has been kept of a hop that is over. */
static void count_kept(struct ledger *l, const struct ledger_hop *h)
{
	const struct buf *all[] = { &h->request, &h->sent.bytes, &h->interim,
		&h->head, &h->trailers, &h->tunnel, &h->content.bytes };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		l->kept += all[i]->n;
		if (all[i]->failed)
			l->incomplete = true;
	}
}

static char *keep(struct ledger *l, struct str text)
{
	char *copy = text.p ? str_dup(text) : NULL;

	if (text.p && !copy)
		l->incomplete = true;
	return copy;
}

static void keep_hop(struct ledger_hop *h, const struct hop *hop)
{
	h->hop = *hop;
	h->hop.url = NULL;
	h->hop.method = str_of(h->method);
}

static void on_hop_begin(void *context, const struct hop *hop)
{
	struct ledger *l = context;
	struct ledger_hop *h;
	void *hops;

	l->skipping = true;
	if (l->n == LIMIT_HOPS || l->kept > LIMIT_LEDGER || l->left_out) {
		l->left_out++;
		return;
	}
	h = calloc(1, sizeof(*h));
	hops = h ? grow(l, l->hops, l->n, sizeof(struct ledger_hop *)) : NULL;
	if (!hops) {
		l->incomplete = true;
		free(h);
		return;
	}
	l->skipping = false;
	l->hops = hops;
	h->attempt = 1;
	if (l->n)
		h->attempt = l->hops[l->n - 1]->attempt + (hop->number == 0);
	l->hops[l->n++] = h;
	buf_init(&h->request, LIMIT_REQUEST_HEAD);
	buf_init(&h->sent.bytes, l->body_limit);
	buf_init(&h->interim, LIMIT_INTERIM * LIMIT_HEAD);
	buf_init(&h->head, 2 * LIMIT_HEAD);
	buf_init(&h->trailers, 2 * LIMIT_HEAD);
	buf_init(&h->coming, 2 * LIMIT_HEAD);
	buf_init(&h->tunnel, 2 * LIMIT_HEAD);
	buf_init(&h->content.bytes, l->body_limit);
	h->method = keep(l, hop->method);
	h->url = url_print(hop->url, URL_PRINT_USER | URL_PRINT_FRAGMENT);
	if (!h->url)
		l->incomplete = true;
	keep_hop(h, hop);
}

static void on_dialed(void *context, const char *host, uint16_t port,
	const struct dial_result *dial)
{
	struct ledger *l = context;
	struct ledger_hop *h = last(l);

	struct ledger_attempt *attempts;

	(void)port;
	if (!h)
		return;
	free(h->host);
	h->host = keep(l, str_of(host));
	if (!h->dial_started) /* a proxy may be dialled several times */
		h->dial_started = dial->started;
	h->hop.resolved = dial->resolved; /* also when nothing connects */
	attempts = reallocarray(h->attempts,
		h->n_attempts + dial->n_attempts + 1, sizeof(*attempts));
	if (!attempts) {
		l->incomplete = true;
		return;
	}
	h->attempts = attempts;
	for (size_t i = 0; i < dial->n_attempts; i++) {
		const struct dial_attempt *from = &dial->attempts[i];
		struct ledger_attempt *to = &h->attempts[h->n_attempts++];

		address_text(&from->address, to->ip, &to->port);
		to->start = from->start;
		to->end = from->end;
		to->error = from->error;
	}
}

static void keep_certificates(
	struct ledger *l, struct ledger_tls *tls, const struct tls_info *info)
{
	size_t n = info->n_certificates;

	tls->certificates = calloc(n ? n : 1, sizeof(*tls->certificates));
	if (!tls->certificates) {
		l->incomplete = true;
		return;
	}
	tls->n_certificates = n;
	for (size_t i = 0; i < n; i++) {
		const struct tls_certificate *from = &info->certificates[i];

		tls->certificates[i] = (struct tls_certificate){
			.subject = keep(l, str_of(from->subject)),
			.issuer = keep(l, str_of(from->issuer)),
			.starts = from->starts,
			.expires = from->expires,
		};
	}
}

static void on_secured(void *context, const struct tls_info *info)
{
	struct ledger *l = context;
	struct ledger_hop *h = last(l);

	if (!h)
		return;
	h->tls = calloc(1, sizeof(*h->tls));
	if (!h->tls) {
		l->incomplete = true;
		return;
	}
	h->tls->version = keep(l, str_of(info->version));
	h->tls->cipher = keep(l, str_of(info->cipher));
	h->tls->alpn = keep(l, str_of(info->alpn));
	h->tls->verify_result = info->verify_result;
	keep_certificates(l, h->tls, info);
}

static void on_head_out(void *context, struct str bytes)
{
	struct ledger_hop *h = last(context);

	if (h)
		buf_add_str(&h->request, bytes);
}

static void keep_body(
	const struct ledger *l, struct ledger_body *body, struct str bytes)
{
	body->size += bytes.n;
	buf_add_str(
		&body->bytes, str_first(bytes, l->body_limit - body->bytes.n));
}

static void on_body_out(void *context, struct str bytes)
{
	struct ledger_hop *h = last(context);

	if (h)
		keep_body(context, &h->sent, bytes);
}

static void on_content(void *context, struct str bytes)
{
	struct ledger_hop *h = last(context);

	if (h)
		keep_body(context, &h->content, bytes);
}

static void on_head_bytes(
	void *context, enum head_section section, struct str bytes)
{
	struct ledger_hop *h = last(context);

	if (!h)
		return;
	if (section == HEAD_TUNNEL) {
		if (h->tunnel_whole)
			buf_clear(&h->tunnel);
		h->tunnel_whole = false;
		buf_add_str(&h->tunnel, bytes);
		return;
	}
	buf_add_str(&h->coming, bytes);
	h->coming_trailers = section == HEAD_TRAILERS;
}

static void on_tunnel_in(void *context, const struct head *head)
{
	struct ledger_hop *h = last(context);

	(void)head;
	if (h)
		h->tunnel_whole = true;
}

static void on_head_in(void *context, const struct head *head)
{
	struct ledger_hop *h = last(context);

	if (!h)
		return;
	buf_clear(&h->coming);
	if (head->status == 0)
		buf_add_str(&h->trailers, head->bytes);
	else if (head->status < 200 && head->status != 101)
		buf_add_str(&h->interim, head->bytes);
	else
		buf_add_str(&h->head, head->bytes);
}

static void on_framing(void *context, const struct framing *framing)
{
	struct ledger_hop *h = last(context);

	if (!h)
		return;
	h->framed = true;
	h->framing = *framing;
}

static void on_finding(void *context, const struct finding *finding)
{
	struct ledger *l = context;
	struct ledger_hop *h = last(l);
	void *items = h ? grow(l, h->findings, h->n_findings, sizeof(*finding))
			: NULL;

	if (!items)
		return;
	h->findings = items;
	h->findings[h->n_findings++] = *finding;
}

static void on_decision(
	void *context, enum decision_kind kind, const char *text)
{
	struct ledger *l = context;
	struct ledger_hop *h = last(l);
	struct ledger_decision decision = { kind, NULL };
	void *items = h
		? grow(l, h->decisions, h->n_decisions, sizeof(decision))
		: NULL;

	if (!items)
		return;
	h->decisions = items;
	decision.text = keep(l, str_of(text));
	if (decision.text)
		h->decisions[h->n_decisions++] = decision;
}

static void on_hop_end(
	void *context, const struct hop *hop, const struct error *error)
{
	struct ledger *l = context;
	struct ledger_hop *h = last(l);
	int64_t resolved;

	if (!h)
		return;
	resolved = h->hop.resolved;
	keep_hop(h, hop);
	if (!h->hop.resolved)
		h->hop.resolved = resolved;
	if (h->coming.n) /* it is all there is of it */
		buf_add_str(h->coming_trailers ? &h->trailers : &h->head,
			buf_str(&h->coming));
	if (!h->content.size)
		h->content.size = hop->content;
	if (!h->sent.size)
		h->sent.size = hop->body_out;
	h->error = *error;
	count_kept(l, h);
}

struct observer ledger_observer(struct ledger *l)
{
	static const struct observer_ops all = {
		.hop_begin = on_hop_begin,
		.dialed = on_dialed,
		.secured = on_secured,
		.head_out = on_head_out,
		.body_out = on_body_out,
		.tunnel_in = on_tunnel_in,
		.head_bytes = on_head_bytes,
		.head_in = on_head_in,
		.framing = on_framing,
		.content = on_content,
		.finding = on_finding,
		.decision = on_decision,
		.hop_end = on_hop_end,
	};
	static const struct observer_ops without_bodies = {
		.hop_begin = on_hop_begin,
		.dialed = on_dialed,
		.secured = on_secured,
		.head_out = on_head_out,
		.tunnel_in = on_tunnel_in,
		.head_bytes = on_head_bytes,
		.head_in = on_head_in,
		.framing = on_framing,
		.finding = on_finding,
		.decision = on_decision,
		.hop_end = on_hop_end,
	};

	return (struct observer){ .ops = l->body_limit ? &all : &without_bodies,
		.context = l };
}

/* --- what is made of it */

/* A phase that lasted until `to`, but ended no sooner than it began. */
static struct ledger_span span(int64_t from, int64_t to)
{
	if (!from || !to)
		return (struct ledger_span){ 0, 0 };
	return (struct ledger_span){ from, to > from ? to : from };
}

/* What a hop was at when it failed. */
static enum ledger_phase phase_at_end(const struct ledger_hop *h)
{
	const struct hop *hop = &h->hop;

	if (hop->ready && hop->first_byte)
		return PHASE_RECEIVE;
	if (hop->ready)
		return hop->sent ? PHASE_WAIT : PHASE_SEND;
	if (!h->dial_started && !hop->resolved)
		return PHASE_BLOCKED;
	if (!hop->resolved)
		return PHASE_DNS;
	if (!hop->connected)
		return PHASE_CONNECT;
	return hop->proxy && !hop->passed ? PHASE_PROXY : PHASE_TLS;
}

static int64_t first_of(int64_t a, int64_t b)
{
	return a ? a : b;
}

struct ledger_timings ledger_timings(const struct ledger_hop *h)
{
	const struct hop *hop = &h->hop;
	int64_t began = first_of(h->dial_started,
		first_of(hop->resolved, first_of(hop->ready, hop->ended)));
	int64_t reached = first_of(hop->passed, hop->connected);
	int64_t up = first_of(hop->secured, reached);
	int64_t sent = hop->sent;
	struct ledger_timings t;

	/* An answer that came early leaves nothing to wait for. */
	if (hop->first_byte && (!sent || sent > hop->first_byte))
		sent = hop->first_byte;
	t = (struct ledger_timings){
		.phases = {
			[PHASE_BLOCKED] = span(hop->began, began),
			[PHASE_DNS] = span(h->dial_started, hop->resolved),
			[PHASE_CONNECT] = span(hop->resolved, hop->connected),
			[PHASE_PROXY] = span(hop->connected, hop->passed),
			[PHASE_TLS] = span(reached, hop->secured),
			[PHASE_SEND] = span(first_of(up, hop->ready), sent),
			[PHASE_WAIT] = span(sent, hop->first_byte),
			[PHASE_RECEIVE] = span(hop->first_byte, hop->ended),
		},
		.total = -1,
		.unfinished = PHASES,
	};
	if (hop->ended)
		t.total = hop->ended - hop->began;
	/* A status that is taken for a failure cuts nothing off. */
	if (!h->error.code || h->error.code == ERR_HTTP_RETURNED)
		return t;
	t.unfinished = phase_at_end(h);
	if (!t.phases[t.unfinished].from) {
		int64_t last = hop->began;

		for (int i = 0; i < PHASES; i++)
			if (t.phases[i].to)
				last = t.phases[i].to;
		t.phases[t.unfinished].from = last;
	}
	t.phases[t.unfinished].to = hop->ended;
	return t;
}

int64_t ledger_time(const struct ledger_timings *t, enum ledger_phase phase)
{
	const struct ledger_span *p = &t->phases[phase];

	return p->to ? p->to - p->from : -1;
}

const char *ledger_phase_name(enum ledger_phase phase)
{
	static const char *const names[PHASES] = {
		[PHASE_BLOCKED] = "blocked",
		[PHASE_DNS] = "dns",
		[PHASE_CONNECT] = "connect",
		[PHASE_PROXY] = "proxy",
		[PHASE_TLS] = "tls",
		[PHASE_SEND] = "send",
		[PHASE_WAIT] = "wait",
		[PHASE_RECEIVE] = "receive",
	};

	return names[phase];
}

void ledger_add_url(struct buf *out, const struct ledger_hop *h, bool secrets)
{
	if (secrets)
		buf_add_text(out, h->url ? h->url : "");
	else
		redact_url(out, str_of(h->url));
}
