/* What only some systems have for files. */
#ifndef OUTPUT_SYSTEM_H
#define OUTPUT_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Whether an access control list stands behind the mode of the file `path`, so
 * that its group bits do not mean its group. */
bool system_has_acl(const char *path);

/* Whether something is mounted on the file `path`, over which nothing can be
 * renamed then. */
bool system_is_mount_point(const char *path);

/* Whether the symbolic link `path` is one of those that stand for an open
 * descriptor, as /dev/stdout leads to: what it reads as need not be there. */
bool system_is_descriptor(const char *path);

/* Rename, but not over anything: then errno is EEXIST. Returns 0, or -1 with
 * ENOSYS or EINVAL where that cannot be done. */
int system_rename_new(const char *from, const char *to);

/* Reserve disk space for `size` bytes from `offset` on without changing the
 * file's size. True when that was done, else errno says why not. */
bool system_reserve(int fd, uint64_t offset, uint64_t size);

/* A new file in `directory` without a name, for reading and writing. -1 where
 * there are none, or with errno. */
int system_open_unnamed(const char *directory);

/* Copy up to `n` bytes of the file `from`, from offset `at` on, to `to`.
 * Returns how many were, or -1 where that cannot be done: read and write then.
 */
ssize_t system_copy(int to, int from, uint64_t at, uint64_t n);

#endif
