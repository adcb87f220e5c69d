#include "output/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/date.h"
#include "base/json.h"
#include "http/redact.h"

static void put_text(struct json *j, struct str key, const char *value)
{
	json_key(j, key);
	if (value)
		json_string(j, str_of(value));
	else
		json_null(j);
}

static void put_int(struct json *j, struct str key, int64_t value)
{
	json_key(j, key);
	json_int(j, value);
}

/* Microseconds as milliseconds; null for -1. */
static void put_time(struct json *j, struct str key, int64_t us)
{
	json_key(j, key);
	if (us < 0)
		json_null(j);
	else
		json_milliseconds(j, us);
}

/* `redact` is redact_url, or redact_urls for a text. */
static void put_redacted(struct json *j, struct str key, const char *text,
	void (*redact)(struct buf *, struct str), bool secrets)
{
	struct buf shown;

	buf_init(&shown, 2 * LIMIT_URL);
	if (secrets)
		buf_add_text(&shown, text ? text : "");
	else
		redact(&shown, str_of(text));
	json_key(j, key);
	json_string(j, buf_str(&shown));
	json_depend(j, &shown);
	buf_fini(&shown);
}

static void put_url(
	struct json *j, struct str key, const char *url, bool secrets)
{
	put_redacted(j, key, url, redact_url, secrets);
}

static void put_end(
	struct json *j, struct str key, const char *ip, uint16_t port)
{
	json_key(j, key);
	if (!ip[0]) {
		json_null(j);
		return;
	}
	json_object_open(j);
	put_text(j, STR("address"), ip);
	put_int(j, STR("port"), port);
	json_object_close(j);
}

/* --- parts of a hop */

static const char *reason_name(enum hop_reason reason)
{
	static const char *const names[] = {
		[HOP_FIRST] = "first",
		[HOP_REDIRECT] = "redirect",
		[HOP_AUTHENTICATION] = "authentication",
		[HOP_EXPECTATION_FAILED] = "expectation failed",
		[HOP_UNCHALLENGED] = "unchallenged",
		[HOP_PIPELINED] = "pipelined",
		[HOP_CONNECTION_DIED] = "connection died",
	};

	return names[reason];
}

static void put_connection(struct json *j, const struct hop *hop)
{
	json_key(j, STR("connection"));
	if (hop->connection_id < 0) {
		json_null(j);
		return;
	}
	json_object_open(j);
	put_int(j, STR("id"), hop->connection_id);
	json_key(j, STR("reused"));
	json_bool(j, hop->reused);
	put_end(j, STR("remote"), hop->peer_ip, hop->peer_port);
	put_end(j, STR("local"), hop->local_ip, hop->local_port);
	json_object_close(j);
}

static void put_proxy(struct json *j, const struct hop *hop)
{
	const struct proxy *p = hop->proxy;

	json_key(j, STR("proxy"));
	if (!p) {
		json_null(j);
		return;
	}
	json_object_open(j);
	put_text(j, STR("scheme"), proxy_kind_name(p->kind));
	put_text(j, STR("host"), p->host);
	put_int(j, STR("port"), p->port);
	json_key(j, STR("tunnel"));
	json_bool(j, hop->tunnelled);
	json_key(j, STR("connect_status"));
	if (hop->connect_status)
		json_int(j, hop->connect_status);
	else
		json_null(j);
	json_object_close(j);
}

static void put_attempts(struct json *j, const struct ledger_hop *h)
{
	json_key(j, STR("attempts"));
	json_array_open(j);
	for (size_t i = 0; i < h->n_attempts; i++) {
		const struct ledger_attempt *a = &h->attempts[i];

		json_object_open(j);
		put_text(j, STR("address"), a->ip);
		put_int(j, STR("port"), a->port);
		put_time(j, STR("ms"), a->end - a->start);
		json_key(j, STR("winner"));
		json_bool(j, a->error == 0);
		put_text(j, STR("error"),
			a->error == ECANCELED ? "another address was faster"
				: a->error    ? error_system(a->error)
					      : NULL);
		json_object_close(j);
	}
	json_array_close(j);
}

/* RFC 3339 */
static void put_moment(struct json *j, struct str key, int64_t time)
{
	struct date d;
	char text[40];

	date_split(time, &d);
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year,
		d.month, d.day, d.hour, d.minute, d.second);
	put_text(j, key, text);
}

static void put_certificate(
	struct json *j, const struct tls_certificate *c, int64_t now)
{
	json_object_open(j);
	put_text(j, STR("subject"), c->subject);
	put_text(j, STR("issuer"), c->issuer);
	put_moment(j, STR("starts"), c->starts);
	put_moment(j, STR("expires"), c->expires);
	put_int(j, STR("days_left"), (c->expires - now) / 86400);
	json_object_close(j);
}

static void put_tls(struct json *j, const struct ledger_tls *tls, int64_t now)
{
	json_key(j, STR("tls"));
	if (!tls) {
		json_null(j);
		return;
	}
	json_object_open(j);
	put_text(j, STR("version"), tls->version);
	put_text(j, STR("cipher"), tls->cipher);
	put_text(j, STR("alpn"), tls->alpn);
	put_int(j, STR("verify_result"), tls->verify_result);
	json_key(j, STR("certificates"));
	json_array_open(j);
	for (size_t i = 0; i < tls->n_certificates; i++)
		put_certificate(j, &tls->certificates[i], now);
	json_array_close(j);
	json_object_close(j);
}

static void put_timings(struct json *j, const struct ledger_hop *h)
{
	struct ledger_timings t = ledger_timings(h);

	json_key(j, STR("timings"));
	json_object_open(j);
	for (enum ledger_phase i = 0; i < PHASES; i++)
		put_time(j, str_of(ledger_phase_name(i)), ledger_time(&t, i));
	put_time(j, STR("total"), t.total);
	put_text(j, STR("unfinished"),
		t.unfinished < PHASES ? ledger_phase_name(t.unfinished) : NULL);
	json_object_close(j);
}

static void put_bytes(struct json *j, const struct hop *hop)
{
	json_key(j, STR("bytes"));
	json_object_open(j);
	put_int(j, STR("request_head"), (int64_t)hop->head_out);
	put_int(j, STR("request_body"), (int64_t)hop->body_out);
	if (hop->tunnel_in)
		put_int(j, STR("connect_head"), (int64_t)hop->tunnel_in);
	put_int(j, STR("response_head"), (int64_t)hop->head_in);
	put_int(j, STR("body"), (int64_t)hop->body_in);
	put_int(j, STR("decoded"), (int64_t)hop->content);
	json_object_close(j);
}

static void put_framing(struct json *j, const struct ledger_hop *h)
{
	static const char *const kinds[] = {
		[FRAMING_NONE] = "none",
		[FRAMING_TUNNEL] = "tunnel",
		[FRAMING_CHUNKED] = "chunked",
		[FRAMING_LENGTH] = "length",
		[FRAMING_CLOSE] = "close",
	};

	json_key(j, STR("framing"));
	if (!h->framed) {
		json_null(j);
		return;
	}
	json_object_open(j);
	put_text(j, STR("kind"), kinds[h->framing.kind]);
	put_int(j, STR("item"), h->framing.item);
	json_object_close(j);
}

static void put_findings(struct json *j, const struct ledger_hop *h)
{
	json_key(j, STR("findings"));
	json_array_open(j);
	for (size_t i = 0; i < h->n_findings; i++) {
		const struct finding *f = &h->findings[i];
		const struct finding_rule *rule = finding_rule(f->id);

		json_object_open(j);
		put_text(j, STR("id"), rule->name);
		put_text(j, STR("severity"),
			rule->severity == FINDING_ERROR ? "error" : "warning");
		put_int(j, STR("offset"), (int64_t)f->offset);
		put_text(j, STR("section"), rule->section);
		put_text(j, STR("what"), rule->what);
		json_object_close(j);
	}
	json_array_close(j);
}

static void put_decisions(struct json *j, const struct ledger_hop *h)
{
	static const char *const kinds[] = {
		[DECISION_CONNECTION] = "connection",
		[DECISION_REDIRECT] = "redirect",
		[DECISION_AUTHENTICATION] = "authentication",
		[DECISION_COOKIE] = "cookie",
		[DECISION_HSTS] = "hsts",
		[DECISION_RETRY] = "retry",
	};

	json_key(j, STR("decisions"));
	json_array_open(j);
	for (size_t i = 0; i < h->n_decisions; i++) {
		json_object_open(j);
		put_text(j, STR("about"), kinds[h->decisions[i].kind]);
		put_text(j, STR("text"), h->decisions[i].text);
		json_object_close(j);
	}
	json_array_close(j);
}

static void put_error(struct json *j, const struct error *e, bool secrets)
{
	json_key(j, STR("error"));
	if (!e->code) {
		json_null(j);
		return;
	}
	json_object_open(j);
	put_int(j, STR("code"), e->code);
	put_text(j, STR("name"), error_phrase(e->code));
	put_redacted(j, STR("text"), e->text, redact_urls, secrets);
	json_object_close(j);
}

/* --- the whole */

static void put_hop(
	struct json *j, const struct ledger_hop *h, const struct report *r)
{
	bool secrets = r->secrets;
	const struct hop *hop = &h->hop;

	json_object_open(j);
	put_int(j, STR("attempt"), h->attempt);
	put_text(j, STR("reason"), reason_name(hop->reason));
	put_text(j, STR("method"), h->method);
	put_url(j, STR("url"), h->url, secrets);
	json_key(j, STR("status"));
	if (hop->status)
		json_int(j, hop->status);
	else
		json_null(j);
	put_connection(j, hop);
	put_proxy(j, hop);
	put_attempts(j, h);
	put_tls(j, h->tls, r->now);
	put_timings(j, h);
	put_bytes(j, hop);
	put_framing(j, h);
	put_findings(j, h);
	put_decisions(j, h);
	put_error(j, &h->error, secrets);
	json_object_close(j);
}

void report_write(struct buf *out, const struct report *r)
{
	const struct ledger *l = r->ledger;
	struct json j;

	json_init(&j, out);
	json_object_open(&j);
	put_url(&j, STR("url"), r->url, r->secrets);
	put_int(&j, STR("exitcode"), r->error->code);
	put_error(&j, r->error, r->secrets);
	put_time(&j, STR("total"), r->facts->times.total);
	put_int(&j, STR("status"), r->facts->status);
	put_int(&j, STR("attempts"), l->n ? l->hops[l->n - 1]->attempt : 0);
	json_key(&j, STR("hops"));
	json_array_open(&j);
	for (size_t i = 0; i < l->n; i++)
		put_hop(&j, l->hops[i], r);
	json_array_close(&j);
	json_key(&j, STR("incomplete"));
	json_bool(&j, l->incomplete || l->left_out);
	json_object_close(&j);
	buf_add_char(out, '\n');
}
