/* The requests of one connection, read one after the other. */
#ifndef TALK_HTTP_INPUT_H
#define TALK_HTTP_INPUT_H

#include "http/chunk.h"
#include "http/request_parse.h"
#include "talk/http_record.h"

struct http_input {
	struct visit *visit; /* borrowed */
	bool lost; /* nothing can be received, or sent, any more */

	/* The request at hand */
	bool has_head; /* `request` is there; it borrows from `in` */
	struct received_request request;
	struct head trailers;
	struct findings found; /* offsets count from its first byte */
	struct http_record record; /* what has been read of it */

	/* Private: received into `in` until a head is whole, then into
	 * `block`. */
	struct buf in;
	size_t at; /* bytes of `in` that have been used */
	char *block;
	size_t block_at, block_n;
	struct chunk_decoder chunks;
};

/* `json` and `wants_content` as http_record_init. */
void http_input_init(
	struct http_input *i, struct visit *v, bool json, bool wants_content);
void http_input_fini(struct http_input *i);

/* Leave the request before, and read the next head, all of which has to come
 * within idle_ms. Returns 1 when it is there; 0 when the client has closed the
 * connection, or been idle; -ERR_PARTIAL when it has closed it in the middle of
 * the head; what request_parse and visit_receive fail with. */
int http_input_head(struct http_input *i, struct error *e) CHECKED;

/* Nothing has come yet of what follows the head. */
bool http_input_waits(const struct http_input *i);

/* Read the body to its end, and the trailers, which has to be done by
 * visit_due. 0; -ERR_PARTIAL; what
 * visit_receive, chunk_decode, request_parse_trailers, http_record_raw and
 * http_record_content fail with. */
int http_input_body(struct http_input *i, struct error *e) CHECKED;

#endif
