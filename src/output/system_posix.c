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

#endif
