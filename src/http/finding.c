#include "http/finding.h"

#include <inttypes.h>

#include "base/ascii.h"

static const struct finding_rule rules[FINDING_COUNT] = {
#define FINDING(name, severity, section, what, consequence)            \
	[FINDING_##name] = { FINDING_##severity, #name, section, what, \
		consequence },
#include "http/findings.def"
#undef FINDING
};

void findings_add(struct findings *f, enum finding_id id, uint64_t offset)
{
	const struct finding found = { id, f ? f->base + offset : 0 };

	if (!f)
		return;
	if (rules[id].severity == FINDING_ERROR && !f->broken) {
		f->broken = true;
		f->first_error = found;
	}
	if (f->n == LIMIT_FINDINGS) {
		f->dropped++;
		return;
	}
	f->items[f->n++] = found;
}

void findings_clear(struct findings *f)
{
	f->n = 0;
	f->dropped = 0;
	f->broken = false;
}

struct findings_mark findings_mark(const struct findings *f)
{
	if (!f)
		return (struct findings_mark){ 0 };
	return (struct findings_mark){ f->n, f->dropped, f->broken };
}

void findings_rewind(struct findings *f, const struct findings_mark *mark)
{
	if (!f)
		return;
	f->n = mark->n;
	f->dropped = mark->dropped;
	f->broken = mark->broken;
}

const struct finding_rule *finding_rule(enum finding_id id)
{
	return &rules[id];
}

const char *finding_severity_text(const struct finding_rule *rule)
{
	return rule->severity == FINDING_ERROR ? "error" : "warning";
}

void finding_describe(struct buf *out, enum finding_id id)
{
	const struct finding_rule *rule = finding_rule(id);

	buf_add_char(out, ascii_upper(rule->what[0]));
	buf_printf(out, "%s. %s", rule->what + 1, rule->consequence);
}

void finding_print(struct buf *out, const struct finding *f)
{
	const struct finding_rule *rule = finding_rule(f->id);

	buf_printf(out, "byte %" PRIu64 ": %s (%s)", f->offset, rule->what,
		rule->section);
}
