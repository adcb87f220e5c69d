/* What platforms spell differently or lack; the only #ifdef besides whole
 * files. */
#ifndef BASE_COMPAT_H
#define BASE_COMPAT_H

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

/* No SIGPIPE from a send; where the flag is missing, main ignores the signal.
 */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif

/* An attribute of statx(2) that older headers do not name. */
#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x00002000
#endif

/* The words for an errno value in the C locale; NULL where it has none. Outside
 * glibc, strerror gives constant strings, and as nothing calls setlocale they
 * are those of the C locale. */
#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 32)
#define compat_errno_words(number) strerrordesc_np(number)
#endif
#endif
#ifndef compat_errno_words
#define compat_errno_words(number) strerror(number)
#endif

#endif
