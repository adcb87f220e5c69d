/* --explain: an exchange told to a person, each event where it happens. */
#ifndef OUTPUT_EXPLAIN_H
#define OUTPUT_EXPLAIN_H

#include "output/narrator.h"
#include "transfer/observer.h"

struct explain {
	struct narrator to;

	/* private: of the hop under way */
	int64_t began;
	uint64_t sent; /* bytes of the request's body, not yet told of */
	uint64_t heard; /* bytes of a head that is not whole yet */
	bool secret; /* as narrator_add_part has it */
	struct str method;
	char coding[64]; /* the response's Content-Encoding, cut */
};

/* An observer onto `x`, which it borrows. A hop is a line "Request N: METHOD
 * URL", and what belongs to it follows, two blanks in front of it and the lines
 * of heads behind "> " and "< ". Secrets are redacted unless x->to.secrets. */
struct observer explain_observer(struct explain *x);

#endif
