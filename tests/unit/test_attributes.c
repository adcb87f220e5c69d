#include "output/attributes.h"

#include <fcntl.h>
#include <unistd.h>

#include "support/scratch.h"
#include "support/table.h"

#define NAME "user.minifetch.test"

static void test_set_and_get(const void *row)
{
	const char *path = scratch_path("file");
	struct buf out;
	bool set;
	int fd;

	(void)row;
	scratch_write("file", "", 0600);
	buf_init(&out, 10000);
	buf_add_text(&out, "before ");
	assert_false(attributes_get(path, NAME, &out));
	assert_false(attributes_get(scratch_path("missing"), NAME, &out));
	fd = open(path, O_WRONLY);
	set = attributes_set(fd, NAME, STR("one")) &&
		attributes_set(fd, NAME, STR("a\0b"));
	close(fd);
	if (set) {
		assert_true(attributes_get(path, NAME, &out));
		assert_true(str_eq(buf_str(&out), STR("before a\0b")));
	} else
		assert_string_equal(buf_text(&out), "before ");
	buf_fini(&out);
	unlink(path);
	if (!set)
		skip();
}

int main(void)
{
	const struct table tables[] = {
		SINGLE("attributes_set and attributes_get", test_set_and_get),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run(
		"attributes", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
