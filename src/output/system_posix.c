#include "output/system.h"

#ifndef __linux__

#include <errno.h>

bool system_has_acl(const char *path)
{
	(void)path;
	return false;
}

bool system_is_mount_point(const char *path)
{
	(void)path;
	return false;
}

bool system_is_descriptor(const char *path)
{
	(void)path;
	return false;
}

int system_rename_new(const char *from, const char *to)
{
	(void)from;
	(void)to;
	errno = ENOSYS;
	return -1;
}

bool system_reserve(int fd, uint64_t offset, uint64_t size)
{
	(void)fd;
	(void)offset;
	(void)size;
	errno = ENOSYS;
	return false;
}

int system_open_unnamed(const char *directory)
{
	(void)directory;
	return -1;
}

ssize_t system_copy(int to, int from, uint64_t at, uint64_t n)
{
	(void)to;
	(void)from;
	(void)at;
	(void)n;
	return -1;
}

#endif
