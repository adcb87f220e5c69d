/* What happened in one transfer, kept until it is over: each hop with its
 * attempts, heads, bodies, findings and decisions. Reports are written from
 * it. */
#ifndef OUTPUT_LEDGER_H
#define OUTPUT_LEDGER_H

#include "transfer/observer.h"

struct ledger_attempt {
	char ip[ADDRESS_TEXT];
	uint16_t port;
	int64_t start, end; /* clock_now() */
	int error; /* an errno value; 0: connected; ECANCELED: another won */
};

/* What the TLS handshake agreed on; texts are owned and may be NULL. */
struct ledger_tls {
	char *version, *cipher, *alpn;
	long verify_result;
	struct tls_certificate *certificates;
	size_t n_certificates;
};

struct ledger_decision {
	enum decision_kind kind;
	char *text;
};

/* A body, or as much of it as was asked for. */
struct ledger_body {
	struct buf bytes; /* the first ones */
	uint64_t size; /* of all */
};

struct ledger_hop {
	struct hop hop; /* its url is NULL, its method that below */
	char *method, *url; /* the URL with its user, password and fragment */
	unsigned attempt; /* of the transfer, from 1: more with --retry */
	char *host; /* that was looked up; NULL for a reused connection */
	int64_t dial_started; /* likewise 0 */
	struct ledger_attempt *attempts;
	size_t n_attempts;
	struct ledger_tls *tls; /* NULL: plain, or a reused connection */
	struct buf request; /* the head as sent */
	struct ledger_body sent; /* the request's body, without chunk lines */
	struct buf interim; /* 1xx heads, one behind the other */
	struct buf head; /* the final head as received, or what came of one;
			  * empty: none did */
	struct buf trailers; /* as received, with the empty line */
	struct buf tunnel; /* the last answer to CONNECT, as `head` */
	bool tunnel_whole; /* private: what comes is of another one */
	struct buf coming; /* private: of the head being read */
	bool coming_trailers; /* private: it is a trailer section */
	bool framed;
	struct framing framing; /* meaningful when `framed` */
	struct ledger_body content; /* decoded */
	struct finding *findings;
	size_t n_findings;
	struct ledger_decision *decisions;
	size_t n_decisions;
	struct error error; /* code 0: it went well */
};

struct ledger {
	size_t body_limit; /* bytes of each body to keep; 0: none */
	struct ledger_hop **hops;
	size_t n;
	uint64_t kept; /* bytes of heads and bodies */
	bool skipping; /* private: the hop under way is not kept */
	uint64_t left_out; /* hops that would have been too many or too large */
	bool incomplete; /* memory ran out: something is missing */
};

/* Start one that keeps so many bytes of each body. ledger_fini is due. */
void ledger_init(struct ledger *l, size_t body_limit);
void ledger_fini(struct ledger *l);

/* An observer that writes everything down in `l`, which it borrows. Of several
 * transfers in a row (a retry) the hops follow each other. Bodies are looked at
 * only when some of them is to be kept. */
struct observer ledger_observer(struct ledger *l);

/* The phases of a hop, each of which begins where another one ends. */
enum ledger_phase {
	PHASE_BLOCKED, /* before anything was done on the network */
	PHASE_DNS, /* this and the next three: not over a reused connection */
	PHASE_CONNECT,
	PHASE_PROXY,
	PHASE_TLS,
	PHASE_SEND,
	PHASE_WAIT,
	PHASE_RECEIVE,
	PHASES
};

/* When they were, clock_now(); `to` is 0 for what the hop did not have. That
 * which was under way when it failed lasted until then. */
struct ledger_timings {
	struct ledger_span {
		int64_t from, to;
	} phases[PHASES];
	int64_t total; /* microseconds; -1: unknown; the sum of the phases */
	enum ledger_phase unfinished; /* PHASES: none was cut off */
};

struct ledger_timings ledger_timings(const struct ledger_hop *h);

/* How long a phase took, in microseconds; -1 when there was none. */
int64_t ledger_time(const struct ledger_timings *t, enum ledger_phase phase);

/* Its name in reports and archives: "dns". */
const char *ledger_phase_name(enum ledger_phase phase);

/* Append the hop's URL as it may be shown: its password redacted, unless
 * `secrets`. */
void ledger_add_url(struct buf *out, const struct ledger_hop *h, bool secrets);

#endif
