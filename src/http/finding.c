#include "http/finding.h"

#include <inttypes.h>

static const struct finding_rule rules[FINDING_COUNT] = {
#define FINDING(name, severity, section, what) \
	[FINDING_##name] = { #name, FINDING_##severity, section, what },
#include "http/findings.def"
#undef FINDING
};

void findings_add(struct findings *f, enum finding_id id, uint64_t offset)
{
	if (!f)
		return;
	if (f->n == LIMIT_FINDINGS) {
		f->dropped++;
		return;
	}
	f->items[f->n++] = (struct finding){ id, f->base + offset };
}

const struct finding_rule *finding_rule(enum finding_id id)
{
	return &rules[id];
}

void finding_print(struct buf *out, const struct finding *f)
{
	const struct finding_rule *rule = finding_rule(f->id);

	buf_printf(out, "byte %" PRIu64 ": %s (%s)", f->offset, rule->what,
		rule->section);
}
