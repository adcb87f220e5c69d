#include "output/explain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/date.h"
#include "http/redact.h"

#define LINE_LIMIT 8192u

/* --- lines */

static void tell(struct explain *x, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* One line of a hop. What is too long for one is not told. */
static void tell(struct explain *x, const char *format, ...)
{
	struct buf line;
	va_list arguments;

	buf_init(&line, LINE_LIMIT);
	buf_add_text(&line, "  ");
	va_start(arguments, format);
	buf_vprintf(&line, format, arguments);
	va_end(arguments);
	buf_add_char(&line, '\n');
	narrator_write(&x->to, &line);
	buf_fini(&line);
}

struct duration {
	char text[24];
};

/* Microseconds as "12.3 ms". */
static struct duration duration(int64_t us)
{
	struct duration d;

	if (us < 0)
		us = 0;
	snprintf(d.text, sizeof(d.text), "%" PRId64 ".%" PRId64 " ms",
		us / 1000, us % 1000 / 100);
	return d;
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* --- connections */

static void on_hop_begin(void *context, const struct hop *hop)
{
	static const char *const reasons[] = {
		[HOP_FIRST] = "",
		[HOP_REDIRECT] = " (after a redirect)",
		[HOP_AUTHENTICATION] = " (again, with other credentials)",
		[HOP_EXPECTATION_FAILED] = " (again, without Expect)",
		[HOP_UNCHALLENGED] = " (again, with the body)",
		[HOP_PIPELINED] = " (sent behind the one before)",
		[HOP_CONNECTION_DIED] = " (again, over a new connection)",
	};
	struct explain *x = context;
	char *url = url_print(hop->url, URL_PRINT_USER | URL_PRINT_FRAGMENT);
	struct buf line;

	x->began = hop->began;
	x->sent = x->heard = 0;
	x->coding[0] = '\0';
	buf_init(&line, NARRATOR_LIMIT);
	buf_printf(&line, "Request %u: %.*s ", hop->number + 1,
		STR_FMT(hop->method));
	if (x->to.secrets)
		buf_add_text(&line, url ? url : "");
	else
		redact_url(&line, str_of(url));
	buf_printf(&line, "%s\n", reasons[hop->reason]);
	narrator_write(&x->to, &line);
	buf_fini(&line);
	free(url);
}

static void tell_addresses(
	struct explain *x, const char *host, const struct dial_result *dial)
{
	char text[ADDRESS_TEXT];
	struct buf list;

	address_text(&dial->found.items[0], text, NULL);
	if (dial->found.n == 1 && strcmp(text, host) == 0)
		return;
	buf_init(&list, LINE_LIMIT);
	for (size_t i = 0; i < dial->found.n; i++) {
		address_text(&dial->found.items[i], text, NULL);
		buf_printf(&list, "%s%s", i ? ", " : "", text);
	}
	tell(x, "name: %s is %s, found in %s", host,
		buf_text(&list) ? buf_text(&list) : "",
		duration(dial->resolved - dial->started).text);
	buf_fini(&list);
}

static void tell_attempt(struct explain *x, const struct dial_attempt *a)
{
	char text[ADDRESS_TEXT], *took;
	uint16_t port;
	struct duration d = duration(a->end - a->start);

	took = d.text;
	address_text(&a->address, text, &port);
	if (a->error == 0)
		tell(x, "address: %s port %u: connected in %s", text, port,
			took);
	else if (a->error == ECANCELED)
		tell(x,
			"address: %s port %u: given up after %s, another one "
			"was faster",
			text, port, took);
	else
		tell(x, "address: %s port %u: %s, after %s", text, port,
			error_system(a->error), took);
}

static void on_dialed(void *context, const char *host, uint16_t port,
	const struct dial_result *dial)
{
	struct explain *x = context;

	(void)port;
	if (dial->found.n)
		tell_addresses(x, host, dial);
	for (size_t i = 0; i < dial->n_attempts; i++)
		tell_attempt(x, &dial->attempts[i]);
}

static void tell_certificate(
	struct explain *x, size_t number, const struct tls_certificate *c)
{
	int64_t left = c->expires - clock_seconds();
	char until[DATE_HTTP_SIZE];

	date_format_http(c->expires, until);
	tell(x, "certificate %zu: %s, issued by %s", number,
		c->subject ? c->subject : "no name",
		c->issuer ? c->issuer : "nobody");
	tell(x, "  valid until %s, %" PRId64 " days left", until, left / 86400);
}

static void tell_tls(
	struct explain *x, const char *what, const struct tls_info *info)
{
	tell(x, "%s: %s, %s, %s%s", what, info->version, info->cipher,
		info->alpn ? "ALPN chose " : "no ALPN",
		info->alpn ? info->alpn : "");
	for (size_t i = 0; i < info->n_certificates; i++)
		tell_certificate(x, i + 1, &info->certificates[i]);
	tell(x, "certificates: %s",
		info->verified
			? "verified"
			: "not verified, and used all the same (--insecure)");
}

static void on_secured(void *context, const struct tls_info *info)
{
	tell_tls(context, "tls", info);
}

static void on_proxy_secured(void *context, const struct tls_info *info)
{
	tell_tls(context, "tls with the proxy", info);
}

static void on_connected(void *context, const struct hop *hop)
{
	struct explain *x = context;

	if (hop->local_port)
		tell(x, "connection: #%ld, %s, from %s port %u to %s port %u",
			hop->connection_id, hop->reused ? "used again" : "new",
			hop->local_ip, hop->local_port, hop->peer_ip,
			hop->peer_port);
	else
		tell(x, "connection: #%ld, %s", hop->connection_id,
			hop->reused ? "used again" : "new");
}

/* --- messages */

static void tell_sent(struct explain *x)
{
	if (x->sent)
		tell(x, "request body: %" PRIu64 " byte%s", x->sent,
			plural(x->sent));
	x->sent = 0;
}

/* Without the empty line at the end of a head. */
static struct str without_end(struct str lines)
{
	size_t n = lines.n, line;

	if (n == 0 || lines.p[n - 1] != '\n')
		return lines;
	line = n > 1 && lines.p[n - 2] == '\r' ? n - 2 : n - 1;
	return line == 0 || lines.p[line - 1] == '\n' ? str_first(lines, line)
						      : lines;
}

/* Lines of a head, but not the empty one, behind a mark. */
static void tell_lines(struct explain *x, const char *mark, struct str head)
{
	struct buf shown, lines;

	head = without_end(head);
	if (head.n == 0)
		return;
	buf_init(&shown, NARRATOR_LIMIT);
	buf_init(&lines, NARRATOR_LIMIT);
	narrator_add_part(&x->to, &shown, head, &x->secret);
	for (size_t i = 0, n = 0; i < shown.n; i++) { /* LF is enough here */
		if (shown.p[i] != '\r' || i + 1 == shown.n ||
			shown.p[i + 1] != '\n')
			shown.p[n++] = shown.p[i];
		if (i + 1 == shown.n) {
			shown.n = n;
			break;
		}
	}
	narrator_add_lines(&lines, str_of(mark), buf_str(&shown));
	narrator_write(&x->to, &lines);
	buf_fini(&lines);
	buf_fini(&shown);
}

static void on_head_out(void *context, struct str bytes)
{
	struct explain *x = context;

	tell(x, "request head: %zu bytes", bytes.n);
	tell_lines(x, "  > ", bytes);
}

static void on_tunnel_out(void *context, struct str bytes)
{
	struct explain *x = context;

	tell(x, "tunnel request: %zu bytes", bytes.n);
	tell_lines(x, "  > ", bytes);
}

static void on_tunnel_in(void *context, const struct head *head)
{
	struct explain *x = context;

	x->heard = 0;
	tell(x, "answer of the proxy: %zu bytes, %s after the request began",
		head->bytes.n, duration(clock_now() - x->began).text);
}

static void on_head_bytes(
	void *context, enum head_section section, struct str bytes)
{
	struct explain *x = context;

	(void)section;
	tell_sent(x);
	x->heard += bytes.n;
	tell_lines(x, "  < ", bytes);
}

static void on_body_out(void *context, struct str bytes)
{
	struct explain *x = context;

	x->sent += bytes.n;
}

static void on_head_in(void *context, const struct head *head)
{
	struct explain *x = context;
	struct str coding = head_value(head, STR("Content-Encoding"));
	const char *what = head->status >= 200 ? "response head"
					       : "interim response";

	x->heard = 0;
	if (head->status == 0) {
		tell(x, "trailer section: %zu bytes", head->bytes.n);
	} else {
		tell(x, "%s: %zu bytes, %s after the request began", what,
			head->bytes.n, duration(clock_now() - x->began).text);
		snprintf(x->coding, sizeof(x->coding), "%.*s", STR_FMT(coding));
	}
}

static void on_framing(void *context, const struct framing *framing)
{
	struct explain *x = context;
	const char *rule = framing->item ? "RFC 9112 section 6.3 item"
					 : "RFC 9110 section 7.8, item";

	switch (framing->kind) {
	case FRAMING_NONE:
		tell(x, "body: none, %s %d", rule, framing->item);
		break;
	case FRAMING_TUNNEL:
		tell(x, "body: none, another protocol follows, %s %d", rule,
			framing->item);
		break;
	case FRAMING_CHUNKED:
		tell(x, "body: %s%schunked, %s %d", framing->codings,
			framing->codings[0] ? ", " : "", rule, framing->item);
		break;
	case FRAMING_LENGTH:
		tell(x, "body: %" PRIu64 " byte%s, %s %d", framing->length,
			plural(framing->length), rule, framing->item);
		break;
	case FRAMING_CLOSE:
		tell(x, "body: %s%suntil the connection is closed, %s %d",
			framing->codings, framing->codings[0] ? ", " : "", rule,
			framing->item);
		break;
	}
}

static void on_chunk(void *context, const struct chunk_line *line)
{
	struct explain *x = context;

	if (line->size)
		tell(x,
			"chunk: %" PRIu64 " byte%s at byte %" PRIu64
			" of the body%s%.*s",
			line->size, plural(line->size), line->offset,
			line->extension.n ? ", extension " : "",
			STR_FMT(line->extension));
	else
		tell(x, "last chunk at byte %" PRIu64 " of the body%s%.*s",
			line->offset, line->extension.n ? ", extension " : "",
			STR_FMT(line->extension));
}

/* --- what it means */

static void on_finding(void *context, const struct finding *finding)
{
	struct explain *x = context;
	const struct finding_rule *rule = finding_rule(finding->id);
	bool grave = rule->severity == FINDING_ERROR;
	struct buf text;

	buf_init(&text, LINE_LIMIT);
	finding_print(&text, finding);
	tell(x, "%s: %s", grave ? "ERROR" : "warning",
		buf_text(&text) ? buf_text(&text) : "");
	tell(x, "  %s", rule->consequence);
	buf_fini(&text);
}

static void on_decision(
	void *context, enum decision_kind kind, const char *text)
{
	(void)kind;
	tell(context, "%s", text);
}

static void on_hop_end(
	void *context, const struct hop *hop, const struct error *error)
{
	struct explain *x = context;

	tell_sent(x);
	if (x->heard)
		tell(x, "no more of this head: %" PRIu64 " bytes", x->heard);
	if (hop->content != hop->body_in && hop->content)
		tell(x, "decoded: %s, %" PRIu64 " bytes became %" PRIu64,
			x->coding[0] ? x->coding : "the transfer coding",
			hop->body_in, hop->content);
	else if (x->coding[0] && hop->content)
		tell(x,
			"content coding: %s, left as it is (--compressed "
			"decodes)",
			x->coding);
	if (error->code)
		tell(x, "failed after %s: (%d) %s",
			duration(hop->ended - hop->began).text, error->code,
			error->text);
	else
		tell(x, "done after %s: %" PRIu64 " byte%s of content",
			duration(hop->ended - hop->began).text, hop->content,
			plural(hop->content));
}

struct observer explain_observer(struct explain *x)
{
	static const struct observer_ops ops = {
		.hop_begin = on_hop_begin,
		.dialed = on_dialed,
		.secured = on_secured,
		.proxy_secured = on_proxy_secured,
		.tunnel_out = on_tunnel_out,
		.tunnel_in = on_tunnel_in,
		.connected = on_connected,
		.head_out = on_head_out,
		.body_out = on_body_out,
		.head_bytes = on_head_bytes,
		.head_in = on_head_in,
		.framing = on_framing,
		.chunk = on_chunk,
		.finding = on_finding,
		.decision = on_decision,
		.hop_end = on_hop_end,
	};

	return (struct observer){ .ops = &ops, .context = x };
}
