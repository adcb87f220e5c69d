/* base/module.c. SAMPLE_MODULE is the path of module_sample.c, built as a
 * shared object. */
#include "base/module.h"

#include "config.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/table.h"

#define THREADS 8

/* A directory of modules, for one test. */
struct place {
	char dir[64];
};

static const char *in_place(
	const struct place *place, const char *name, char path[static PATH_MAX])
{
	assert_in_range(snprintf(path, PATH_MAX, "%s/%s.so", place->dir, name),
		1, PATH_MAX - 1);
	return path;
}

static void place_init(struct place *place)
{
	static const char *const links[] = { "sample", "stale", "nameless" };
	char target[PATH_MAX], path[PATH_MAX];
	int fd;

	memcpy(place->dir, "/tmp/minifetch-module-XXXXXX",
		sizeof("/tmp/minifetch-module-XXXXXX"));
	assert_non_null(mkdtemp(place->dir));
	assert_non_null(realpath(SAMPLE_MODULE, target));
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		assert_int_equal(
			symlink(target, in_place(place, links[i], path)), 0);
	fd = open(in_place(place, "broken", path), O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "no object\n", 10), 10);
	close(fd);
	module_set_dir(place->dir);
}

static void place_fini(const struct place *place)
{
	static const char *const names[] = { "sample", "stale", "nameless",
		"broken" };
	char path[PATH_MAX];

	module_set_dir(NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(unlink(in_place(place, names[i], path)), 0);
	assert_int_equal(rmdir(place->dir), 0);
}

static const struct refused_row {
	const char *name, *module;
	const char *words[3]; /* all of them in the message */
} refused_rows[] = {
	{ "no such file", "absent",
		{ "this build has no module 'absent'", "absent.so" } },
	{ "no shared object", "broken",
		{ "the module 'broken' cannot be loaded", "broken.so" } },
	{ "no such symbol", "nameless",
		{ "the module 'nameless' cannot be used",
			"has no module_nameless" } },
	{ "another version", "stale",
		{ "the module 'stale' cannot be used", "version 0.0.0-stale",
			"this program of version " PACKAGE_VERSION } },
};

static void test_refused(const void *data)
{
	const struct refused_row *row = data;
	struct error e = { 0 };
	struct place place;

	place_init(&place);
	assert_null(module_load(row->module, &e));
	assert_int_equal(e.code, ERR_NOT_BUILT_IN);
	for (int i = 0; i < 3 && row->words[i]; i++)
		if (!strstr(e.text, row->words[i]))
			fail_msg("no \"%s\" in: %s", row->words[i], e.text);
	assert_null(module_load(row->module, NULL));
	place_fini(&place);
}

static void *load_sample(void *unused)
{
	(void)unused;
	return (void *)module_load("sample", NULL);
}

/* The first load of "sample" in this program, by several threads at once. */
static void test_load(const void *data)
{
	pthread_t threads[THREADS];
	struct error e = { 0 };
	const void *functions;
	struct place place;

	(void)data;
	place_init(&place);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, load_sample, NULL),
			0);
	functions = module_load("sample", &e);
	assert_non_null(functions);
	assert_string_equal(functions, "functions of the sample");
	assert_int_equal(e.code, 0);
	for (int i = 0; i < THREADS; i++) {
		void *loaded;

		assert_int_equal(pthread_join(threads[i], &loaded), 0);
		assert_ptr_equal(loaded, functions);
	}
	place_fini(&place);
	/* It stays loaded, whatever becomes of its file. */
	assert_ptr_equal(module_load("sample", &e), functions);
}

/* With no directory set, what is nowhere is missing where it would be
 * installed. */
static void test_installed(const void *data)
{
	struct error e = { 0 };

	(void)data;
	assert_null(module_load("nowhere", &e));
	assert_int_equal(e.code, ERR_NOT_BUILT_IN);
	assert_non_null(strstr(e.text, PKGLIBDIR "/nowhere.so"));
}

static const struct beside_row {
	const char *name;
	mode_t mode; /* of the directory */
	const char *words; /* in the message */
} beside_rows[] = {
	{ "own directory", 0755, ".libs/beside.so" },
	{ "directory anyone may write to", 0777, PKGLIBDIR "/beside.so" },
};

/* A broken file in the .libs beside this program: the message shows whether it
 * was tried. */
static void test_beside(const void *data)
{
	const struct beside_row *row = data;
	char dir[PATH_MAX], path[PATH_MAX + 16], *slash;
	ssize_t n = readlink("/proc/self/exe", dir, sizeof(dir) - 8);
	struct error e = { 0 };
	struct stat before;
	bool made;
	int fd;

	if (n < 0)
		skip();
	dir[n] = '\0';
	slash = strrchr(dir, '/');
	assert_non_null(slash);
	memcpy(slash, "/.libs", sizeof("/.libs"));
	made = mkdir(dir, 0755) == 0;
	assert_int_equal(stat(dir, &before), 0);
	snprintf(path, sizeof(path), "%s/beside.so", dir);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(chmod(dir, row->mode), 0);
	assert_null(module_load("beside", &e));
	assert_int_equal(chmod(dir, before.st_mode & 07777), 0);
	assert_int_equal(unlink(path), 0);
	if (made)
		assert_int_equal(rmdir(dir), 0);
	assert_non_null(strstr(e.text, row->words));
}

static const struct table tables[] = {
	TABLE("module_load refuses", refused_rows, test_refused),
	SINGLE("module_load", test_load),
	SINGLE("module_load from pkglibdir", test_installed),
	TABLE("module_load beside the program", beside_rows, test_beside),
};

int main(void)
{
	return table_run("module", tables, sizeof(tables) / sizeof(tables[0]));
}
