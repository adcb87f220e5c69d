/* base/module.h for builds whose modules are shared objects. */
#include "base/module.h"

#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

#define SELF "/proc/self/exe"
#define LARGEST (16u << 20) /* what a module and its libraries map, at most */

/* Kept until the program ends: what a module handed out has no last user. */
struct loaded {
	struct loaded *next;
	const void *functions;
	char name[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct loaded *all_loaded;
static const char *only_dir;

static const void *find_loaded(const char *name)
{
	for (struct loaded *l = all_loaded; l; l = l->next)
		if (strcmp(l->name, name) == 0)
			return l->functions;
	return NULL;
}

static int remember(const char *name, const void *functions, struct error *e)
{
	size_t size = strlen(name) + 1;
	struct loaded *l = malloc(sizeof(*l) + size);

	if (!l)
		return error_memory(e);
	memcpy(l->name, name, size);
	l->functions = functions;
	l->next = all_loaded;
	all_loaded = l;
	return 0;
}

/* Code is only loaded from a directory of the program's owner that not everyone
 * can write to: the program may lie in a shared one such as /tmp. */
static bool is_trusted(const char *dir)
{
	struct stat self, there;

	return stat(SELF, &self) == 0 && lstat(dir, &there) == 0 &&
		S_ISDIR(there.st_mode) && there.st_uid == self.st_uid &&
		!(there.st_mode & S_IWOTH);
}

/* The path of `name` in the .libs beside the program: a build tree's. False
 * when there is none, or no way to tell. */
static bool find_beside(const char *name, struct buf *path)
{
	char self[PATH_MAX];
	ssize_t n = readlink(SELF, self, sizeof(self));
	const char *dir;

	while (n > 0 && self[n - 1] != '/')
		n--;
	if (n <= 0)
		return false;
	buf_add(path, self, (size_t)n);
	buf_add_text(path, ".libs");
	dir = buf_text(path);
	if (!dir || !is_trusted(dir))
		return false;
	buf_printf(path, "/%s.so", name);
	return buf_text(path) && access(buf_text(path), F_OK) == 0;
}

static const char *find_file(const char *name, struct buf *path)
{
	if (!only_dir && find_beside(name, path))
		return buf_text(path);
	buf_clear(path);
	buf_printf(path, "%s/%s.so", only_dir ? only_dir : PKGLIBDIR, name);
	return buf_text(path);
}

/* Whether dlopen has failed, with the words `why`, as memory was short. It
 * keeps errno to itself, and for a mapping has the same words whatever the
 * reason. */
static bool is_starved(const char *why)
{
	void *probe;

	if (!why || strstr(why, error_system(ENOMEM)) ||
		strstr(why, "out of memory"))
		return true;
	probe = mmap(NULL, LARGEST, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (probe == MAP_FAILED)
		return errno == ENOMEM;
	munmap(probe, LARGEST);
	return false;
}

static void *open_file(const char *name, const char *path, struct error *e)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const char *why;

	if (handle)
		return handle;
	why = dlerror();
	if (access(path, F_OK) != 0)
		error_set(e, ERR_NOT_BUILT_IN, "this build has no module '%s'",
			name);
	else
		error_set(e,
			is_starved(why) ? ERR_OUT_OF_MEMORY : ERR_NOT_BUILT_IN,
			"the module '%s' cannot be loaded", name);
	error_add(e, ": %s", why ? why : path);
	return NULL;
}

/* The functions of an open module, or NULL with the reason in `e`. */
static const void *check_module(
	void *handle, const char *name, const char *path, struct error *e)
{
	const struct module *module = NULL;
	struct buf symbol;
	bool starved;

	buf_init(&symbol, PATH_MAX);
	buf_printf(&symbol, "module_%s", name);
	if (buf_text(&symbol))
		module = dlsym(handle, buf_text(&symbol));
	starved = symbol.failed == ERR_OUT_OF_MEMORY;
	buf_fini(&symbol);
	if (starved) {
		error_memory(e);
		return NULL;
	}
	if (!module) {
		error_set(e, ERR_NOT_BUILT_IN,
			"the module '%s' cannot be used: %s has no module_%s",
			name, path, name);
		return NULL;
	}
	if (strcmp(module->version, PACKAGE_VERSION) != 0) {
		error_set(e, ERR_NOT_BUILT_IN,
			"the module '%s' cannot be used: %s is of version %s, "
			"this program of version %s; install both again",
			name, path, module->version, PACKAGE_VERSION);
		return NULL;
	}
	return module->functions;
}

static const void *load_file(
	const char *name, const char *path, struct error *e)
{
	void *handle = open_file(name, path, e);
	const void *functions;

	if (!handle)
		return NULL;
	functions = check_module(handle, name, path, e);
	if (functions && remember(name, functions, e) < 0)
		functions = NULL;
	if (!functions)
		dlclose(handle);
	return functions;
}

static const void *find_and_load(const char *name, struct error *e)
{
	const void *functions = NULL;
	const char *file;
	struct buf path;

	buf_init(&path, 2 * PATH_MAX);
	file = find_file(name, &path);
	if (file)
		functions = load_file(name, file, e);
	else
		ignore(buf_check(&path, "path of a module", e));
	buf_fini(&path);
	return functions;
}

const void *module_load(const char *name, struct error *e)
{
	const void *functions;

	pthread_mutex_lock(&lock);
	functions = find_loaded(name);
	if (!functions)
		functions = find_and_load(name, e);
	pthread_mutex_unlock(&lock);
	return functions;
}

void module_set_dir(const char *dir)
{
	pthread_mutex_lock(&lock);
	only_dir = dir;
	pthread_mutex_unlock(&lock);
}
