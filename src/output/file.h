/* A file that is written: replaced as a whole by a temporary one beside it, or
 * in place. */
#ifndef OUTPUT_FILE_H
#define OUTPUT_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/error.h"
#include "base/str.h"
#include "output/temporary.h"

enum file_mode {
	FILE_REPLACE, /* all or nothing */
	FILE_TRUNCATE, /* in place */
	FILE_RESTART, /* emptied, then as FILE_APPEND */
	FILE_APPEND, /* behind what others append meanwhile too */
	FILE_RESUME, /* in place, behind what is there */
	FILE_NEW, /* as FILE_REPLACE, only where there is none */
	FILE_NEW_IN_PLACE, /* likewise, in place */
	FILE_PRIVATE = 16, /* with one of these: nobody else's to read */
	FILE_SAFE = 32 /* of file_store: it is escaped for a terminal */
};

struct file {
	int fd; /* -1 while it is not open */
	const char *path; /* borrowed; of a descriptor, its name in messages */
	struct temporary temporary; /* what is written to until file_commit */
	char *target; /* private: where the links that `path` is lead to; NULL:
		       * it is none */
	int over; /* private: the file that is written over by file_commit; -1:
		   * none */
	uint64_t written; /* bytes, those that FILE_RESUME has found included */
	uint64_t reserved; /* bytes of disk space asked for */
	uint64_t marked, mark; /* private: `written` at file_mark, and where it
				* was in the file */
	bool borrowed; /* the descriptor is another's, and not closed */
	bool regular; /* it is a regular file */
	bool fresh; /* private: with FILE_NEW */
	bool secret; /* private: with FILE_PRIVATE */
	bool unreplaceable; /* it cannot be all or nothing, and file_open has
			     * failed for that */
	int64_t deadline; /* private, for file_until; 0: none */
	int patient; /* private, with a deadline: a terminal's descriptor that
		      * does not block; 0: none */
	bool pipe_closed; /* nobody reads what is written any more */
};

#define FILE_CLOSED ((struct file){ .fd = -1, .over = -1 })

/* Open `path`, which outlives `f`, for writing; `how` is one of file_mode.
 *
 * FILE_REPLACE writes to a new file of mode 0666 less the umask, made with
 * O_EXCL in the same directory, which takes the name in file_commit. It gets
 * the mode and group of the one whose place it takes. What a symbolic link
 * leads to is replaced, not the link. A mount point, a file with other names,
 * of another owner, with an access control list, or with a group that cannot be
 * kept, is written over in file_commit, when all is there; what is no regular
 * file is written in place. A file that may not be written is not replaced, nor
 * is one in a directory where nothing can be made: then `f->unreplaceable`.
 *
 * FILE_PRIVATE makes a file of mode 0600, and takes the rights of group and
 * others from one that is there; it fails where they cannot be taken.
 *
 * Returns 0 or -ERR_WRITE, naming the path and the reason; with FILE_NEW and
 * FILE_NEW_IN_PLACE also 1, and the reason in `e`, when there is something of
 * that name. */
int file_open(struct file *f, const char *path, unsigned int how,
	struct error *e) CHECKED;

/* The same for what is made by this program, and not lost when it cannot be
 * written: FILE_REPLACE, and FILE_TRUNCATE where that is refused for want of
 * room beside it. `how` is 0 or FILE_PRIVATE. */
int file_open_somehow(struct file *f, const char *path, unsigned int how,
	struct error *e) CHECKED;

/* Before anything is received: -ERR_WRITE when file_open with FILE_REPLACE
 * would find it `unreplaceable`; else 0, or -ERR_OUT_OF_MEMORY. */
int file_foresee(const char *path, struct error *e) CHECKED;

/* The same for file_store. */
int file_foresee_store(const char *path, struct error *e) CHECKED;

/* open(2) with `flags`, O_CREAT and O_CLOEXEC, as FILE_PRIVATE has it. Returns
 * the descriptor, or -1 and errno; an older file is not emptied then. */
int file_open_private(const char *path, int flags) CHECKED;

/* Write to `fd`, which stays the caller's. `name` is for messages. */
void file_borrow(struct file *f, int fd, const char *name);

/* Have writes that must wait for room do so until `deadline`; DEADLINE_NONE is
 * for ever. Those to a regular file never wait, and are as fast as before. */
void file_until(struct file *f, int64_t deadline);

/* Write all of the vector. Returns 0; -ERR_TIMEOUT at that deadline; as
 * interrupt_check, when it has not all been written when a signal came; or
 * -ERR_WRITE with the path, the byte it failed at and the reason. */
int file_write(struct file *f, const struct iovec *iov, int n,
	struct error *e) CHECKED;

/* A write to its descriptor by someone else failed at f->written, with that
 * errno: returns -ERR_WRITE, as file_write does. */
int file_failed(struct file *f, int number, struct error *e) CHECKED;

/* `size` more bytes will be written: have disk space reserved where that pays
 * and can be done. The size of the file does not change. */
void file_reserve(struct file *f, uint64_t size);

/* Write to `to` what is in the file `from` behind byte `at`, up to `end`.
 * Returns 0; -ERR_READ when it cannot be read back, -ERR_OUT_OF_MEMORY, or what
 * file_write fails with. */
int file_copy(struct file *to, int from, uint64_t at, uint64_t end,
	struct error *e) CHECKED;

/* All has been written and the size is final: what is set on the descriptor
 * after this, its times for instance, stays. A file that is written over is
 * now. Returns 0 or -ERR_WRITE. */
int file_settle(struct file *f, struct error *e) CHECKED;

/* Remember where the file stands, for file_cut. */
void file_mark(struct file *f);

/* Take back all that was written since file_mark. Returns 0; 1 when it cannot
 * be, and has not been: it is no regular file, or somebody else has written to
 * it too; or -ERR_WRITE. */
int file_cut(struct file *f, struct error *e) CHECKED;

/* All has been written: close, and put a temporary file in its place. Returns 0
 * or -ERR_WRITE; then a temporary file is gone and the target as it was, unless
 * writing over it has failed in the midst: then the message names the temporary
 * file, which stays. With FILE_NEW also 1, and the reason in `e`, when the name
 * has been taken meanwhile: file_commit_as or file_discard is due. */
int file_commit(struct file *f, struct error *e) CHECKED;

/* Give it this name instead, which outlives `f`. Returns what file_commit does.
 */
int file_commit_as(struct file *f, const char *path, struct error *e) CHECKED;

/* Close, and remove a temporary file. A file not open is left alone. */
void file_discard(struct file *f);

/* Write `content` to `path` as FILE_REPLACE does, with FILE_PRIVATE and
 * FILE_SAFE when they are in `how`, or to standard output when it is "-"; in
 * place where nothing can be made beside it. Returns 0, -ERR_WRITE or
 * -ERR_OUT_OF_MEMORY. */
int file_store(const char *path, unsigned int how, struct str content,
	struct error *e) CHECKED;

/* Make the directories that `path` names above its last component, of mode 0750
 * less the umask. Returns 0, or -ERR_WRITE with the path and the reason. */
int file_make_directories(const char *path, struct error *e) CHECKED;

/* `path`, for which --create-dirs counts, could not be opened, as `e` says: add
 * that option to it when it would help. */
void file_suggest_directories(const char *path, struct error *e);

#endif
