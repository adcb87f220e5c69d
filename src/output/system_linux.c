#include "output/system.h"

#ifdef __linux__

#include <fcntl.h>
#include <stddef.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/compat.h"

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

bool system_reserve(int fd, uint64_t offset, uint64_t size)
{
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
