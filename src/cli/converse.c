#include "cli/converse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compat.h"
#include "cli/input.h"
#include "talk/talk.h"
#include "transfer/credentials.h"

/* What a conversation needs and gives back at its end. */
struct setting {
	const struct converse *c;
	struct talk talk;
	struct str *texts; /* of -d */
	int fd; /* of -T, to close; -1: none */
	struct proxy proxy; /* all zero: none */
	struct buf authorization; /* what `proxy` is told of the user */
	bool json; /* --format json */
	bool json_segments; /* ... and not an object a request */
};

/* --- what comes */

static int take(void *sink, struct str bytes, struct error *e)
{
	const struct sink_port *port = sink;
	struct iovec iov = { (char *)bytes.p, bytes.n };

	return port->ops->body(port->sink, &iov, 1, e);
}

static int direct(void *sink)
{
	const struct sink_port *port = sink;

	return port->ops->direct(port->sink, UINT64_MAX);
}

static int discard(void *sink, struct str bytes, struct error *e)
{
	(void)sink;
	(void)bytes;
	(void)e;
	return 0;
}

/* A listener that does not send what comes on standard input. */
static bool answers(const struct setting *s)
{
	const struct options *options = s->c->options;

	return options->listen &&
		(options->reply || options->reply_file || options->reply_raw ||
			s->talk.endpoint.kind == ENDPOINT_HTTP);
}

static void set_receiver(struct setting *s)
{
	const struct converse *c = s->c;
	struct receiver *receiver = &s->talk.receiver;

	receiver->receiver = (void *)c->sink;
	receiver->take = take;
	receiver->direct = direct;
	/* JSON objects stand in the place of the bytes; -s silences a
	 * listener that answers by itself. */
	if (s->json_segments ||
		(answers(s) && c->console->silent && c->to_stdout &&
			!s->json)) {
		receiver->take = discard;
		receiver->direct = NULL;
	}
}

static int set_transcript(struct setting *s, struct error *e)
{
	const struct options *options = s->c->options;
	int hex = options->hex ? s->c->console->fd : -1;
	int json = s->json_segments ? STDOUT_FILENO : -1;

	if (hex < 0 && json < 0)
		return 0;
	s->talk.transcript = transcript_new(hex, json, e);
	if (!s->talk.transcript)
		return -e->code;
	if (s->json_segments && !s->c->to_stdout)
		transcript_write_json(
			s->talk.transcript, take, (void *)s->c->sink);
	return 0;
}

/* --- what is sent */

static int set_texts(struct setting *s, struct error *e)
{
	const struct options *options = s->c->options;
	struct str data = buf_str(&options->data);
	size_t n = options->n_pieces;

	s->texts = calloc(n ? n : 1, sizeof(*s->texts));
	if (!s->texts)
		return error_memory(e);
	for (size_t i = 0; i < n; i++) {
		const struct data_piece *piece = &options->pieces[i];

		s->texts[i] = str_first(str_from(data, piece->at), piece->n);
	}
	s->talk.source.kind = SOURCE_TEXTS;
	s->talk.source.texts = s->texts;
	s->talk.source.n = n;
	return 0;
}

/* Standard input that was closed, or is for writing alone as nohup leaves it,
 * has nothing to be sent. */
static bool can_be_read(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_WRONLY;
}

static int set_file(struct setting *s, const char *path, struct error *e)
{
	struct source *source = &s->talk.source;
	int error = 0;
	struct stat st;

	source->kind = SOURCE_FILE;
	source->name = path;
	source->fd = STDIN_FILENO;
	if (strcmp(path, "-") == 0 || strcmp(path, ".") == 0) {
		if (!can_be_read(STDIN_FILENO)) {
			source->kind = SOURCE_NONE;
			return 0;
		}
		return s->c->beside_others ? input_claim(e) : 0;
	}
	s->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0)
		error = errno;
	else if (fstat(s->fd, &st) == 0 && S_ISDIR(st.st_mode))
		error = EISDIR;
	if (error)
		return error_set(e, ERR_READ, "option -T: cannot read '%s': %s",
			path, error_system(error));
	source->fd = s->fd;
	return 0;
}

/* -d, else -T, else standard input; a listener that answers by itself sends
 * nothing else. */
static int set_source(struct setting *s, struct error *e)
{
	const struct options *options = s->c->options;

	s->talk.source.crlf = options->crlf;
	if (options->has_data)
		return set_texts(s, e);
	if (s->c->upload)
		return set_file(s, s->c->upload, e);
	if (answers(s))
		return 0;
	return set_file(s, "-", e);
}

/* --- all of it */

static int set_tls(struct setting *s, struct error *e)
{
	const struct converse *c = s->c;

	s->talk.tls = c->job->tls;
	if (s->talk.endpoint.kind != ENDPOINT_TLS || c->options->listen)
		return 0;
	s->talk.tls_context = session_tls_context(c->session, c->job->tls, e);
	return s->talk.tls_context ? 0 : -e->code;
}

/* The value for a proxy that speaks HTTP, in Basic. Who asks for Digest alone
 * does not want the password to be sent. */
static int authorize(struct setting *s, struct error *e)
{
	const struct proxy_spec *spec = s->c->job->proxy;
	const struct proxy *p = s->talk.through.proxy;
	struct credentials credentials;
	int error;

	if (!p->user || proxy_is_socks(p))
		return 0;
	if (!(spec->auth & AUTH_BASIC))
		return error_set(e, ERR_USAGE,
			"option --proxy-digest: a conversation has Basic "
			"authentication only for its proxy");
	error = credentials_init_proxy(&credentials, spec, p, e);
	credentials.allowed = AUTH_BASIC;
	if (error == 0)
		error = credentials_write(&credentials, STR("CONNECT"), STR(""),
			&s->authorization, e);
	credentials_fini(&credentials);
	s->talk.through.authorization = buf_str(&s->authorization);
	return error < 0
		? error
		: buf_check(&s->authorization, "Proxy-Authorization", e);
}

/* The proxy that options name, not those of the environment: they are for
 * schemes that they know. As proxy_choose. */
static int choose_proxy(struct setting *s, struct error *e)
{
	struct proxy_choice choice = s->c->job->proxy->choice;
	struct url url;
	int result = url_parse(&url, str_of(s->c->job->url), NULL, e);

	if (result < 0)
		return result;
	choice.http = choice.https = choice.all = NULL;
	result = proxy_choose(&s->proxy, &choice, &url, e);
	url_fini(&url);
	return result;
}

static int set_proxy(struct setting *s, struct error *e)
{
	const struct proxy_spec *spec = s->c->job->proxy;
	struct talk_proxy *through = &s->talk.through;
	enum endpoint_kind kind = s->talk.endpoint.kind;
	int found;

	if (!spec || s->c->job->net.socket ||
		(!spec->choice.text && !spec->first))
		return 0;
	if ((kind != ENDPOINT_TCP && kind != ENDPOINT_TLS) ||
		s->c->options->listen)
		return error_set(e, ERR_USAGE,
			"options -x and --preproxy: of conversations only "
			"clients of tcp:// and tls:// go through a proxy");
	found = choose_proxy(s, e);
	if (found < 0)
		return found;
	through->proxy = found ? &s->proxy : spec->first;
	if (!through->proxy)
		return 0;
	through->first = found ? spec->first : NULL;
	if (through->proxy->kind == PROXY_HTTPS) {
		through->context = session_tls_context(
			s->c->session, spec->tls, e);
		if (!through->context)
			return -e->code;
	}
	through->user_agent = spec->user_agent;
	through->fields = spec->fields;
	through->n_fields = spec->n_fields;
	return authorize(s, e);
}

/* Options of which one would be of no effect. */
static int check_pairs(const struct setting *s, struct error *e)
{
	const struct options *options = s->c->options;
	bool http = s->talk.endpoint.kind == ENDPOINT_HTTP;
	int replies = (options->reply != NULL) + (options->reply_file != NULL) +
		(options->reply_raw != NULL);

	if (options->listen && (options->cert_type || options->key_type))
		return error_set(e, ERR_USAGE,
			"options --cert-type and --key-type: a listener's "
			"certificate and key are PEM files");
	if (options->has_data && s->c->upload)
		return error_set(e, ERR_USAGE,
			"options -d and -T: one of them says what is sent");
	if (replies && !options->listen)
		return error_set(
			e, ERR_USAGE, "a reply is a listener's: see --listen");
	if (replies > 1)
		return error_set(e, ERR_USAGE,
			"options --reply, --reply-file and --reply-raw: a "
			"listener has one answer");
	if (options->reply_raw && !http)
		return error_set(e, ERR_USAGE,
			"option --reply-raw: for an http:// listener; "
			"--reply-file is for the others");
	if (answers(s) && (options->has_data || s->c->upload))
		return error_set(e, ERR_USAGE,
			"options -d and -T: this listener answers with "
			"--reply or --reply-file");
	return 0;
}

static int prepare(struct setting *s, struct error *e)
{
	const struct options *options = s->c->options;
	struct talk *talk = &s->talk;
	int error;

	if (options->format && strcmp(options->format, "json") != 0 &&
		strcmp(options->format, "text") != 0)
		return error_set(e, ERR_USAGE,
			"option --format: '%s' is neither text nor json",
			options->format);
	s->json = options->format && strcmp(options->format, "json") == 0;
	s->json_segments = s->json && talk->endpoint.kind != ENDPOINT_HTTP;
	talk->net = s->c->job->net;
	talk->lines = options->lines;
	talk->no_shutdown = options->no_shutdown;
	talk->wait_ms = options->wait_ms;
	talk->count = options->count;
	talk->speed = options->speed_limit;
	talk->max_time_ms = options->max_time_ms;
	talk->log = s->c->job->net.log;
	set_receiver(s);
	error = check_pairs(s, e);
	if (error == 0)
		error = set_tls(s, e);
	if (error == 0)
		error = set_proxy(s, e);
	if (error == 0)
		error = set_transcript(s, e);
	if (error == 0)
		error = set_source(s, e);
	return error;
}

static void tell_address(void *setting, const char *address)
{
	const struct setting *s = setting;
	struct buf line;
	struct error ignored;

	buf_init(&line, LIMIT_URL);
	buf_printf(&line, "Listening on %s\n", address);
	if (!s->c->console->silent)
		console_write(s->c->console, buf_str(&line));
	if (s->c->options->print_address)
		ignore(console_print(STDOUT_FILENO,
			str_from(buf_str(&line), strlen("Listening on ")),
			&ignored));
	buf_fini(&line);
}

static void tell_note(void *setting, const char *text)
{
	const struct setting *s = setting;
	struct buf line;

	if (s->c->console->silent)
		return;
	buf_init(&line, LIMIT_URL);
	buf_printf(&line, "* %s\n", text);
	console_write(s->c->console, buf_str(&line));
	buf_fini(&line);
}

static int listen_on(struct setting *s, struct error *e)
{
	const struct options *options = s->c->options;
	struct listen_config config = {
		.reply = str_of(options->reply),
		.has_reply = options->reply != NULL,
		.reply_file = options->reply_file,
		.reply_raw = options->reply_raw,
		.keep_open = options->keep_open,
		.json = s->json,
		.cert = options->cert,
		.key = options->key,
		.client_ca = options->cacert,
		.ready = tell_address,
		.note = tell_note,
		.context = s,
	};

	return talk_listen(&s->talk, &config, e);
}

int converse(const struct converse *c, struct error *e)
{
	struct setting s = { .c = c, .fd = -1 };
	bool listening = c->options->listen != NULL;
	int error;

	buf_init(&s.authorization, LIMIT_REQUEST_HEAD);
	if (c->job->net.tap || c->job->net.replay)
		return error_set(e, ERR_USAGE,
			"options --record and --replay: only connections of "
			"http:// and https:// URLs are recorded and replayed");
	if (c->options->dry_run || c->options->raw_request)
		return error_set(e, ERR_USAGE,
			"option %s: only http:// and https:// URLs have a "
			"request; -d and -T say what a conversation sends",
			c->options->dry_run ? "--dry-run" : "--raw-request");
	error = endpoint_parse(
		&s.talk.endpoint, str_of(c->job->url), listening, e);
	if (error < 0)
		return error;
	error = prepare(&s, e);
	if (error == 0)
		error = listening ? listen_on(&s, e) : talk_client(&s.talk, e);
	endpoint_fini(&s.talk.endpoint);
	proxy_fini(&s.proxy);
	buf_fini(&s.authorization);
	source_fini(&s.talk.source);
	transcript_free(s.talk.transcript);
	free(s.texts);
	if (s.fd >= 0)
		close(s.fd);
	return error;
}
