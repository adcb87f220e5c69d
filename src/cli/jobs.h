/* From options to jobs: one job for each URL that an operation's targets and
 * globs stand for. */
#ifndef CLI_JOBS_H
#define CLI_JOBS_H

#include <pthread.h>

#include "cli/parse.h"
#include "cli/proxies.h"
#include "cli/raw_bytes.h"
#include "output/sink.h"
#include "transfer/form_body.h"
#include "transfer/session.h"
#include "url/glob.h"

/* What all URLs of one operation have in common. Only `dumped` changes once it
 * has been made, under its lock. */
struct operation {
	struct command *command;
	const struct options *options;
	struct user_field *fields;
	size_t n_fields;
	struct buf cookie; /* the data of -b */
	struct buf netrc, netrc_name; /* its content; option and path */
	struct buf etag; /* the file of --etag-compare */
	struct names names; /* of --resolve */
	struct proxies proxies;
	char *user; /* with the password that was asked for; may be NULL */
	struct upload upload; /* the request body */
	struct upload_memory memory;
	struct form_body *form; /* of -F; NULL: none */
	struct raw_bytes *raw; /* of --raw-request; NULL: none */
	char *form_type; /* the user's in its place; may be NULL */
	pthread_mutex_t dump_lock;
	bool dumped; /* the -D file has been begun */
	struct job job; /* all but the URL */
};

/* One URL: its job and where its body goes. */
struct errand {
	struct job job;
	struct sink_config sink;
	char *url, *path; /* owned by the errand, as is `upload` */
	long url_number, transfer_number; /* %{urlnum}, %{xfer_id} */
	struct operation *operation;
	char *upload; /* -T; NULL: none */
	struct buf etag; /* what If-Range may need */
	int upload_fd; /* owned by the errand; -1: none */
	struct upload body; /* of -T, or with -Z of -d */
	struct upload_file file;
	struct upload_memory memory;
	struct upload converted; /* `body` with --crlf */
	struct upload_crlf crlf;
	struct form_body *form; /* with -Z */
};

/* Fill `o` from the options, with settings shared through `session`; warns
 * through `command`. Asks on the terminal for a password that -u leaves out.
 * Returns 0, -ERR_USAGE (a header with CR, LF or NUL, ...), -ERR_OUT_OF_MEMORY,
 * or what password_ask fails with; operation_fini is due either way. */
int operation_init(struct operation *o, struct command *command,
	const struct options *options, struct session *session,
	struct error *e) CHECKED;
void operation_fini(struct operation *o);

/* One of the files that a -T stands for, and which of its globs' that is. */
struct upload_choice {
	const char *path; /* NULL: there is no -T */
	struct glob_place place;
};

/* Fill `errand` for URL number `index` of `glob`, which is the target's, or
 * NULL when its URL is to be taken as it is. Returns 0; -ERR_TOO_LARGE,
 * -ERR_OUT_OF_MEMORY; or, for the name of -O, what url_parse fails with, or
 * -ERR_WRITE. errand_fini is due either way. */
int errand_init(struct errand *errand, struct operation *o,
	const struct target *target, const struct upload_choice *upload,
	const struct glob *glob, uint64_t index, struct error *e) CHECKED;
void errand_fini(struct errand *errand);

/* The sink of an errand, which is borrowed; the first one of its operation
 * begins the -D file, the others append to it. NULL as sink_new. */
struct sink *errand_sink(struct errand *errand, struct error *e) CHECKED;

#endif
