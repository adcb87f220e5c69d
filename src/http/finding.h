/* Findings: which rule the peer broke, and at which byte. */
#ifndef HTTP_FINDING_H
#define HTTP_FINDING_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/limits.h"

enum finding_id {
#define FINDING(name, severity, section, what) FINDING_##name,
#include "http/findings.def"
#undef FINDING
	FINDING_COUNT
};

enum finding_severity { FINDING_WARNING, FINDING_ERROR };

struct finding_rule {
	const char *name; /* "BARE_LF" */
	enum finding_severity severity;
	const char *section; /* "RFC 9112 section 2.2" */
	const char *what; /* "a line ends in LF without CR" */
};

struct finding {
	enum finding_id id;
	uint64_t offset; /* bytes from the start of this response */
};

/* Zero it to start. At most LIMIT_FINDINGS are kept, the rest counted. */
struct findings {
	struct finding items[LIMIT_FINDINGS];
	size_t n;
	uint64_t dropped;
	uint64_t base; /* added to the offset of each new finding */
};

/* Note that the rule was broken at `offset` from f->base; the same rule again
 * right after itself is kept too. NULL `f` is allowed. */
void findings_add(struct findings *f, enum finding_id id, uint64_t offset);

/* The rule of an id; static. */
const struct finding_rule *finding_rule(enum finding_id id);

/* Append "byte 17: a line ends in LF without CR (RFC 9112 section 2.2)". */
void finding_print(struct buf *out, const struct finding *f);

#endif
