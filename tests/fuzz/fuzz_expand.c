/* Variables: the input's first line is what --variable is given, the second the
 * content of the variable x, the rest what is expanded. */
#include <stdint.h>
#include <stdlib.h>

#include "cli/expand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_spec(struct str text)
{
	struct variable_spec spec;
	struct error e = { 0 };

	if (variable_parse(&spec, text, &e) < 0) {
		require(e.code == ERR_USAGE);
		require(strstr(e.text, "at byte offset ") != NULL);
		return;
	}
	require(spec.name.n > 0 && spec.name.n <= VARIABLE_NAME_MAX);
	require(spec.first <= spec.last);
	require(spec.import || spec.source != VARIABLE_NONE);
	if (spec.source != VARIABLE_NONE)
		require(spec.content.p + spec.content.n == text.p + text.n);
}

/* What is expanded without variables is no longer than before. */
static void check_expansion(struct str text, struct str content)
{
	struct variables variables = { 0 };
	struct expand_flaw flaw;
	struct error e = { 0 };
	struct buf out;
	int result;

	require(variables_set(&variables, STR("x"), content, &e) == 0);
	buf_init(&out, LIMIT_CONFIG_LINE);
	result = expand(&out, text, &variables, &flaw, &e);
	if (result < 0)
		require(e.code == -result);
	else if (flaw.what)
		require(flaw.at < text.n);
	if (result == 0 && str_search(text, STR("{{")) < 0)
		require(str_eq(buf_str(&out), text));
	if (result == 0 && str_find(text, '\0') < 0)
		require(str_find(buf_str(&out), '\0') < 0);
	buf_clear(&out);
	variables_fini(&variables);
	if (expand(&out, text, &variables, &flaw, &e) == 0)
		require(out.n <= text.n);
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, spec, content;

	str_cut(rest, '\n', &spec, &rest);
	str_cut(rest, '\n', &content, &rest);
	check_spec(spec);
	check_expansion(rest, content);
	return 0;
}
