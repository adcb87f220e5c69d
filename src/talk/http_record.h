/* What is shown of a request: its bytes as they came, or a JSON object. */
#ifndef TALK_HTTP_RECORD_H
#define TALK_HTTP_RECORD_H

#include "http/request_parse.h"
#include "talk/visit.h"

struct http_record {
	struct visit *visit; /* whose receiver gets it; borrowed */
	bool json;
	bool wants_content; /* it is kept, as it is for JSON */
	struct buf raw; /* as received, not handed on yet */
	struct buf content; /* without transfer coding */
	uint64_t received; /* bytes of the request */
	uint64_t length; /* of the content */
	int64_t time; /* clock_wall() of its first byte */
};

void http_record_init(
	struct http_record *r, struct visit *v, bool json, bool wants_content);
void http_record_fini(struct http_record *r);

/* Forget the request before. */
void http_record_begin(struct http_record *r);

/* Bytes of the request have come. 0 or the receiver's error: what is over 1 MiB
 * is handed on before the request has ended (but not as JSON). */
int http_record_raw(
	struct http_record *r, struct str bytes, struct error *e) CHECKED;

/* Bytes of its content. 0; -ERR_TOO_LARGE when more than LIMIT_HEARD has to be
 * kept, or than visit_keep allows; -ERR_OUT_OF_MEMORY. */
int http_record_content(
	struct http_record *r, struct str bytes, struct error *e) CHECKED;

/* Hand the request over. JSON has the members time, peer, method, target,
 * version, fields and trailers (arrays of name and value), length, text or
 * base64 (the content), findings. 0, or the receiver's error. */
int http_record_end(struct http_record *r,
	const struct received_request *request, const struct head *trailers,
	const struct findings *found, struct error *e) CHECKED;

/* The same for a request that was refused for the reason `why`: JSON has time,
 * peer, error, length, text or base64 (the bytes as received, up to 1 MiB),
 * findings. */
int http_record_refused(struct http_record *r, const struct error *why,
	const struct findings *found, struct error *e) CHECKED;

#endif
