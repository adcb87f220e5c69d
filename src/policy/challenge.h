/* Lists of challenges, as WWW-Authenticate and Proxy-Authenticate hold them
 * (RFC 9110 sections 11.3 and 11.6.1). A comma in them parts two challenges or
 * two parameters of one: what stands behind it tells which. */
#ifndef POLICY_CHALLENGE_H
#define POLICY_CHALLENGE_H

#include <stdbool.h>

#include "base/str.h"

/* Borrows from the list. */
struct challenge {
	struct str scheme; /* "Basic", a token */
	struct str parameters; /* what stands behind it, trimmed: a list for
				* challenge_parameter, a token68, or nothing */
};

/* The next challenge at the front of `*list`, which moves behind it. A list
 * element that belongs to no challenge, because none has begun yet, is skipped.
 * False when none is left. Reading a whole list takes time linear in its
 * length. */
bool challenge_next(struct str *list, struct challenge *challenge);

/* The next "name=value" (RFC 9110 section 11.2) at the front of `*rest`, which
 * moves behind it; `value` is a token or a quoted-string with its quotes, for
 * value_unquote. Commas, blanks or both may part parameters, and an unquoted
 * value may have any byte but those and a quote in it, or be empty. Also reads
 * Authentication-Info, which is a list of parameters (RFC 9110 section 11.6.3).
 * Returns 1, 0 when none is left, or -1, and `*rest` begins with what is no
 * parameter. */
int challenge_parameter(struct str *rest, struct str *name, struct str *value);

#endif
