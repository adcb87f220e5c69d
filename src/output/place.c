#include "output/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "output/system.h"
#include "output/temporary.h"

#define PATH_LIMIT 65536u
#define LINKS_MAX 40 /* as the system has it */

/* Where the symbolic link `path` points to, from where `path` is seen. NULL and
 * errno on failure. */
static char *read_link(const char *path)
{
	char text[PATH_MAX];
	ssize_t n = readlink(path, text, sizeof(text));
	struct buf to;

	if (n < 0)
		return NULL;
	errno = ENAMETOOLONG;
	if ((size_t)n == sizeof(text))
		return NULL;
	buf_init(&to, PATH_LIMIT);
	if (n == 0 || text[0] != '/')
		buf_add_str(&to, directory_of(path));
	buf_add(&to, text, (size_t)n);
	errno = ENOMEM;
	return buf_take(&to);
}

/* Follow the link that place->path or `path` is to its end, whose state is in
 * place->st when there is something. Returns 0 or a negative errno value. The
 * descriptors that /proc shows are no links, though they read as such. */
static int follow(struct place *place, const char *path)
{
	for (int i = 0; i < LINKS_MAX; i++) {
		char *next;

		if (system_is_descriptor(path))
			return -ELOOP;
		next = read_link(path);
		if (!next)
			return errno == ENOMEM ? -ENOMEM : -ELOOP;
		free(place->path);
		path = place->path = next;
		if (lstat(path, &place->st) < 0)
			return -errno;
		if (!S_ISLNK(place->st.st_mode))
			return 0;
	}
	return -ELOOP;
}

/* The system may refuse to follow a link that a stranger has put there: what it
 * does not reach is not taken for the target. */
static int follow_as_system(struct place *place, const char *path)
{
	struct stat reached;
	int there = stat(path, &reached), error;

	if (there < 0 && errno != ENOENT)
		return -errno;
	error = follow(place, path);
	if (error == 0 && there == 0 && reached.st_dev == place->st.st_dev &&
		reached.st_ino == place->st.st_ino)
		return 0;
	return error < 0 && (error != -ENOENT || there < 0) ? error : -ELOOP;
}

static enum place_kind judge(const char *path, const struct stat *st)
{
	if (!S_ISREG(st->st_mode) ||
		faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0)
		return PLACE_OTHER;
	if (st->st_nlink == 1 && st->st_uid == geteuid() &&
		!system_has_acl(path) && !system_is_mount_point(path))
		return PLACE_FILE;
	return PLACE_SHARED;
}

int place_look(struct place *place, const char *path)
{
	int error = 0;

	*place = (struct place){ .kind = PLACE_OTHER };
	if (path[directory_of(path).n] == '\0') /* nothing but a directory */
		return 0;
	if (lstat(path, &place->st) < 0)
		error = -errno;
	else if (S_ISLNK(place->st.st_mode))
		error = follow_as_system(place, path);
	if (error == -ENOMEM)
		return error;
	if (place->path)
		path = place->path;
	if (error == -ENOENT && path[directory_of(path).n])
		place->kind = PLACE_FREE;
	if (error == 0)
		place->kind = judge(path, &place->st);
	return 0;
}

bool place_has_room(const char *path)
{
	char *directory = str_dup(directory_of(path));
	bool room;

	errno = ENOMEM;
	room = directory &&
		faccessat(AT_FDCWD, *directory ? directory : ".", W_OK | X_OK,
			AT_EACCESS) == 0;
	free(directory);
	return room;
}
