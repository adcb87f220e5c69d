#include "output/system.h"

#ifndef __linux__

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

bool system_reserve(int fd, uint64_t offset, uint64_t size)
{
	(void)fd;
	(void)offset;
	(void)size;
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
