#include "support/table.h"

#include "transfer/media_type.h"

struct type_row {
	const char *name, *file_name, *type;
};

static const struct type_row type_rows[] = {
	{ "gif", "a.gif", "image/gif" },
	{ "jpg", "a.jpg", "image/jpeg" },
	{ "jpeg", "a.jpeg", "image/jpeg" },
	{ "png", "a.png", "image/png" },
	{ "svg", "a.svg", "image/svg+xml" },
	{ "txt", "a.txt", "text/plain" },
	{ "htm", "a.htm", "text/html" },
	{ "html", "a.html", "text/html" },
	{ "pdf", "a.pdf", "application/pdf" },
	{ "xml", "a.xml", "application/xml" },
	{ "capitals", "A.PnG", "image/png" },
	{ "nothing before the dot", ".html", "text/html" },
	{ "no dot", "html", NULL },
	{ "another extension behind", "a.html.q", NULL },
	{ "unknown", "a.json", NULL },
	{ "shorter than an extension", "g", NULL },
	{ "empty", "", NULL },
};

static void test_type(const void *data)
{
	const struct type_row *row = data;
	size_t n = strlen(row->file_name);
	char *copy = exact_copy(row->file_name, n);
	const char *type = media_type_of((struct str){ copy, n });

	free(copy);
	if (row->type) {
		assert_non_null(type);
		assert_string_equal(type, row->type);
	} else {
		assert_null(type);
	}
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("media_type_of", type_rows, test_type),
	};

	return table_run(
		"media_type", tables, sizeof(tables) / sizeof(tables[0]));
}
