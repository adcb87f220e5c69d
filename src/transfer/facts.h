/* What is known of a transfer when it is over, or while it runs: what -w,
 * progress and reports show. */
#ifndef TRANSFER_FACTS_H
#define TRANSFER_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "net/resolve.h"

/* Microseconds since the transfer began; 0 for what did not happen. Those of
 * several hops are summed as curl does: all but `redirect` and `total` are of
 * the last hop, counted from the beginning of the transfer. */
struct facts_times {
	int64_t name_lookup, connect, tls, pre_transfer, post_transfer,
		start_transfer, redirect, queue, total;
};

/* Owned by whoever holds it; facts_init and facts_fini. */
struct facts {
	char *url; /* the last one fetched, as it was used; may be NULL */
	char *scheme; /* "http", of the last hop; may be NULL */
	char *method; /* of the last request */
	char *redirect_url; /* where a redirect that was not followed leads */
	char *referer; /* sent with the last request; may be NULL */
	char *tls_chain; /* the server's certificates as PEM with their fields;
			  * NULL: none, or the job does not want them */
	int tls_chain_length;
	long tls_verify_result, proxy_verify_result;
	int status; /* 0: no response; 304 also when it was only simulated */
	bool unmodified; /* the condition of the request was not met */
	int connect_status; /* of the last CONNECT */
	int major, minor; /* version of the last response */
	struct buf heads; /* the last response's head, trailers behind it ... */
	size_t head_size; /* ... and how much of it is the head */
	struct buf earlier; /* the heads of responses before it, which led to
			     * another request; failed: not all of them */
	struct facts_times times;
	uint64_t received; /* body bytes handed on (after decoding) */
	uint64_t wire; /* body bytes as they came, before content decoding */
	uint64_t expected; /* UINT64_MAX: unknown */
	uint64_t resumed; /* bytes of the whole in front of them */
	uint64_t sent; /* body bytes */
	uint64_t to_send; /* likewise, in all; UINT64_MAX: unknown */
	uint64_t head_received, request_sent; /* head bytes, all hops */
	long redirects, connects, retries;
	long connection_id; /* -1: none */
	bool proxied;
	char peer_ip[ADDRESS_TEXT], local_ip[ADDRESS_TEXT];
	uint16_t peer_port, local_port;
};

void facts_init(struct facts *f);
void facts_fini(struct facts *f);

#endif
