#include "support/events.h"

#include <arpa/inet.h>
#include <errno.h>

#include "support/table.h"

#define BEGAN 1000000

static struct url parsed(const char *text)
{
	struct url_options options = { 0 };
	struct error e = { 0 };
	struct url url;

	assert_int_equal(url_parse(&url, str_of(text), &options, &e), 0);
	return url;
}

static struct address address_of(const char *text)
{
	struct address a = { .n = sizeof(a.sa.v4) };

	a.sa.v4.sin_family = AF_INET;
	a.sa.v4.sin_port = htons(443);
	assert_int_equal(inet_pton(AF_INET, text, &a.sa.v4.sin_addr), 1);
	return a;
}

static void tell_dial(const struct observer *o)
{
	struct dial_result dial = {
		.found = { .n = 2,
			.items = { address_of("192.0.2.1"),
				address_of("192.0.2.2") } },
		.n_attempts = 2,
		.started = BEGAN + 100,
		.resolved = BEGAN + 2100,
		.connected = BEGAN + 5100,
	};

	dial.attempts[0] = (struct dial_attempt){ dial.found.items[0],
		BEGAN + 2100, BEGAN + 4100, ECONNREFUSED };
	dial.attempts[1] = (struct dial_attempt){ dial.found.items[1],
		BEGAN + 4100, BEGAN + 5100, 0 };
	OBSERVE(o, dialed, "h.example", 443, &dial);
}

static void tell_tls(const struct observer *o)
{
	char subject[] = "CN=h.example", issuer[] = "CN=ca";
	struct tls_certificate certificates[] = { { subject, issuer, 1000,
		1790000000 } };
	struct tls_info info = {
		.version = "TLSv1.3",
		.cipher = "TLS_AES_128_GCM_SHA256",
		.alpn = "http/1.1",
		.certificates = certificates,
		.n_certificates = 1,
		.verified = true,
	};

	OBSERVE(o, secured, &info);
}

static void tell_head(const struct observer *o, struct str bytes, bool trailers)
{
	struct head head;
	struct error e = { 0 };

	head_init(&head);
	if (trailers)
		assert_true(head_parse_trailers(bytes, &head, NULL, &e) > 0);
	else
		assert_true(head_parse(bytes, &head, NULL, &e) > 0);
	OBSERVE(o, head_in, &head);
	head_fini(&head);
}

static void first_hop(const struct observer *o, struct hop *hop)
{
	struct framing framing = {
		.kind = FRAMING_LENGTH, .length = 2, .item = 6
	};
	struct finding finding = { FINDING_BARE_LF, 70 };
	struct error none = { 0 };

	OBSERVE(o, hop_begin, hop);
	tell_dial(o);
	tell_tls(o);
	hop->connection_id = 0;
	hop->resolved = BEGAN + 2100;
	hop->connected = BEGAN + 5100;
	hop->secured = BEGAN + 9100;
	memcpy(hop->peer_ip, "192.0.2.2", 10);
	memcpy(hop->local_ip, "192.0.2.9", 10);
	hop->peer_port = 443;
	hop->local_port = 40000;
	OBSERVE(o, connected, hop);
	hop->ready = BEGAN + 9200;
	OBSERVE(o, head_out,
		STR("POST / HTTP/1.1\r\nHost: h.example\r\n"
		    "Authorization: Basic am9lOnB3\r\nContent-Length: 3\r\n"
		    "Content-Type: text/plain\r\n\r\n"));
	OBSERVE(o, body_out, STR("a\xff"));
	OBSERVE(o, body_out, STR("c"));
	hop->head_out = 103;
	hop->body_out = 3;
	hop->sent = BEGAN + 9300;
	tell_head(o, STR("HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n"),
		false);
	tell_head(o,
		STR("HTTP/1.1 302 Found\r\nLocation: /next\n"
		    "Set-Cookie: sid=secret; Path=/; HttpOnly\r\n"
		    "Content-Length: 2\r\n\r\n"),
		false);
	OBSERVE(o, finding, &finding);
	OBSERVE(o, framing, &framing);
	observer_decide(o, DECISION_REDIRECT, "302 leads on");
	hop->first_byte = BEGAN + 19300;
	hop->status = 302;
	hop->head_in = 140;
	hop->body_in = 2;
	hop->ended = BEGAN + 20000;
	OBSERVE(o, hop_end, hop, &none);
}

static void second_hop(
	const struct observer *o, struct hop *hop, struct error *error)
{
	struct framing framing = { .kind = FRAMING_CHUNKED, .item = 4 };
	struct chunk_line line = { .size = 9 };

	OBSERVE(o, hop_begin, hop);
	hop->connection_id = 0;
	hop->reused = true;
	memcpy(hop->peer_ip, "192.0.2.2", 10);
	hop->peer_port = 443;
	OBSERVE(o, connected, hop);
	hop->ready = BEGAN + 20100;
	OBSERVE(o, head_out,
		STR("GET /next?q=1&e HTTP/1.1\r\nHost: h.example\r\n"
		    "Cookie: sid=secret; b=2\r\n\r\n"));
	hop->head_out = 70;
	hop->sent = BEGAN + 20200;
	tell_head(o,
		STR("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
		    "Content-Encoding: gzip\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n"),
		false);
	OBSERVE(o, framing, &framing);
	OBSERVE(o, body_in, STR("9\r\nabcdefg"));
	OBSERVE(o, chunk, &line);
	OBSERVE(o, content, STR("hello "));
	OBSERVE(o, content, STR("world"));
	tell_head(o, STR("X-Sum: 1\r\n\r\n"), true);
	error_set(error, ERR_PARTIAL, "it broke off");
	hop->first_byte = BEGAN + 30200;
	hop->status = 200;
	hop->head_in = 107;
	hop->body_in = 7;
	hop->content = 11;
	hop->ended = BEGAN + 40000;
	OBSERVE(o, hop_end, hop, error);
}

void events_play(const struct observer *o, struct error *error)
{
	struct url url = parsed("https://joe:pw@h.example/#top");
	struct hop hop = { .url = &url,
		.method = STR("POST"),
		.began = BEGAN,
		.began_wall = INT64_C(1790000000123456),
		.connection_id = -1 };

	first_hop(o, &hop);
	url_fini(&url);
	url = parsed("https://h.example/next?q=1&e");
	hop = (struct hop){ .number = 1,
		.reason = HOP_REDIRECT,
		.url = &url,
		.method = STR("GET"),
		.began = BEGAN + 20050,
		.began_wall = INT64_C(1790000000143506),
		.connection_id = -1 };
	second_hop(o, &hop, error);
	url_fini(&url);
}
