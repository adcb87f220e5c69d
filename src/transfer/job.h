/* One transfer as it was asked for: what cli/ fills and transfer/ reads.
 * Nothing in it is owned; all of it outlives the transfer. */
#ifndef TRANSFER_JOB_H
#define TRANSFER_JOB_H

#include "http/request.h"
#include "net/dial.h"
#include "net/tls.h"
#include "policy/auth.h"
#include "policy/condition.h"
#include "policy/cookie.h"
#include "policy/hsts.h"
#include "policy/pace.h"
#include "policy/redirect.h"
#include "policy/statuses.h"
#include "proxy/proxy.h"
#include "transfer/upload.h"
#include "url/url.h"

/* What the requests are made of. */
struct request_spec {
	const char *method; /* -X; NULL: what the rest implies */
	bool head; /* -I */
	int minor; /* HTTP/1.x */
	bool allow_http09; /* --http0.9 */
	const char *user_agent; /* "" sends none */
	const char *referer; /* NULL: none */
	bool auto_referer; /* -e ';auto' */
	const char *user; /* "name:password"; NULL: none */
	const char *bearer; /* a token; NULL: none */
	unsigned auth; /* enum auth_scheme: those that may be used */
	struct str netrc; /* the file's content; {NULL, 0}: none */
	const char *sigv4; /* --aws-sigv4; NULL: not so */
	struct str body_text; /* the body when it is in memory */
	const char *netrc_name; /* option and file, for messages */
	bool netrc_required; /* over what the URL says */
	const char *cookie; /* -b DATA, sent as it is; NULL: none */
	bool compressed; /* Accept-Encoding, and decode */
	bool no_decode_limit; /* however much comes of little */
	bool tr_encoding; /* offer compressed transfer codings */
	const char *range; /* behind "bytes="; NULL: none */
	bool resumes; /* -C to a file: nothing may get into it but what it is
		       * to hold */
	bool transcript; /* -i: heads are written where the body goes */
	uint64_t resume_from; /* a download goes on here; 0: none */
	bool whole_will_do; /* ... but all may come as well */
	struct str if_range; /* the entity-tag it depends on; {NULL, 0}: none */
	bool upload_resumes; /* -C with -T: */
	uint64_t upload_from; /* the body begins at this byte of its whole */
	struct condition condition; /* -z */
	struct str if_none_match; /* --etag-compare; {NULL, 0}: none */
	bool raw; /* --raw: neither chunked nor codings are decoded */
	bool ignore_length;
	struct user_field *fields;
	size_t n_fields;
	struct upload *body; /* NULL: none */
	bool put; /* -T: PUT rather than POST */
	int64_t expect_ms; /* --expect100-timeout */
	const char *content_type; /* of the body, NULL: none */
	const char *target; /* --request-target */
};

/* --raw-request: bytes that go out as they are, in place of a request. */
struct raw_request {
	struct str bytes; /* at least one */
	const size_t *splits; /* ascending offsets where writes are cut */
	size_t n_splits;
	int64_t delay_ms; /* between two writes */
};

/* Which proxies are used, and how they are asked. */
struct proxy_spec {
	struct proxy_choice choice;
	const struct proxy *first; /* --preproxy: SOCKS, on the way to the
				    * proxy; NULL: none */
	bool tunnel; /* -p: CONNECT for http too */
	unsigned auth; /* enum auth_scheme */
	const char *user_agent; /* of CONNECT; "" sends none */
	struct user_field *fields; /* --proxy-header */
	size_t n_fields;
	const struct tls_config *tls; /* of HTTPS proxies */
	bool hide_heads; /* --suppress-connect-headers */
};

/* Which statuses are failures. */
enum fail_mode { FAIL_NEVER, FAIL_WITHOUT_BODY, FAIL_WITH_BODY };

struct job {
	const char *url;
	struct url_options url_options;
	unsigned protocols; /* --proto: enum redirect_protocols */
	struct request_spec request;
	struct net_config net;
	const struct tls_config *tls; /* from session_tls_config */
	const struct proxy_spec *proxy; /* NULL: none is used */
	const char *proxy_header; /* the PROXY protocol's: "" with the
				   * connection's addresses, else with this
				   * one; NULL: none is sent */
	struct redirect_config redirect;
	struct cookie_jar *cookies; /* NULL: none are kept */
	struct hsts *hsts; /* NULL: neither obeyed nor kept */
	enum fail_mode fail;
	bool strict; /* a response that breaks a rule fails */
	const struct statuses *failures; /* NULL: those from 400 on */
	int64_t max_time_ms; /* -m; 0: none */
	struct pace_config pace; /* --limit-rate, --speed-limit */
	uint64_t max_file_size; /* 0: none */
	const struct raw_request *raw; /* NULL: none */
	bool dry_run; /* hand the request to the sink instead of a server */
	int64_t min_days; /* --cert-min-days; 0: any certificate will do */
	bool want_certificates; /* in the facts: it takes a while */
};

/* The status of a last response makes the job a failure. */
static inline bool job_fails(const struct job *job, int status)
{
	if (job->fail == FAIL_NEVER)
		return false;
	return job->failures ? statuses_has(job->failures, status)
			     : status >= 400;
}

#endif
