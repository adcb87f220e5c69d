/* Config files: whatever is in one, the parser ends, counts lines upwards, and
 * takes names and arguments only from the bytes that it was given. */
#include <stdlib.h>

#include "cli/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_item(const struct config_item *item,
	const struct buf *argument, const uint8_t *data, size_t size)
{
	const char *begin = (const char *)data;

	require(item->name.p >= begin &&
		item->name.p + item->name.n <= begin + size);
	require(str_find(item->name, '\n') < 0);
	require(item->dashed == str_starts(item->name, STR("-")));
	require(item->has_argument || argument->n == 0);
	require(item->has_argument || item->flaw == CONFIG_FINE);
	require(argument->n <= size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct config_item item;
	struct buf argument;
	struct error e = { 0 };
	size_t line = 0, before = 0, lines = 1;
	int result;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	buf_init(&argument, LIMIT_CONFIG_LINE);
	while ((result = config_next(&text, &line, &item, &argument, &e)) > 0) {
		require(item.line > before && item.line <= lines);
		before = item.line;
		check_item(&item, &argument, data, size);
	}
	/* The end is the end; an error names a line. */
	if (result == 0)
		require(text.n == 0);
	else
		require(e.code == -result && item.line > before);
	buf_fini(&argument);
	return 0;
}
