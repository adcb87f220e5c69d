#include "output/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/compat.h"

#define PATH_LIMIT 65536u
#define NAME_PART 200u /* of the target's name in that of a temporary file */
#define RANDOM_PART 10u /* characters */
#define TEMPORARIES 1024 /* more at once are not removed by a signal */
#define MAKING_MS 50 /* how long a file may take to be made at the end */

/* Each is owned by whoever has exchanged it out of its slot: the thread that
 * wrote it, or a signal handler that then removes it. */
static _Atomic(char *) temporaries[TEMPORARIES];

/* The program is about to end, and how many threads are making a file that may
 * come after all were removed. */
static atomic_bool ending;
static atomic_int making;

static void begin_making(void)
{
	atomic_fetch_add(&making, 1);
	while (atomic_load(&ending)) {
		atomic_fetch_sub(&making, 1);
		pause();
		atomic_fetch_add(&making, 1);
	}
}

static void end_making(void)
{
	atomic_fetch_sub(&making, 1);
}

/* Not for long: a signal may have come while its own thread makes a file. */
static void await_making(void)
{
	const struct timespec ms = { .tv_nsec = 1000000 };

	atomic_store(&ending, true);
	for (int i = 0; i < MAKING_MS && atomic_load(&making) > 0; i++)
		nanosleep(&ms, NULL);
}

static void remember(struct temporary *t)
{
	for (t->slot = 0; t->slot < TEMPORARIES; t->slot++) {
		char *empty = NULL;

		if (atomic_compare_exchange_strong(
			    &temporaries[t->slot], &empty, t->path))
			return;
	}
	t->slot = -1;
}

void temporary_keep(struct temporary *t)
{
	/* A handler that has it is still using it, and the program about to
	 * end: the name is not freed then. */
	if (t->slot >= 0 && !atomic_exchange(&temporaries[t->slot], NULL))
		t->path = NULL;
	t->slot = -1;
}

void temporary_forget(struct temporary *t)
{
	if (!t->path)
		return;
	temporary_keep(t);
	free(t->path);
	t->path = NULL;
}

void temporary_drop(struct temporary *t)
{
	if (t->path)
		unlink(t->path);
	temporary_forget(t);
}

void temporaries_remove(void)
{
	int saved = errno;

	await_making();
	for (size_t i = 0; i < TEMPORARIES; i++) {
		char *path = atomic_exchange(&temporaries[i], NULL);

		if (path)
			unlink(path);
	}
	errno = saved;
}

struct str directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (struct str){ path, slash ? (size_t)(slash + 1 - path) : 0 };
}

/* NULL when memory or randomness is out. */
static char *make_name(const char *path)
{
	static const char letters[32] = "abcdefghijklmnopqrstuvwxyz234567";
	struct str directory = directory_of(path);
	struct str name = str_from(str_of(path), directory.n);
	unsigned char random[RANDOM_PART];
	struct buf text;

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return NULL;
	buf_init(&text, PATH_LIMIT);
	buf_add_str(&text, directory);
	buf_add_char(&text, '.');
	buf_add_str(&text, str_first(name, NAME_PART));
	buf_add_char(&text, '.');
	for (size_t i = 0; i < sizeof(random); i++)
		buf_add_char(&text, letters[random[i] % sizeof(letters)]);
	buf_add_text(&text, ".part");
	return buf_take(&text);
}

/* It is remembered before it exists, so that no signal can come between; its
 * name is nobody else's but by a chance of 2 to the -50th. */
int temporary_make(struct temporary *t, const char *path, mode_t mode)
{
	int fd, saved;

	t->slot = -1;
	t->path = make_name(path);
	if (!t->path)
		return -ENOMEM;
	begin_making();
	remember(t);
	fd = open(t->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	saved = errno;
	end_making();
	if (fd >= 0)
		return fd;
	temporary_forget(t);
	return -saved;
}
