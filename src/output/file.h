/* A file that is written: replaced as a whole by a temporary one beside it, or
 * in place. */
#ifndef OUTPUT_FILE_H
#define OUTPUT_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/error.h"
#include "base/str.h"

enum file_mode {
	FILE_REPLACE, /* all or nothing */
	FILE_TRUNCATE, /* in place */
	FILE_RESTART, /* emptied, then as FILE_APPEND */
	FILE_APPEND, /* behind what others append meanwhile too */
	FILE_RESUME, /* in place, behind what is there */
	FILE_NEW /* only where there is none */
};

struct file {
	int fd; /* -1 while it is not open */
	const char *path; /* borrowed; of a descriptor, its name in messages */
	char *temporary; /* what is written to until file_commit; may be NULL */
	int slot; /* private: where a signal handler finds it; -1: nowhere */
	uint64_t written; /* bytes, those that FILE_RESUME has found included */
	uint64_t reserved; /* bytes of disk space asked for */
	uint64_t marked, mark; /* private: `written` at file_mark, and where it
				* was in the file */
	bool borrowed; /* the descriptor is another's, and not closed */
	bool regular; /* it is a regular file */
	bool created; /* with FILE_NEW: what `temporary` names is the target */
	int64_t deadline; /* private, for file_until; 0: none */
	int patient; /* private, with a deadline: a terminal's descriptor that
		      * does not block; 0: none */
	bool pipe_closed; /* nobody reads what is written any more */
};

#define FILE_CLOSED ((struct file){ .fd = -1 })

/* Open `path` for writing; it outlives `f`.
 *
 * FILE_REPLACE writes to a new file of mode 0666 less the umask, made with
 * O_EXCL in the same directory; one that takes the place of another gets that
 * one's mode and group. In place after all are written: what is no regular
 * file, a symbolic link, a mount point, a file with other names, of another
 * owner, with an access control list, or with a group that cannot be kept; and
 * a file in a directory where nothing can be made. A file that may not be
 * written is not replaced.
 *
 * FILE_NEW makes the file itself, so that its name is taken, and file_discard
 * removes it again.
 *
 * Returns 0 or -ERR_WRITE, naming the path and the reason; with FILE_NEW also
 * 1, and the reason in `e`, when there is something of that name. */
int file_open(struct file *f, const char *path, enum file_mode mode,
	struct error *e) CHECKED;

/* Write to `fd`, which stays the caller's. `name` is for messages. */
void file_borrow(struct file *f, int fd, const char *name);

/* Have writes that must wait for room do so until `deadline`; DEADLINE_NONE is
 * for ever. Those to a regular file never wait, and are as fast as before. */
void file_until(struct file *f, int64_t deadline);

/* Write all of the vector. Returns 0; -ERR_TIMEOUT at that deadline; or
 * -ERR_WRITE with the path, the byte it failed at and the reason. */
int file_write(struct file *f, const struct iovec *iov, int n,
	struct error *e) CHECKED;

/* A write to its descriptor by someone else failed at f->written, with that
 * errno: returns -ERR_WRITE, as file_write does. */
int file_failed(struct file *f, int number, struct error *e) CHECKED;

/* `size` more bytes will be written: have disk space reserved where that pays
 * and can be done. The size of the file does not change. */
void file_reserve(struct file *f, uint64_t size);

/* What is written to a FILE_NEW from now on stays there, whatever happens. */
void file_keep(struct file *f);

/* All has been written and the size is final: what is set on the descriptor
 * after this, its times for instance, stays. Returns 0 or -ERR_WRITE. */
int file_settle(struct file *f, struct error *e) CHECKED;
/* Remember where the file stands, for file_cut. */
void file_mark(struct file *f);

/* Take back all that was written since file_mark. Returns 0; 1 when it cannot
 * be, and has not been: it is no regular file, or somebody else has written to
 * it too; or -ERR_WRITE. */
int file_cut(struct file *f, struct error *e) CHECKED;

/* All has been written: close, and put a temporary file in its place. Returns 0
 * or -ERR_WRITE; then a temporary file is gone and the target as it was. */
int file_commit(struct file *f, struct error *e) CHECKED;

/* Close, and remove a temporary file. A file not open is left alone. */
void file_discard(struct file *f);

/* Write `content` to `path` as FILE_REPLACE does, or to standard output when it
 * is "-". Returns 0 or -ERR_WRITE. */
int file_store(const char *path, struct str content, struct error *e) CHECKED;

/* Make the directories that `path` names above its last component, of mode 0750
 * less the umask. Returns 0, or -ERR_WRITE with the path and the reason. */
int file_make_directories(const char *path, struct error *e) CHECKED;

/* `path`, for which --create-dirs counts, could not be opened, as `e` says: add
 * that option to it when it would help. */
void file_suggest_directories(const char *path, struct error *e);

/* The program is about to end: remove the temporary files that are open (the
 * first 1,024), and let no thread make another one. Async-signal-safe. */
void file_remove_temporaries(void);

#endif
