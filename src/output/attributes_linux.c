#include "output/attributes.h"

#include <config.h>

#ifdef HAVE_LINUX_XATTR

#include <sys/xattr.h>

#define VALUE_MAX 4096u

bool attributes_set(int fd, const char *name, struct str value)
{
	return fsetxattr(fd, name, value.p, value.n, 0) == 0;
}

bool attributes_get(const char *path, const char *name, struct buf *out)
{
	char *to = buf_reserve(out, VALUE_MAX);
	ssize_t n = to ? getxattr(path, name, to, VALUE_MAX) : -1;

	if (n < 0)
		return false;
	out->n += (size_t)n;
	return true;
}

#endif
