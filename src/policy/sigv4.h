/* AWS Signature Version 4, as --aws-sigv4 asks for it: the credentials are a
 * signature over the request head and a digest of the body. Source: AWS General
 * Reference, "Create a signed AWS API request"; names and headers as curl's. */
#ifndef POLICY_SIGV4_H
#define POLICY_SIGV4_H

#include "http/request.h"
#include "policy/auth.h"

/* What the option names; borrows from it. An empty region or service is taken
 * from the host name: SERVICE.REGION.example.com. */
struct sigv4_scope {
	struct str provider1; /* "aws": AWS4-HMAC-SHA256, aws4_request */
	struct str provider2; /* "amz": X-Amz-Date */
	struct str region, service;
};

/* Read "provider1[:provider2[:region[:service]]]". A missing or empty provider2
 * is the same as provider1; nothing at all is aws:amz. Returns 0, or -ERR_USAGE
 * naming the byte that may not stand there. */
int sigv4_parse(struct str argument, struct sigv4_scope *scope,
	struct error *e) CHECKED;

struct sigv4_request {
	struct str method;
	struct str target; /* in origin-form, as it is sent */
	struct str host; /* for Host: name[:port] */
	struct str key, secret; /* user name and password */
	const struct user_field *fields; /* all that are sent are signed */
	size_t n_fields;
	struct str body;
	bool streamed; /* the body is not in memory: `body` is not it */
	int64_t now; /* seconds since 1970 */
};

/* What is to be sent; each is owned. */
struct sigv4_signature {
	struct buf authorization; /* the value for Authorization */
	struct buf date; /* "X-Amz-Date: 20150830T123600Z" */
	struct buf digest; /* "x-amz-content-sha256: ..." */
};

void sigv4_init(struct sigv4_signature *s);
void sigv4_fini(struct sigv4_signature *s);

/* Sign a request. `date` and `digest` are lines to be sent without their line
 * ends, or stay empty when `fields` has such a field already, which then says
 * what is signed; `digest` is for provider1 "aws" and services of S3 only,
 * which may send a streamed body unsigned. Returns 0; -ERR_URL_MALFORMED when
 * the host name has no service or region; -ERR_USAGE for a streamed body that
 * must be signed, or a date of the user's that is none; what the hasher fails
 * with; -ERR_OUT_OF_MEMORY. */
int sigv4_sign(const struct sigv4_scope *scope,
	const struct sigv4_request *request, const struct auth_hasher *hasher,
	struct sigv4_signature *s, struct error *e) CHECKED;

#endif
