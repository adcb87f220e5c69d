/* Findings: which rule the peer broke, and at which byte. */
#ifndef HTTP_FINDING_H
#define HTTP_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/limits.h"

enum finding_id {
#define FINDING(name, ...) FINDING_##name,
#include "http/findings.def"
#undef FINDING
	FINDING_COUNT
};

enum finding_severity { FINDING_WARNING, FINDING_ERROR };

/* Arrays, as pointers would have to be relocated at each start. */
struct finding_rule {
	enum finding_severity severity;
	char name[28]; /* "BARE_LF" */
	char section[28]; /* "RFC 9112 section 2.2" */
	char what[84]; /* "a line ends in LF without CR" */
	char consequence[140]; /* what breaking it can lead to: a sentence */
};

struct finding {
	enum finding_id id;
	uint64_t offset; /* bytes from the start of this response */
};

/* Zero it to start. At most LIMIT_FINDINGS are kept, the rest counted; the
 * first one of severity ERROR is not lost even then. */
struct findings {
	struct finding items[LIMIT_FINDINGS];
	size_t n;
	uint64_t dropped;
	uint64_t base; /* added to the offset of each new finding */
	bool broken; /* there is one of severity ERROR ... */
	struct finding first_error; /* ... the first of them */
};

/* Note that the rule was broken at `offset` from f->base; the same rule again
 * right after itself is kept too. NULL `f` is allowed. */
void findings_add(struct findings *f, enum finding_id id, uint64_t offset);

/* Forget all that were found; the base stays. */
void findings_clear(struct findings *f);

/* Where to go back to when what was read will be read again. */
struct findings_mark {
	size_t n;
	uint64_t dropped;
	bool broken;
};

/* What has been found so far, and back to that; NULL `f` is allowed. */
struct findings_mark findings_mark(const struct findings *f);
void findings_rewind(struct findings *f, const struct findings_mark *mark);

/* The rule of an id; static. */
const struct finding_rule *finding_rule(enum finding_id id);

/* "warning" or "error", static. */
const char *finding_severity_text(const struct finding_rule *rule);

/* Append "A line ends in LF without CR. A reader that waits ...": what the rule
 * is about and what breaking it can lead to, as sentences. */
void finding_describe(struct buf *out, enum finding_id id);

/* Append "byte 17: a line ends in LF without CR (RFC 9112 section 2.2)". */
void finding_print(struct buf *out, const struct finding *f);

#endif
