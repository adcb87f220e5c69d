/* What the command line asks for, and the table of everything it may say. Both
 * the parser and the documentation read the table; it comes from options.def.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "cli/expand.h"
#include "net/tls.h"
#include "output/sink.h"
#include "transfer/form.h"
#include "transfer/job.h"

/* A growing list of texts. */
struct strings {
	const char **items;
	size_t n, cap;
};

/* What a URL's body goes to. */
enum output_kind {
	OUTPUT_STDOUT, /* nothing was said */
	OUTPUT_FILE, /* -o: `output` names it, "-" is standard output */
	OUTPUT_REMOTE_NAME, /* -O */
	OUTPUT_NULL /* --out-null */
};

/* The n-th URL and the n-th -o, -O or --out-null of an operation. */
struct target {
	const char
		*url; /* NULL: more outputs than URLs (a warning was given) */
	const char *output;
	const char *upload; /* -T; NULL: none */
	enum output_kind kind;
	bool literal; /* the URL is no glob */
};

/* One operation: what stands between two --next. Every text is borrowed from
 * argv or owned by the struct command; NULL is "not given". */
struct options {
	struct target *targets;
	size_t n_targets, n_urls; /* the first n_urls targets have a URL */
	size_t n_uploads; /* private: likewise with -T */
	size_t n_outputs; /* private: the first n_outputs have an output */
	bool touched; /* private: an option or a URL belongs to it */

	/* Request */
	const char *request; /* -X */
	const char *request_target;
	const char *user_agent; /* "" sends none */
	const char *referer; /* without ";auto"; "" sends none */
	bool auto_referer; /* -e ';auto' */
	const char *user; /* "name:password" or "name" */
	struct strings headers; /* -H, files already read: one line each */
	bool head; /* -I */
	bool get; /* -G: `data` goes into the query */
	bool compressed, no_decode_limit, tr_encoding, raw,
		ignore_content_length, http09, strict;
	int http_minor; /* 1, or 0 for --http1.0 */

	/* Requests of the user's own, and none at all */
	const char *raw_request; /* a file or "-" */
	bool raw_escapes, dry_run;
	const char *raw_split; /* "N,M,..." */
	int64_t raw_delay_ms;

	/* Request body: -d and friends, joined, files already read */
	bool has_data; /* true also when `data` is empty */
	bool json; /* --json: its Content-Type and Accept are wanted */
	struct buf data;
	bool has_query;
	struct buf query; /* --url-query, encoded and joined by '&' */

	/* -d again, for those to whom the pieces are something */
	struct data_piece {
		size_t at, n; /* in `data` */
	} * pieces;
	size_t n_pieces;

	const char *range; /* -r, as it goes behind "bytes=" */
	int64_t expect100_timeout_ms;

	/* Who we are */
	unsigned auth; /* enum auth_scheme */
	const char *oauth2_bearer, *aws_sigv4;
	bool netrc, netrc_optional;
	const char *netrc_file;

	/* Cookies */
	struct strings cookies; /* -b: data and files */
	const char *cookie_jar;
	bool junk_session_cookies;

	struct strings hsts; /* --hsts: files; "" is none */

	/* -F: on the heap, for it must not be moved; NULL: none */
	struct form *form;
	bool form_escape;

	/* Conversations */
	const char *listen; /* also a target's URL */
	const char *reply, *reply_file, *reply_raw;
	const char *format; /* "text", "json"; NULL: text */
	bool crlf, hex, keep_open, lines, no_shutdown, print_address;
	int64_t count, wait_ms; /* -1: not given */

	/* Redirects and failures */
	bool location, location_trusted;
	bool follow; /* --follow: the status rules over -X; sets location too */
	int64_t max_redirs; /* -1: no limit */
	bool post301, post302, post303;
	enum fail_mode fail;
	bool has_fail_status;
	struct statuses fail_status; /* of --fail-status */

	/* Further attempts */
	int64_t retry;
	int64_t retry_delay_ms, retry_max_time_ms; /* 0: not given */
	bool retry_connrefused, retry_all_errors;

	/* URLs */
	bool globoff, path_as_is, disallow_username_in_url;
	const char *proto_default;
	unsigned proto, proto_redir; /* bits of enum redirect_protocols */

	/* Network */
	struct strings resolve; /* --resolve, checked, hosts in ASCII */
	struct detour *detours; /* --connect-to */
	size_t n_detours;
	const char *socket; /* --unix-socket, or "@" and an abstract name */
	int family; /* AF_UNSPEC, AF_INET (-4), AF_INET6 (-6) */
	int64_t connect_timeout_ms, max_time_ms; /* 0: none */
	int64_t limit_rate; /* bytes a second; 0: no limit */
	int64_t speed_limit, speed_time; /* -1: not given */
	int64_t happy_eyeballs_timeout_ms; /* 0: the default */
	bool tcp_nodelay; /* true unless --no-tcp-nodelay */
	bool no_keepalive;
	int64_t keepalive_time; /* seconds; 0: the default */
	const char *interface;
	uint16_t local_port, local_port_last; /* 0: any */

	/* Proxies; of `proxy`, text, kind and option are what options set */
	struct proxy_choice proxy;
	const char *preproxy, *noproxy;
	const char *proxy_user; /* "name:password" or "name" */
	unsigned proxy_auth; /* enum auth_scheme */
	struct strings proxy_headers; /* as `headers` */
	bool proxy_tunnel, suppress_connect_headers;
	bool proxy_insecure;
	const char *proxy_cacert, *proxy_capath, *proxy_ciphers,
		*proxy_tls13_ciphers;
	const char *proxy_cert, *proxy_key, *proxy_pass;
	enum tls_file_type proxy_cert_type, proxy_key_type;
	const char *proxy_pinned_key, *proxy_crl_file;
	int proxy_tls_min; /* 0: the default */
	bool haproxy_protocol;
	const char *haproxy_clientip;

	/* TLS */
	bool insecure, no_alpn, no_sessionid, cert_status;
	const char *cacert, *capath, *ciphers, *tls13_ciphers;
	const char *cert, *key, *pass;
	enum tls_file_type cert_type, key_type;
	const char *pinned_key, *crl_file, *curves;
	int64_t cert_min_days; /* 0: any */
	int tls_min, tls_max; /* 10 to 13; 0: the default */

	/* Output */
	bool include; /* -i */
	const char *dump_header; /* -D */
	const char *output_dir;
	bool create_dirs, no_buffer, spool;
	struct strings checksums; /* --checksum, all of them proper */
	bool remote_name_all, remote_header_name; /* -J */
	bool remote_time; /* -R */
	bool remove_on_error, skip_existing, xattr;
	enum clobber clobber;

	/* Validators and parts */
	bool resume; /* -C was given: */
	bool resume_auto; /* "-": where the file ends */
	uint64_t resume_at;
	struct condition condition; /* -z */
	const char *etag_save, *etag_compare;
	int64_t max_filesize; /* bytes; 0: no limit */
	const char *write_out; /* -w, its file already read */
};

/* The one of -v, --trace and --trace-ascii that came last. */
enum narration {
	NARRATION_NONE,
	NARRATION_VERBOSE,
	NARRATION_TRACE,
	NARRATION_ASCII
};

enum command_action {
	COMMAND_RUN, /* do the operations */
	COMMAND_HELP, /* print help_print(c->help_topic) */
	COMMAND_VERSION
};

/* A warning to tell before anything is done. */
struct message {
	char *text; /* one line, owned; may hold bytes of the user's files */
};

#define HAR_BODY_LIMIT (1 << 20) /* bytes, unless --har-body-limit */

/* A whole command line. The upper part is global: --next does not reset it. */
struct command {
	enum command_action action;
	const char *help_topic; /* of COMMAND_HELP; NULL: the short list */

	bool silent, show_error;
	enum narration narration;
	const char *trace_file; /* of --trace and --trace-ascii */
	bool trace_ids, trace_time;
	bool explain, timing, show_secrets;
	const char *report; /* a file, "-" or "%" */
	const char *har; /* a file or "-" */
	int64_t har_body_limit; /* bytes of a body */
	int verbosity; /* private: how many letters -v had last */
	const char *record; /* a file or "-" */
	const char *replay; /* likewise */
	int64_t replay_chunk; /* bytes; 0: any number */
	bool progress_bar, no_progress_meter;
	bool fail_early;
	int64_t rate_ms; /* --rate: from start to start; 0: no limit */
	bool parallel, parallel_immediate; /* -Z */
	int64_t parallel_max, parallel_max_host; /* 0: not given */
	bool no_atomic, no_safe_output, no_styled_output;
	enum sink_colour colour; /* --color */
	unsigned pretty; /* 2: given twice */
	const char *stderr_file; /* "-": standard output */

	struct options *operations; /* at least one, each with a URL, when
				     * action is COMMAND_RUN */
	size_t n_operations;

	struct message *messages;
	size_t n_messages;
	bool message_lost; /* there was no memory for one */

	struct variables variables; /* private: of --variable */
	struct strings owned; /* private: texts that argv does not hold */
};

/* What an option takes and where it is stored. */
enum option_kind {
	OPTION_BOOL, /* bool; --no-NAME clears it */
	OPTION_STRING, /* const char * */
	OPTION_NUMBER, /* int64_t, whole, between min and max */
	OPTION_SECONDS, /* int64_t milliseconds, from decimal seconds */
	OPTION_SIZE, /* int64_t bytes, from "10k" and the like */
	OPTION_CUSTOM, /* a function of its own in apply.c */
	OPTION_SWITCH, /* such a function without argument; has --no-NAME */
	OPTION_ACTION /* such a function without argument, has no --no-NAME */
};

enum option_flags {
	OPTION_GLOBAL = 1, /* stored in struct command, not in struct options */
	OPTION_SECRET = 2, /* its argument is wiped from argv */
	OPTION_PATH = 4 /* its argument names a file or directory */
};

/* Names of all options, OPTION_ID_max_redirs and so on. */
enum option_id {
#define OPTION(id, ...) OPTION_ID_##id,
#include "cli/options.def"
	OPTION_COUNT
};

/* A row of the table. It holds no pointer, so loading it relocates nothing. */
struct option_row {
	char name[28]; /* the long name */
	char letter; /* the short one, or NUL */
	unsigned char kind; /* enum option_kind */
	unsigned char flags; /* enum option_flags */
	uint16_t offset; /* of the field */
	int32_t min, max; /* of OPTION_NUMBER */
};

extern const struct option_row option_table[OPTION_COUNT];

/* The row's place in the table. */
enum option_id option_id(const struct option_row *row);

/* The row of a long name, or NULL. `*on` is false when `name` was the negated
 * form: "no-x" for x, "x" for no-x. A negated form is found for every row, also
 * one that cannot be negated: see option_negatable. */
const struct option_row *option_find(struct str name, bool *on);

/* The row of a short letter, or NULL. */
const struct option_row *option_find_letter(char letter);

/* --no-NAME means something. */
bool option_negatable(const struct option_row *row);

/* An argument has to follow (that of --help is optional). */
bool option_takes_argument(const struct option_row *row);

/* Why the option of curl's called `name` (a long name or one letter) is out of
 * scope, and what to do instead; NULL when it is not one of these. */
const char *option_out_of_scope(struct str name);

/* Whether `name` is one of curl's with "no-" in front, and asks for what is so
 * without it. */
bool option_never_so(struct str name);

/* Set every field of `o` as it is when no option is given. */
void options_init(struct options *o);
void options_fini(struct options *o);

/* Append a borrowed text. Returns 0 or -ERR_OUT_OF_MEMORY. The list is freed
 * with free(list->items). */
int strings_add(struct strings *list, const char *text) CHECKED;

#endif
