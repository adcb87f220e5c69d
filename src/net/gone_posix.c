#include "net/gone.h"

#ifndef __linux__

bool gone_for_good(int fd)
{
	(void)fd;
	return false;
}

#endif
