/* Where received bytes go: stdout, a file written in place or replaced as a
 * whole, /dev/null; with heads in front (-i) or beside (-D). */
#ifndef OUTPUT_SINK_H
#define OUTPUT_SINK_H

#include "transfer/observer.h"
#include "url/url.h"

/* What becomes of a file that is there already. */
enum clobber {
	CLOBBER_DEFAULT, /* it is replaced, unless a server chose its name */
	CLOBBER_NEVER, /* --no-clobber: the new one is NAME.1 ... NAME.100 */
	CLOBBER_ALWAYS
};

/* When heads and JSON are coloured, and taken to be looked at. */
enum sink_colour {
	SINK_COLOUR_NEVER,
	SINK_COLOUR_AUTO, /* on a terminal */
	SINK_COLOUR_ALWAYS
};

struct sink_config {
	const char *path; /* NULL or "-": standard output */
	const char *directory; /* for names of a server's; NULL: this one */
	bool remote_name; /* -J: what the server suggests, else `path` */
	bool follows; /* its redirects are followed */
	enum clobber clobber;
	bool resume; /* -C: in place, and kept when the transfer fails */
	uint64_t so_far; /* with `resume`: the length that the file has to have
			  * to be written to; UINT64_MAX: any */
	bool append; /* to what is there */
	bool remove_on_error; /* also what is written in place */
	bool remote_time; /* -R */
	bool attributes; /* --xattr */
	const char *etag_file; /* --etag-save; NULL: none */
	bool stdout_asked; /* "-o -": binary to a terminal is wanted */
	bool create_dirs; /* --create-dirs, for path's directory */
	bool in_place; /* --no-atomic */
	bool discard; /* --out-null */
	bool again; /* sink_again may follow */
	bool spool; /* --spool: standard output gets nothing before sink_finish
		     */
	bool no_safe_output; /* --no-safe-output */
	bool heads; /* -i, -I: heads into the output */
	bool styled; /* with the names bold, where a person looks */
	enum sink_colour colour; /* of heads and JSON bodies */
	unsigned pretty; /* JSON is indented where a person looks; 2: whatever
			  * its type */
	const char *dump; /* -D: heads into this file; "-": standard output;
			   * "%": error_fd; NULL: none */
	bool dump_append; /* an earlier transfer has begun it */
	int error_fd; /* standard error, or what took its place */
};

struct sink;

/* Make a sink; opens nothing but the -D file yet. NULL on failure (ERR_WRITE,
 * with the path and why). `config` is borrowed. */
struct sink *sink_new(
	const struct sink_config *config, struct error *e) CHECKED;

/* The port to hand to transfer_run. */
struct sink_port sink_port(struct sink *s);

/* What the transfer has found out, for sink_finish: the URL that was read in
 * the end and the one it was come from (NULL: none), for the extended
 * attributes; whether the response was "not modified", so that a file that has
 * got no byte is left as it is. All borrowed. */
struct sink_outcome {
	const char *url, *referrer;
	bool unmodified;
};

/* Tell it, before sink_finish. */
void sink_conclude(struct sink *s, const struct sink_outcome *outcome);
/* Another attempt at the same transfer follows: take back what the last one has
 * written to the output. Kept are, as curl has it, the heads of a file that no
 * body has come for; and on standard output all of an answer of which there
 * are heads, when it is `whole`. Returns 0; 1 when bytes of a body have gone
 * where nothing can be taken back, as a pipe; or -ERR_WRITE. */
int sink_again(struct sink *s, bool whole, struct error *e) CHECKED;

/* Another attempt follows, and what the file has got of the body stays: what
 * comes is the rest of it, unless sink_anew is called. False where that cannot
 * be: it goes to no file that was named. */
bool sink_goes_on(struct sink *s);

/* The head that comes next is that of all of the body again. A file loses what
 * this transfer has written to it; one of -C keeps it until the new one is
 * whole, which is written beside it: `*aside` says so. Returns 0; 1 when that
 * cannot be; or -ERR_WRITE, -ERR_OUT_OF_MEMORY. */
int sink_anew(struct sink *s, bool *aside, struct error *e) CHECKED;

/* Give up what has been written beside, if anything: true, and the file is as
 * it was before sink_anew. */
bool sink_revert(struct sink *s);

/* The transfer is over. With `success` an unwritten file is made (empty) and a
 * temporary one renamed over its target; without, a temporary file is removed
 * and the target is as it was (file.h says which files are written in place).
 * Returns 0 or -ERR_WRITE. */
int sink_finish(struct sink *s, bool success, struct error *e) CHECKED;

/* What has not been done, and is no failure: a time or an attribute that could
 * not be set. NULL when there is nothing to be said. */
const char *sink_warning(const struct sink *s);
/* Have standard output from now on until sink_free, as a sink that writes to it
 * has from its first byte: what others write is not mixed with it. */
void sink_claim_output(struct sink *s);

/* Give up what is left; an unfinished temporary file is removed. */
void sink_free(struct sink *s);

/* The file written to, under the name it has got; NULL for standard output and
 * --out-null; for
 * %{filename_effective}. */
const char *sink_path(const struct sink *s);

/* The deadline that the transfer had, DEADLINE_NONE without one. */
int64_t sink_deadline(const struct sink *s);

/* Nobody reads standard output, or what else was written to, any more: what
 * "| head" leaves behind, and no failure worth a message. */
bool sink_pipe_closed(const struct sink *s);

/* Remove every temporary file that is open now; async-signal-safe, for the
 * handler of SIGINT, SIGTERM and SIGHUP. */
void sink_remove_temporaries(void);

/* The file name for -O: file_name_from_path of the URL's path, or
 * "curl_response", as curl has it. Appended to `out`. Returns 0 or -ERR_WRITE.
 */
int sink_remote_name(
	struct buf *out, const struct url *url, struct error *e) CHECKED;

#endif
