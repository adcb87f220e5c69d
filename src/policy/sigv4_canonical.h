/* The canonical forms that AWS Signature Version 4 signs, so that what proxies
 * and libraries may rewrite does not matter. Source: AWS General Reference,
 * "Create a canonical request". */
#ifndef POLICY_SIGV4_CANONICAL_H
#define POLICY_SIGV4_CANONICAL_H

#include "http/request.h"

/* Append the path without empty and dot segments, percent-encoded once more;
 * with `once`, as S3 has it: as it is, in the one spelling that
 * percent-encoding of its bytes gives. */
void sigv4_canonical_path(struct buf *out, struct str path, bool once);

/* Append the parameters of a query (without '?') in order, each percent-encoded
 * and with an equals sign; a plus is a space. Returns 0 or
 * -ERR_OUT_OF_MEMORY. */
int sigv4_canonical_query(
	struct buf *out, struct str query, struct error *e) CHECKED;

/* Append to `lines` a line "name:value" for each of the fields that will be
 * sent, in order, and to `names` their names with semicolons between them.
 * Fields of one name become one, blanks in values single spaces; removals are
 * left out. Returns 0 or -ERR_OUT_OF_MEMORY. */
int sigv4_canonical_fields(struct buf *lines, struct buf *names,
	const struct user_field *fields, size_t n, struct error *e) CHECKED;

#endif
