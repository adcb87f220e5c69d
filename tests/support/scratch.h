/* Files for tests: a directory of its own for a test program, descriptors whose
 * other end can be read, and a program that is not root's. */
#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/buf.h"

/* Make the directory. As root it becomes nobody's, and so does the process, for
 * root may do what tests expect to fail; `foreign` (NULL: none) is made in it
 * before, a file of root's that all may write. */
void scratch_begin(const char *foreign);

/* Remove the directory with all that is in it. */
void scratch_end(void);

/* False when scratch_begin could make no foreign file. */
bool scratch_has_foreign(void);

/* The path of `name` in the directory; static, sixteen are kept. */
const char *scratch_path(const char *name);

/* Write a file anew, of exactly that mode. */
void scratch_write(const char *name, const char *content, mode_t mode);

/* The content of a file as a heap string; NULL when there is none. */
char *scratch_read(const char *name);

/* Assert that the file has that content, or with NULL that there is none. */
void scratch_assert(const char *name, const char *expected);

/* How many names are in the directory. */
int scratch_count(void);

/* A terminal or a pipe: what is written to `in` can be read from `out`. */
struct scratch_ends {
	int in, out;
};

struct scratch_ends scratch_terminal(void);
struct scratch_ends scratch_pipe(void);

/* Close `in`, and take all that was written to it, as a heap string; `*n` gets
 * the number of bytes when it is not NULL. At most 64 KiB. */
char *scratch_drain(struct scratch_ends *ends, size_t *n);

/* Put `fd` in the place of descriptor `number`; returns what was there, to be
 * put back by scratch_restore. */
int scratch_redirect(int number, int fd);
void scratch_restore(int number, int saved);

#endif
