#include "output/system.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/compat.h"
#include "output/temporary.h"

#define COPY_MAX 0x40000000u /* at once */

bool system_has_acl(const char *path)
{
	return lgetxattr(path, "system.posix_acl_access", NULL, 0) > 0;
}

bool system_is_mount_point(const char *path)
{
	struct statx st;

	return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &st) == 0 &&
		(st.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

bool system_is_descriptor(const char *path)
{
	char *directory = str_dup(directory_of(path));
	struct statfs st;
	bool is = directory && statfs(*directory ? directory : ".", &st) == 0 &&
		st.f_type == PROC_SUPER_MAGIC;

	free(directory);
	return is;
}

int system_rename_new(const char *from, const char *to)
{
	return (int)syscall(
		SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

bool system_reserve(int fd, uint64_t offset, uint64_t size)
{
	errno = EFBIG;
	if (offset > INT64_MAX || size > INT64_MAX - offset)
		return false;
	return fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)size) ==
		0;
}

int system_open_unnamed(const char *directory)
{
	return open(directory, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
}

ssize_t system_copy(int to, int from, uint64_t at, uint64_t n)
{
	off_t offset = (off_t)at;

	return sendfile(
		to, from, &offset, n < COPY_MAX ? (size_t)n : (size_t)COPY_MAX);
}

#endif
