/* Findings: counting, limits, words. */
#include "http/finding.h"
#include "support/findings.h"

struct rule_row {
	const char *name;
	enum finding_id id;
	enum finding_severity severity;
};

static const struct rule_row rule_rows[] = {
#define FINDING(name, severity, ...) \
	{ #name, FINDING_##name, FINDING_##severity },
#include "http/findings.def"
#undef FINDING
};

/* A rule's reference is "RFC NNNN section N[.N...]", its words one phrase. */
static void test_rule(const void *row)
{
	const struct rule_row *r = row;
	const struct finding_rule *rule = finding_rule(r->id);
	const char *consequence = rule->consequence;

	/* A text that fills its array but for its NUL is no error in C. */
	assert_non_null(memchr(rule->name, '\0', sizeof(rule->name)));
	assert_non_null(memchr(rule->section, '\0', sizeof(rule->section)));
	assert_non_null(memchr(rule->what, '\0', sizeof(rule->what)));
	assert_non_null(memchr(consequence, '\0', sizeof(rule->consequence)));
	assert_string_equal(rule->name, r->name);
	assert_int_equal(rule->severity, r->severity);
	assert_true(strncmp(rule->section, "RFC 9112 section ", 17) == 0 ||
		strncmp(rule->section, "RFC 9110 section ", 17) == 0 ||
		strncmp(rule->section, "RFC 8259 section ", 17) == 0);
	assert_int_equal(strspn(rule->section + 17, "0123456789."),
		strlen(rule->section) - 17);
	assert_true(strlen(rule->what) > 10);
	assert_null(strchr(rule->what, '\n'));
	assert_true(strlen(consequence) > 20);
	assert_int_equal(consequence[strlen(consequence) - 1], '.');
	assert_null(strchr(consequence, '\n'));
}

static void test_print(const void *row)
{
	struct finding f = { FINDING_BARE_LF, 17 };
	struct buf out;

	(void)row;
	buf_init(&out, 1000);
	finding_print(&out, &f);
	assert_string_equal(buf_text(&out),
		"byte 17: a line ends in LF without CR "
		"(RFC 9112 section 2.2)");
	buf_fini(&out);
}

static void test_describe(const void *row)
{
	struct buf out;

	(void)row;
	buf_init(&out, 1000);
	finding_describe(&out, FINDING_BARE_LF);
	assert_string_equal(buf_text(&out),
		"A line ends in LF without CR. A reader that waits for CR LF "
		"takes this line and the next for one.");
	buf_fini(&out);
	assert_string_equal(
		finding_severity_text(finding_rule(FINDING_BARE_LF)),
		"warning");
	assert_string_equal(
		finding_severity_text(finding_rule(FINDING_BARE_CR)), "error");
}

/* Of many findings the first error is kept; what will be read again is not. */
static void test_broken(const void *row)
{
	struct findings f = { .base = 10 };
	struct findings_mark mark = findings_mark(&f);

	(void)row;
	findings_add(&f, FINDING_BARE_CR, 1);
	assert_true(f.broken);
	findings_rewind(&f, &mark);
	assert_false(f.broken);
	assert_findings(&f, "");
	for (uint64_t i = 0; i < LIMIT_FINDINGS; i++)
		findings_add(&f, FINDING_BARE_LF, i);
	assert_false(f.broken);
	mark = findings_mark(&f);
	findings_add(&f, FINDING_NUL_BYTE, 90);
	findings_rewind(&f, &mark);
	assert_int_equal(f.dropped, 0);
	findings_add(&f, FINDING_BARE_CR, 100);
	findings_add(&f, FINDING_NUL_BYTE, 101);
	assert_true(f.broken);
	assert_int_equal(f.first_error.id, FINDING_BARE_CR);
	assert_int_equal(f.first_error.offset, 110);
	assert_int_equal(f.dropped, 2);
	findings_clear(&f);
	assert_false(f.broken);
	assert_int_equal(f.dropped, 0);
	findings_add(&f, FINDING_BARE_LF, 1);
	assert_findings(&f, "BARE_LF@11");
	mark = findings_mark(NULL);
	findings_rewind(NULL, &mark);
}

static void test_base(const void *row)
{
	struct findings f = { .n = 0 };

	(void)row;
	findings_add(&f, FINDING_BARE_LF, 3);
	f.base = 100;
	findings_add(&f, FINDING_BARE_LF, 3);
	findings_add(&f, FINDING_NO_COLON, 0);
	assert_findings(&f, "BARE_LF@3 BARE_LF@103 NO_COLON@100");
	findings_add(NULL, FINDING_BARE_LF, 3);
}

static void test_limit(const void *row)
{
	struct findings f = { .n = 0 };

	(void)row;
	for (uint64_t i = 0; i < LIMIT_FINDINGS + 7; i++)
		findings_add(&f, FINDING_BARE_LF, i);
	assert_int_equal(f.n, LIMIT_FINDINGS);
	assert_int_equal(f.dropped, 7);
	assert_int_equal(
		f.items[LIMIT_FINDINGS - 1].offset, LIMIT_FINDINGS - 1);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("finding_rule", rule_rows, test_rule),
		SINGLE("finding_print", test_print),
		SINGLE("finding_describe", test_describe),
		SINGLE("findings_mark, findings_rewind", test_broken),
		SINGLE("findings_add with a base", test_base),
		SINGLE("findings_add over the limit", test_limit),
	};

	return table_run("finding", tables, sizeof(tables) / sizeof(tables[0]));
}
