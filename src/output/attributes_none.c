#include "output/attributes.h"

#include <config.h>
#include <errno.h>

#ifndef HAVE_LINUX_XATTR

bool attributes_set(int fd, const char *name, struct str value)
{
	(void)fd;
	(void)name;
	(void)value;
	errno = ENOTSUP;
	return false;
}

bool attributes_get(const char *path, const char *name, struct buf *out)
{
	(void)path;
	(void)name;
	(void)out;
	return false;
}

#endif
