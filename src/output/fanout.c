#include "output/fanout.h"

#include <assert.h>

/* Each event is passed on to those that have a function for it. */
#define PASS_ON(function, ...)                                     \
	do {                                                       \
		struct fanout *f = context;                        \
		for (int i = 0; i < f->n; i++)                     \
			OBSERVE(&f->to[i], function, __VA_ARGS__); \
	} while (0)

static void on_hop_begin(void *context, const struct hop *hop)
{
	PASS_ON(hop_begin, hop);
}

static void on_dialed(void *context, const char *host, uint16_t port,
	const struct dial_result *dial)
{
	PASS_ON(dialed, host, port, dial);
}

static void on_secured(void *context, const struct tls_info *info)
{
	PASS_ON(secured, info);
}

static void on_proxy_secured(void *context, const struct tls_info *info)
{
	PASS_ON(proxy_secured, info);
}

static void on_tunnel_out(void *context, struct str bytes)
{
	PASS_ON(tunnel_out, bytes);
}

static void on_tunnel_in(void *context, const struct head *head)
{
	PASS_ON(tunnel_in, head);
}

static void on_connected(void *context, const struct hop *hop)
{
	PASS_ON(connected, hop);
}

static void on_head_out(void *context, struct str bytes)
{
	PASS_ON(head_out, bytes);
}

static void on_body_out(void *context, struct str bytes)
{
	PASS_ON(body_out, bytes);
}

static void on_head_bytes(
	void *context, enum head_section section, struct str bytes)
{
	PASS_ON(head_bytes, section, bytes);
}

static void on_head_in(void *context, const struct head *head)
{
	PASS_ON(head_in, head);
}

static void on_framing(void *context, const struct framing *framing)
{
	PASS_ON(framing, framing);
}

static void on_body_in(void *context, struct str bytes)
{
	PASS_ON(body_in, bytes);
}

static void on_chunk(void *context, const struct chunk_line *line)
{
	PASS_ON(chunk, line);
}

static void on_content(void *context, struct str bytes)
{
	PASS_ON(content, bytes);
}

static void on_finding(void *context, const struct finding *finding)
{
	PASS_ON(finding, finding);
}

static void on_decision(
	void *context, enum decision_kind kind, const char *text)
{
	PASS_ON(decision, kind, text);
}

static void on_progress(void *context, const struct facts *facts)
{
	PASS_ON(progress, facts);
}

static void on_hop_end(
	void *context, const struct hop *hop, const struct error *error)
{
	PASS_ON(hop_end, hop, error);
}

static void on_line(void *context, const char *line)
{
	struct fanout *f = context;

	for (int i = 0; i < f->n; i++)
		if (log_wanted(&f->to[i].log))
			f->to[i].log.line(f->to[i].log.context, line);
}

void fanout_add(struct fanout *f, const struct observer *o)
{
	assert(f->n < FANOUT_MAX);
	f->to[f->n++] = *o;
	f->log = f->log || log_wanted(&o->log);
#define WANT(function)        \
	if (o->ops->function) \
	f->ops.function = on_##function
	WANT(hop_begin);
	WANT(dialed);
	WANT(secured);
	WANT(proxy_secured);
	WANT(tunnel_out);
	WANT(tunnel_in);
	WANT(connected);
	WANT(head_out);
	WANT(body_out);
	WANT(head_bytes);
	WANT(head_in);
	WANT(framing);
	WANT(body_in);
	WANT(chunk);
	WANT(content);
	WANT(finding);
	WANT(decision);
	WANT(progress);
	WANT(hop_end);
#undef WANT
}

struct observer fanout_observer(struct fanout *f)
{
	struct observer all = { .ops = &f->ops, .context = f };

	if (f->n == 1)
		return f->to[0];
	if (f->log)
		all.log = (struct log){ on_line, f };
	return all;
}
