#include "output/har.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/base64.h"
#include "base/date.h"
#include "base/json.h"
#include "base/utf8.h"
#include "http/redact.h"
#include "http/value.h"
#include "output/har_message.h"

static void put_text(struct json *j, struct str key, struct str value)
{
	json_key(j, key);
	json_string(j, value);
}

static void put_int(struct json *j, struct str key, int64_t value)
{
	json_key(j, key);
	json_int(j, value);
}

/* Microseconds as milliseconds; -1 for what did not happen. */
static void put_time(struct json *j, struct str key, int64_t us)
{
	json_key(j, key);
	if (us < 0)
		json_int(j, -1);
	else
		json_milliseconds(j, us);
}

/* ISO 8601 with milliseconds. */
static void put_date(struct json *j, struct str key, int64_t us)
{
	struct date d;
	char text[40];

	date_split(us / 1000000, &d);
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
		d.year, d.month, d.day, d.hour, d.minute, d.second,
		(int)(us % 1000000 / 1000));
	put_text(j, key, str_of(text));
}

/* --- bodies */

/* The bytes that were kept; `encoding` is the name of the member that says so
 * when they are base64. */
static void put_body(
	struct json *j, const struct ledger_body *body, struct str encoding)
{
	struct str bytes = buf_str(&body->bytes);
	struct buf coded;

	if (body->size > bytes.n)
		bytes.n -= utf8_cut(bytes);
	if (bytes.n == 0)
		return;
	if (utf8_valid(bytes)) {
		put_text(j, STR("text"), bytes);
	} else {
		buf_init(&coded, bytes.n * 2 + 8);
		base64_encode(&coded, bytes);
		put_text(j, STR("text"), buf_str(&coded));
		put_text(j, encoding, STR("base64"));
		json_depend(j, &coded);
		buf_fini(&coded);
	}
	if (body->size > bytes.n) {
		char comment[80];

		snprintf(comment, sizeof(comment),
			"the first %zu bytes of %" PRIu64, bytes.n, body->size);
		put_text(j, STR("comment"), str_of(comment));
	}
}

/* --- request */

static void put_request(
	struct json *j, const struct ledger_hop *h, bool secrets)
{
	struct har_message m;
	struct buf url;

	har_message_init(&m, buf_str(&h->request), true);
	buf_init(&url, 2 * LIMIT_URL);
	ledger_add_url(&url, h, secrets);
	json_key(j, STR("request"));
	json_object_open(j);
	put_text(j, STR("method"), str_of(h->method));
	put_text(j, STR("url"), buf_str(&url));
	put_text(j, STR("httpVersion"), m.version);
	har_put_cookies(j, &m, STR("Cookie"), secrets);
	har_put_fields(j, &m, secrets);
	har_put_query(j, buf_str(&url));
	if (h->sent.size) {
		struct str type = har_message_value(&m, STR("Content-Type"));

		json_key(j, STR("postData"));
		json_object_open(j);
		put_text(j, STR("mimeType"), type.p ? type : STR(""));
		if (h->sent.bytes.n == 0)
			put_text(j, STR("text"), STR(""));
		put_body(j, &h->sent, STR("_encoding"));
		json_object_close(j);
	}
	put_int(j, STR("headersSize"),
		h->request.n ? (int64_t)h->request.n : -1);
	put_int(j, STR("bodySize"), (int64_t)h->sent.size);
	json_object_close(j);
	json_depend(j, &url);
	buf_fini(&url);
	har_message_fini(&m);
}

/* --- response */

static void put_content(
	struct json *j, const struct ledger_hop *h, const struct har_message *m)
{
	struct str type = har_message_value(m, STR("Content-Type"));
	const struct hop *hop = &h->hop;

	json_key(j, STR("content"));
	json_object_open(j);
	put_int(j, STR("size"), (int64_t)h->content.size);
	if (h->content.size && h->content.size != hop->body_in)
		put_int(j, STR("compression"),
			(int64_t)h->content.size - (int64_t)hop->body_in);
	put_text(j, STR("mimeType"), type.p ? type : STR("x-unknown"));
	put_body(j, &h->content, STR("encoding"));
	json_object_close(j);
}

static void put_redirect(
	struct json *j, const struct har_message *m, bool secrets)
{
	struct str location = har_message_value(m, STR("Location"));
	struct buf shown;

	buf_init(&shown, 2 * LIMIT_HEAD);
	if (secrets)
		buf_add_str(&shown, location);
	else
		redact_url(&shown, location);
	put_text(j, STR("redirectURL"), buf_str(&shown));
	buf_fini(&shown);
}

/* What a proxy said to CONNECT, which HAR has no place for. */
static void put_connect(
	struct json *j, const struct ledger_hop *h, bool secrets)
{
	struct har_message m;

	if (!h->tunnel.n)
		return;
	har_message_init(&m, buf_str(&h->tunnel), false);
	json_key(j, STR("_connect"));
	json_object_open(j);
	put_int(j, STR("status"),
		m.reason.p && m.version.n ? m.fields.status : 0);
	put_text(j, STR("statusText"), m.reason);
	put_text(j, STR("httpVersion"), m.version);
	har_put_fields(j, &m, secrets);
	put_int(j, STR("headersSize"), (int64_t)h->tunnel.n);
	json_object_close(j);
	har_message_fini(&m);
}

static void put_response(
	struct json *j, const struct ledger_hop *h, bool secrets)
{
	struct har_message m;

	har_message_init(&m, buf_str(&h->head), false);
	json_key(j, STR("response"));
	json_object_open(j);
	put_int(j, STR("status"), h->hop.status);
	put_text(j, STR("statusText"), m.reason);
	put_text(j, STR("httpVersion"), m.version);
	har_put_cookies(j, &m, STR("Set-Cookie"), secrets);
	har_put_fields(j, &m, secrets);
	put_content(j, h, &m);
	put_redirect(j, &m, secrets);
	put_int(j, STR("headersSize"), h->head.n ? (int64_t)h->head.n : -1);
	put_int(j, STR("bodySize"), h->head.n ? (int64_t)h->hop.body_in : -1);
	json_object_close(j);
	har_message_fini(&m);
}

/* --- the rest of an entry */

/* A part of them that must be there. */
static void put_share(
	struct json *j, const struct ledger_timings *t, enum ledger_phase phase)
{
	int64_t us = ledger_time(t, phase);

	put_time(j, str_of(ledger_phase_name(phase)), us < 0 ? 0 : us);
}

/* HAR counts proxies and TLS as a part of connecting, too. */
static void put_timings(struct json *j, const struct ledger_timings *t)
{
	int64_t connect = ledger_time(t, PHASE_CONNECT);
	int64_t proxy = ledger_time(t, PHASE_PROXY);
	int64_t tls = ledger_time(t, PHASE_TLS);

	if (connect >= 0 && proxy >= 0)
		connect += proxy;
	if (connect >= 0 && tls >= 0)
		connect += tls;
	json_key(j, STR("timings"));
	json_object_open(j);
	put_time(j, STR("blocked"), ledger_time(t, PHASE_BLOCKED));
	put_time(j, STR("dns"), ledger_time(t, PHASE_DNS));
	put_time(j, STR("connect"), connect);
	put_time(j, STR("ssl"), tls);
	put_share(j, t, PHASE_SEND);
	put_share(j, t, PHASE_WAIT);
	put_share(j, t, PHASE_RECEIVE);
	if (t->unfinished < PHASES)
		put_text(j, STR("_unfinished"),
			str_of(ledger_phase_name(t->unfinished)));
	json_object_close(j);
}

static void put_findings(struct json *j, const struct ledger_hop *h)
{
	if (!h->n_findings)
		return;
	json_key(j, STR("_findings"));
	json_array_open(j);
	for (size_t i = 0; i < h->n_findings; i++) {
		struct buf text;

		buf_init(&text, 1024);
		finding_print(&text, &h->findings[i]);
		json_string(j, buf_str(&text));
		json_depend(j, &text);
		buf_fini(&text);
	}
	json_array_close(j);
}

static void put_error(struct json *j, const struct error *e, bool secrets)
{
	struct buf text;

	if (!e->code)
		return;
	buf_init(&text, 2 * LIMIT_ERROR_TEXT);
	if (secrets)
		buf_add_text(&text, e->text);
	else
		redact_urls(&text, str_of(e->text));
	put_text(j, STR("_error"), buf_str(&text));
	json_depend(j, &text);
	buf_fini(&text);
}

void har_entry(struct buf *out, const struct ledger_hop *h, bool secrets)
{
	struct ledger_timings t = ledger_timings(h);
	char connection[24];
	struct json j;

	json_init(&j, out);
	json_object_open(&j);
	put_date(&j, STR("startedDateTime"), h->hop.began_wall);
	put_time(&j, STR("time"), t.total < 0 ? 0 : t.total);
	put_request(&j, h, secrets);
	put_response(&j, h, secrets);
	json_key(&j, STR("cache"));
	json_object_open(&j);
	json_object_close(&j);
	put_timings(&j, &t);
	if (h->hop.peer_ip[0])
		put_text(&j, STR("serverIPAddress"), str_of(h->hop.peer_ip));
	if (h->hop.connection_id >= 0) {
		snprintf(connection, sizeof(connection), "%ld",
			h->hop.connection_id);
		put_text(&j, STR("connection"), str_of(connection));
	}
	put_connect(&j, h, secrets);
	put_findings(&j, h);
	put_error(&j, &h->error, secrets);
	json_object_close(&j);
}

void har_begin(struct buf *out, const char *creator, const char *version)
{
	struct json j;

	json_init(&j, out);
	json_object_open(&j);
	json_key(&j, STR("log"));
	json_object_open(&j);
	put_text(&j, STR("version"), STR("1.2"));
	json_key(&j, STR("creator"));
	json_object_open(&j);
	put_text(&j, STR("name"), str_of(creator));
	put_text(&j, STR("version"), str_of(version));
	json_object_close(&j);
	json_key(&j, STR("entries"));
	json_array_open(&j);
}

void har_end(struct buf *out)
{
	buf_add_text(out, "]}}\n");
}
