#include "output/sink_state.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/file_name.h"
#include "http/value.h"
#include "output/descriptor.h"
#include "output/standard.h"

#define FIRST_BLOCK 2048u /* of a body, in which a NUL means binary */

/* --- opening */

static int open_path(struct channel *c, const struct sink_config *config,
	const char *path, enum file_mode mode, struct error *e)
{
	int error = config->create_dirs ? file_make_directories(path, e) : 0;

	if (error == 0)
		error = file_open(&c->file, path, mode, e);
	if (error == 0)
		channel_began(c, config);
	else
		file_suggest_directories(path, e);
	return error;
}

void sink_claim_output(struct sink *s)
{
	if (!s->holds_output)
		standard_output_take();
	s->holds_output = true;
}

static void give_output(struct sink *s)
{
	if (s->holds_output)
		standard_output_give();
	s->holds_output = false;
}

static void open_standard(struct channel *c, const struct sink_config *config,
	int fd, const char *name)
{
	file_borrow(&c->file, fd, name);
	channel_began(c, config);
}

static void open_stdout(struct sink *s, struct channel *c)
{
	open_standard(c, s->config, STDOUT_FILENO, "standard output");
	if (s->config->spool)
		c->spool = &s->spool;
	else if (c == &s->out)
		sink_claim_output(s);
}

static int open_dump(struct sink *s, struct error *e)
{
	const struct sink_config *config = s->config;

	if (!config->dump)
		return 0;
	if (strcmp(config->dump, "-") == 0)
		open_stdout(s, &s->dump);
	else if (strcmp(config->dump, "%") == 0)
		open_standard(
			&s->dump, config, config->error_fd, "standard error");
	else
		return open_path(&s->dump, config, config->dump,
			config->dump_append ? FILE_APPEND : FILE_RESTART, e);
	return 0;
}

static int open_target(struct sink *s, struct error *e)
{
	const struct sink_config *config = s->config;
	int error = 0;

	if (s->discard) /* for direct(): to move bytes to */
		return file_open(&s->out.file, "/dev/null", FILE_TRUNCATE, e);
	if (s->to_stdout) {
		open_stdout(s, &s->out);
		return 0;
	}
	if (config->create_dirs)
		error = file_make_directories(config->path, e);
	if (error == 0)
		error = target_open(&s->target, &s->out.file, config,
			s->recording ? record_name(&s->record) : STR(""), e);
	if (error < 0) {
		file_suggest_directories(target_path(&s->target, config), e);
		return error;
	}
	channel_began(&s->out, config);
	error = s->held.n ? channel_write_str(&s->out, buf_str(&s->held), e)
			  : 0;
	buf_fini(&s->held);
	return error;
}

int sink_open_out(struct sink *s, struct error *e)
{
	int error;

	if (s->out.file.fd >= 0)
		return 0;
	error = open_target(s, e);
	if (error == 0 && s->deadline != DEADLINE_NONE)
		file_until(&s->out.file, s->deadline);
	if (error == 0 && s->config->again && !s->discard)
		file_mark(&s->out.file);
	return error;
}

/* --- the port */

/* The name of the file is known when the first byte of a body comes. */
static bool holds_heads(const struct sink *s)
{
	return s->config->remote_name && !s->to_stdout && s->out.file.fd < 0;
}

/* A trailer section as curl shows it: each line ended with CRLF, however it
 * came, and no empty line behind them. */
static void add_trailers(struct buf *out, const struct head *trailers)
{
	for (size_t i = 0; i < trailers->n; i++) {
		struct str line = trailers->fields[i].line;

		while (line.n &&
			(line.p[line.n - 1] == '\n' ||
				line.p[line.n - 1] == '\r'))
			line.n--;
		value_unfold(out, line);
		buf_add(out, "\r\n", 2);
	}
}

/* Each line twice, as curl shows a head that goes to standard output for -i and
 * for -D. */
static void add_doubled(struct buf *out, struct str lines)
{
	while (lines.n) {
		ssize_t end = str_find(lines, '\n');
		struct str line = str_first(
			lines, end < 0 ? lines.n : (size_t)end + 1);

		buf_add_str(out, line);
		buf_add_str(out, line);
		lines = str_from(lines, line.n);
	}
}

/* A head for -D, which has standard output for as long as that takes. */
static int put_dump(struct sink *s, struct str text, struct error *e)
{
	bool held = s->holds_output;
	int error;

	if (s->dump.file.fd == STDOUT_FILENO && !s->dump.spool)
		sink_claim_output(s);
	error = channel_write_str(&s->dump, text, e);
	if (!held && !s->to_stdout)
		give_output(s);
	return error;
}

static int put_head(struct sink *s, struct str text, bool status, bool to_out,
	bool to_dump, struct error *e)
{
	bool both = to_out && to_dump && s->to_stdout &&
		s->out.file.fd == s->dump.file.fd;
	struct buf doubled;
	int error = 0;

	if (both && s->config->styled && s->out.shown)
		return channel_write_head(&s->out, text, status, true, e);
	if (both) {
		buf_init(&doubled, 2 * text.n);
		add_doubled(&doubled, text);
		error = buf_check(&doubled, "response head", e);
		if (error == 0)
			error = channel_write_str(
				&s->out, buf_str(&doubled), e);
		buf_fini(&doubled);
		return error;
	}
	if (to_dump)
		error = put_dump(s, text, e);
	if (error < 0 || !to_out)
		return error;
	if (holds_heads(s)) {
		buf_add_str(&s->held, text);
		return buf_check(&s->held, "response heads", e);
	}
	if (s->config->styled && s->out.shown)
		return channel_write_head(&s->out, text, status, false, e);
	return channel_write_str(&s->out, text, e);
}

/* A line on standard output is not to be in the middle of another's body. */
int sink_save_etag(struct sink *s, struct error *e)
{
	const struct sink_config *config = s->config;
	int status = s->record.status, error;
	bool held = s->holds_output;

	if (!config->etag_file || s->etag_saved || !s->of_file)
		return 0;
	s->etag_saved = status / 100 == 2 || status == 304;
	if (strcmp(config->etag_file, "-") == 0)
		sink_claim_output(s);
	error = record_save_etag(&s->record, config->etag_file,
		config->create_dirs, !config->no_safe_output, e);
	if (!held && !s->to_stdout)
		give_output(s);
	return error;
}

/* What is kept of a head. With -C, and for what goes to standard output, the
 * entity-tag is saved at once: without it a broken download could not be gone
 * on with. That of an answer that is not appended is another version's. */
static int note_head(struct sink *s, const struct head *head, bool body_follows,
	struct error *e)
{
	const struct sink_config *config = s->config;
	int error;

	if (head->status < 200) /* trailers too */
		return 0;
	error = record_head(&s->record, head, config->follows, e);
	s->of_file = !config->append || (head->status == 206 && body_follows);
	if (error == 0 && config->etag_file &&
		((config->resume && body_follows && s->aside.fd < 0) ||
			strcmp(config->etag_file, "-") == 0))
		error = sink_save_etag(s, e);
	return error;
}

/* How the body behind this head is to be shown, when somebody looks. */
static int note_type(struct sink *s, const struct head *head, struct error *e)
{
	const struct sink_config *config = s->config;
	struct str type;
	int error;

	if (head->status < 200 || s->goes_on ||
		(config->colour == SINK_COLOUR_NEVER && !config->pretty))
		return 0;
	error = s->begun ? channel_flush(&s->out, e) : 0;
	type = str_first(
		head_value(head, STR("Content-Type")), sizeof(s->type) - 1);
	if (type.n)
		memcpy(s->type, type.p, type.n);
	s->type[type.n] = '\0';
	s->begun = false;
	return error;
}

static int show_head(struct sink *s, const struct head *head, struct error *e)
{
	bool to_dump = s->dump.file.fd >= 0;
	bool to_out = s->config->heads && !s->discard;
	struct buf shown;
	int error = 0;

	if (to_out && !holds_heads(s))
		error = sink_open_out(s, e);
	if (error < 0 || (!to_out && !to_dump))
		return error;
	if (head->status != 0 && !head->folded)
		return put_head(s, head->bytes, true, to_out, to_dump, e);
	buf_init(&shown, LIMIT_HEAD + LIMIT_TRAILERS);
	if (head->status != 0)
		value_unfold(&shown, head->bytes);
	else
		add_trailers(&shown, head);
	error = buf_check(&shown, "response head", e);
	if (error == 0)
		error = put_head(s, buf_str(&shown), head->status != 0, to_out,
			to_dump, e);
	buf_fini(&shown);
	return error;
}

static int sink_head(
	void *sink, const struct head *head, bool body_follows, struct error *e)
{
	struct sink *s = sink;
	int error = s->recording ? note_head(s, head, body_follows, e) : 0;

	if (error == 0)
		error = note_type(s, head, e);
	return error < 0 ? error : show_head(s, head, e);
}

static int sink_tunnel_head(
	void *sink, const struct head *head, struct error *e)
{
	return show_head(sink, head, e);
}

/* Open the output for a body. */
static int begin_body(struct sink *s, struct error *e)
{
	int error = sink_open_out(s, e);

	if (error == 0 && !s->begun)
		channel_body_begins(&s->out, s->config, str_of(s->type));
	s->begun = true;
	return error;
}

/* Whether the part of the vector that is in the body's first block has a NUL;
 * `seen` bytes of the body have gone before. */
static bool looks_binary(uint64_t seen, const struct iovec *iov, int n)
{
	for (int i = 0; i < n && seen < FIRST_BLOCK; i++) {
		struct str part = { iov[i].iov_base, iov[i].iov_len };

		part = str_first(part, FIRST_BLOCK - (size_t)seen);
		if (str_find(part, '\0') >= 0)
			return true;
		seen += part.n;
	}
	return false;
}

static int refuse_binary(struct error *e)
{
	return error_set(e, ERR_WRITE,
		"Binary output can mess up your terminal. Use \"--output -\" "
		"to "
		"tell minifetch to output it to your terminal anyway, or "
		"consider \"--output FILE\" to save to a file.");
}

static int sink_body(
	void *sink, const struct iovec *iov, int n, struct error *e)
{
	struct sink *s = sink;
	int error;

	if (s->discard)
		return 0;
	error = begin_body(s, e);
	if (error < 0)
		return error;
	if (s->out.terminal && s->to_stdout && !s->config->stdout_asked &&
		looks_binary(s->seen, iov, n))
		return refuse_binary(e);
	for (int i = 0; i < n; i++)
		s->seen += iov[i].iov_len;
	return channel_body(&s->out, iov, n, e);
}

static int sink_direct(void *sink, uint64_t expected)
{
	struct sink *s = sink;
	struct error ignored; /* the same happens again, and tells, in body() */
	struct stat st;

	if (begin_body(s, &ignored) < 0 || s->out.terminal || s->out.styling)
		return -1;
	if (s->out.spool)
		return spool_direct(s->out.spool, expected);
	if (!s->out.file.regular &&
		(fstat(s->out.file.fd, &st) < 0 ||
			!(S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode) ||
				S_ISCHR(st.st_mode))))
		return -1;
	file_reserve(&s->out.file, expected);
	return s->out.file.fd;
}

static void sink_moved(void *sink, uint64_t n)
{
	struct sink *s = sink;

	s->seen += n;
	if (s->out.spool)
		spool_moved(s->out.spool, n);
	else
		s->out.file.written += n;
}

static int sink_unmoved(void *sink, int number, struct error *e)
{
	struct sink *s = sink;

	return s->out.spool ? spool_failed(number, e)
			    : file_failed(&s->out.file, number, e);
}

static void sink_until(void *sink, int64_t deadline)
{
	struct sink *s = sink;

	s->deadline = deadline;
	file_until(&s->out.file, deadline);
	file_until(&s->dump.file, deadline);
}

static void sink_review(void *sink, struct findings *found)
{
	const struct sink *s = sink;

	channel_review(&s->out, found);
}

static bool sink_holds(void *sink)
{
	const struct sink *s = sink;

	return s->holds_output;
}

struct sink_port sink_port(struct sink *s)
{
	static const struct sink_ops ops = { .head = sink_head,
		.tunnel_head = sink_tunnel_head,
		.body = sink_body,
		.direct = sink_direct,
		.moved = sink_moved,
		.unmoved = sink_unmoved,
		.review = sink_review,
		.until = sink_until,
		.holds = sink_holds };

	return (struct sink_port){ &ops, s };
}

/* --- from beginning to end */

struct sink *sink_new(const struct sink_config *config, struct error *e)
{
	struct sink *s = calloc(1, sizeof(*s));

	if (!s) {
		error_memory(e);
		return NULL;
	}
	s->config = config;
	s->deadline = DEADLINE_NONE;
	spool_init(&s->spool);
	s->out.file = s->dump.file = s->aside = FILE_CLOSED;
	buf_init(&s->held, LIMIT_HEAD * LIMIT_INTERIM);
	s->recording = config->remote_name || config->remote_time ||
		config->attributes || config->etag_file;
	s->of_file = !config->append;
	if (s->recording)
		record_init(&s->record);
	s->to_stdout = !config->path || strcmp(config->path, "-") == 0;
	s->discard = config->discard ||
		(!s->to_stdout && strcmp(config->path, "/dev/null") == 0);
	if ((s->to_stdout || s->discard || target_foresee(config, e) == 0) &&
		open_dump(s, e) == 0)
		return s;
	sink_free(s);
	return NULL;
}

const char *sink_warning(const struct sink *s)
{
	return s->warning.code ? s->warning.text : NULL;
}

void sink_free(struct sink *s)
{
	if (!s)
		return;
	sink_revert(s);
	file_discard(&s->out.file);
	file_discard(&s->dump.file);
	if (s->recording)
		record_fini(&s->record);
	buf_fini(&s->held);
	target_fini(&s->target);
	spool_fini(&s->spool);
	give_output(s);
	free(s);
}

int64_t sink_deadline(const struct sink *s)
{
	return s->deadline;
}

const char *sink_path(const struct sink *s)
{
	if (s->to_stdout || s->config->discard)
		return NULL;
	return target_path(&s->target, s->config);
}

bool sink_pipe_closed(const struct sink *s)
{
	if (s->out.file.pipe_closed || s->dump.file.pipe_closed)
		return true;
	return s->to_stdout && descriptor_unread(STDOUT_FILENO);
}

void sink_remove_temporaries(void)
{
	temporaries_remove();
}

/* --- names */

int sink_remote_name(struct buf *out, const struct url *url, struct error *e)
{
	if (!file_name_from_path(out, url->path))
		buf_add_text(out, "curl_response");
	return buf_check(out, "file name", e) < 0 ? -ERR_WRITE : 0;
}
