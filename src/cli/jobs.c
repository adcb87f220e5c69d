#include "cli/jobs.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/bodies.h"
#include "cli/colour.h"
#include "cli/fields.h"
#include "cli/input.h"
#include "cli/password.h"
#include "cli/peers.h"
#include "cli/resume.h"
#include "cli/trust.h"
#include "output/writeout.h"
#include <config.h>

#define ALL_PROTOCOLS (REDIRECT_HTTP | REDIRECT_HTTPS)

/* --- the operation */

/* A field that an option brings, unless the user has a line for it. */
static void add_implied(struct operation *o, const char *line)
{
	struct user_field field;
	struct error ignored;
	bool nothing;

	ignore(user_field_parse(str_of(line), &field, &nothing, &ignored));
	if (!user_field_find(o->fields, o->n_fields, field.name))
		o->fields[o->n_fields++] = field;
}

static int fields_init(struct operation *o, struct error *e)
{
	int error = fields_parse(&o->fields, &o->n_fields, &o->options->headers,
		"-H", 2, o->command, e);

	if (error == 0 && o->options->json) {
		add_implied(o, "Content-Type: application/json");
		add_implied(o, "Accept: application/json");
	}
	return error;
}

static int user_init(struct operation *o, struct error *e)
{
	const char *user = o->options->user;

	if (!user)
		return 0;
	/* A netrc file may know the password. */
	if (strchr(user, ':') || o->netrc.n) {
		o->user = str_dup(str_of(user));
		return o->user ? 0 : error_memory(e);
	}
	o->user = password_ask("-u, --user", "host", user, e);
	return o->user ? 0 : -e->code;
}

/* The file that -n, --netrc-optional or --netrc-file mean; only one that was
 * asked for by name has to be there. */
static int read_netrc(struct operation *o, struct error *e)
{
	const struct options *options = o->options;
	const char *path = options->netrc_file, *home = getenv("HOME");
	const char *shown = path ? "--netrc-file"
		: options->netrc ? "-n"
				 : "--netrc-optional";
	struct error reason = { 0 };
	struct buf standard;
	int error = 0;

	if (!path && !options->netrc && !options->netrc_optional)
		return 0;
	buf_init(&standard, LIMIT_URL);
	if (!path)
		path = getenv("NETRC");
	if (!path && home) {
		buf_printf(&standard, "%s/.netrc", home);
		path = buf_text(&standard);
	}
	if (path)
		error = input_read(&o->netrc, path, &reason);
	if (error == -ERR_READ && !options->netrc_file)
		error = 0;
	if (error < 0)
		error_set(e, reason.code, "option %s: %s", shown, reason.text);
	else if (path)
		buf_printf(&o->netrc_name, "option %s: %s", shown, path);
	buf_fini(&standard);
	return error < 0 ? error : buf_check(&o->netrc_name, "a path", e);
}

/* The -b arguments that are data, joined. */
static void join_cookies(struct operation *o)
{
	const struct strings *cookies = &o->options->cookies;

	for (size_t i = 0; i < cookies->n; i++) {
		if (!strchr(cookies->items[i], '='))
			continue;
		if (o->cookie.n)
			buf_add_text(&o->cookie, "; ");
		buf_add_text(&o->cookie, cookies->items[i]);
	}
}

static void tls_init(struct tls_config *tls, const struct options *options)
{
	tls->ca_file = options->cacert;
	tls->ca_path = options->capath;
	tls->insecure = options->insecure;
	trust_environment(tls);
	tls->crl_file = options->crl_file;
	tls->min_version = options->tls_min;
	tls->max_version = options->tls_max;
	tls->ciphers = options->ciphers;
	tls->ciphers13 = options->tls13_ciphers;
	tls->curves = options->curves;
	tls->cert = options->cert;
	tls->key = options->key;
	tls->cert_type = options->cert_type;
	tls->key_type = options->key_type;
	tls->password = options->pass;
	tls->pinned_key = options->pinned_key;
	tls->no_alpn = options->no_alpn;
	tls->status = options->cert_status;
	tls->no_resumption = options->no_sessionid;
}

static void request_init(struct request_spec *spec, struct operation *o)
{
	const struct options *options = o->options;
	bool body = options->has_data && !options->get && !options->head;

	spec->method = options->request;
	spec->head = options->head;
	spec->minor = options->http_minor;
	spec->allow_http09 = options->http09;
	spec->user_agent = options->user_agent ? options->user_agent
					       : PACKAGE_NAME
		"/" PACKAGE_VERSION;
	spec->referer = options->referer;
	spec->auto_referer = options->auto_referer;
	spec->user = o->user;
	spec->sigv4 = options->aws_sigv4;
	spec->bearer = options->oauth2_bearer;
	spec->auth = options->auth;
	if (options->oauth2_bearer && options->auth == AUTH_BASIC)
		spec->auth = AUTH_BEARER;
	spec->netrc = buf_str(&o->netrc);
	spec->netrc_name = o->netrc_name.n ? buf_text(&o->netrc_name) : NULL;
	spec->netrc_required = options->netrc && !options->netrc_optional;
	spec->cookie = o->cookie.n ? buf_text(&o->cookie) : NULL;
	spec->compressed = options->compressed;
	spec->no_decode_limit = options->no_decode_limit;
	spec->raw = options->raw;
	spec->ignore_length = options->ignore_content_length;
	spec->fields = o->fields;
	spec->n_fields = o->n_fields;
	spec->target = options->request_target;
	if (body) {
		upload_from_memory(
			&o->upload, &o->memory, buf_str(&options->data));
		spec->body = &o->upload;
		spec->body_text = options->data.n ? buf_str(&options->data)
						  : STR("");
		spec->content_type = "application/x-www-form-urlencoded";
	}
	spec->expect_ms = options->expect100_timeout_ms;
	spec->range = options->range;
	spec->transcript = options->include;
	spec->condition = options->condition;
	spec->tr_encoding = options->tr_encoding;
}

static void net_init(struct net_config *net, const struct options *options)
{
	net->family = options->family;
	net->connect_timeout_ms = options->connect_timeout_ms;
	net->interface = options->interface;
	net->local_port = options->local_port;
	net->local_port_last = options->local_port_last;
	net->eyeballs_ms = options->happy_eyeballs_timeout_ms;
	net->no_delay_off = !options->tcp_nodelay;
	net->keepalive_off = options->no_keepalive;
	net->keepalive_s = (int)options->keepalive_time;
	net->detours = options->detours;
	net->n_detours = options->n_detours;
	net->socket = options->socket;
	/* Who tells the local address asks for it: it costs a call. */
	net->want_local = options->write_out != NULL;
}

static void redirect_init(
	struct redirect_config *redirect, const struct options *options)
{
	redirect->follow = options->location;
	redirect->follow_method = options->follow;
	redirect->trusted = options->location_trusted;
	redirect->max = (long)options->max_redirs;
	redirect->keep_post_301 = options->post301;
	redirect->keep_post_302 = options->post302;
	redirect->keep_post_303 = options->post303;
	redirect->protocols = options->proto_redir & ALL_PROTOCOLS;
}

static int raw_init(struct operation *o, struct error *e)
{
	if (!o->options->raw_request)
		return raw_bytes_missed(o->options, e);
	if (o->job.request.body)
		return error_set(e, ERR_USAGE,
			"option --raw-request: the bytes are all that is sent, "
			"-d and -F have no place in them");
	o->raw = raw_bytes_new(o->command, o->options, e);
	if (!o->raw)
		return -e->code;
	o->job.raw = &o->raw->request;
	return 0;
}

/* Either half of the lowest speed has a default once the other is given. */
static void pace_init(struct pace_config *pace, const struct options *options)
{
	int64_t speed = options->speed_limit, time = options->speed_time;

	pace->max_speed = (uint64_t)options->limit_rate;
	if (speed <= 0 && time > 0)
		speed = 1;
	if (speed > 0 && time < 0)
		time = 30;
	if (speed > 0 && time > 0) {
		pace->min_speed = (uint64_t)speed;
		pace->min_speed_s = time;
	}
}

int operation_init(struct operation *o, struct command *command,
	const struct options *options, struct session *session, struct error *e)
{
	struct tls_config tls = { 0 };
	int error;

	*o = (struct operation){ .command = command, .options = options };
	pthread_mutex_init(&o->dump_lock, NULL);
	buf_init(&o->netrc, LIMIT_CONFIG_LINE);
	buf_init(&o->netrc_name, LIMIT_CONFIG_LINE);
	buf_init(&o->cookie, LIMIT_REQUEST_HEAD);
	buf_init(&o->etag, LIMIT_REQUEST_HEAD);
	join_cookies(o);
	error = buf_check(&o->cookie, "cookie", e);
	if (error == 0)
		error = fields_init(o, e);
	if (error == 0)
		error = read_netrc(o, e);
	if (error == 0)
		error = user_init(o, e);
	if (error < 0)
		return error;
	tls_init(&tls, options);
	o->job.tls = session_tls_config(session, &tls, e);
	if (!o->job.tls)
		return -e->code;
	request_init(&o->job.request, o);
	error = resume_etags(o, e);
	if (error == 0)
		error = body_form(o, e);
	if (error < 0)
		return error;
	net_init(&o->job.net, options);
	error = proxies_init(
		&o->proxies, &o->job, command, options, session, e);
	if (error < 0)
		return error;
	error = peers_init(&o->names, command, options, e);
	if (error < 0)
		return error;
	if (o->names.n)
		o->job.net.names = &o->names;
	o->job.net.want_local |= o->job.proxy_header ||
		command->narration != NARRATION_NONE || command->explain ||
		command->report || command->har;
	redirect_init(&o->job.redirect, options);
	o->job.protocols = options->proto & ALL_PROTOCOLS;
	o->job.url_options = (struct url_options){
		.default_scheme = options->proto_default,
		.path_as_is = options->path_as_is,
		.refuse_user = options->disallow_username_in_url,
	};
	o->job.fail = options->fail;
	o->job.want_certificates = options->write_out &&
		writeout_wants_certificates(str_of(options->write_out));
	o->job.strict = options->strict;
	/* What must not come out half is not to be an error page either. */
	if (options->fail == FAIL_NEVER &&
		(options->spool || options->has_fail_status))
		o->job.fail = FAIL_WITHOUT_BODY;
	if (options->has_fail_status)
		o->job.failures = &options->fail_status;
	o->job.max_time_ms = options->max_time_ms;
	pace_init(&o->job.pace, options);
	o->job.max_file_size = (uint64_t)options->max_filesize;
	o->job.min_days = options->cert_min_days;
	o->job.dry_run = options->dry_run;
	return raw_init(o, e);
}

void operation_fini(struct operation *o)
{
	pthread_mutex_destroy(&o->dump_lock);
	form_body_free(o->form);
	raw_bytes_free(o->raw);
	free(o->form_type);
	free(o->fields);
	buf_fini(&o->netrc);
	buf_fini(&o->netrc_name);
	buf_fini(&o->cookie);
	buf_fini(&o->etag);
	names_fini(&o->names);
	proxies_fini(&o->proxies);
	if (o->user)
		explicit_bzero(o->user, strlen(o->user));
	free(o->user);
}

/* --- one URL of it */

/* `url` with `query` behind what query it has, before its fragment. */
static void add_query(struct buf *out, struct str url, struct str query)
{
	struct str fragment = { NULL, 0 };
	ssize_t hash = str_find(url, '#');

	if (hash >= 0) {
		fragment = str_from(url, (size_t)hash);
		url = str_first(url, (size_t)hash);
	}
	buf_add_str(out, url);
	if (query.n) {
		ssize_t mark = str_find(url, '?');

		if (mark < 0)
			buf_add_char(out, '?');
		else if ((size_t)mark + 1 < url.n && url.p[url.n - 1] != '&')
			buf_add_char(out, '&');
		buf_add_str(out, query);
	}
	buf_add_str(out, fragment);
}

static int make_url(struct errand *errand, const struct operation *o,
	const struct target *target, const struct glob *glob, uint64_t index,
	struct error *e)
{
	const struct options *options = o->options;
	struct buf plain, query, url;
	int error;

	buf_init(&plain, LIMIT_REQUEST_BODY);
	buf_init(&query, LIMIT_REQUEST_BODY);
	buf_init(&url, LIMIT_REQUEST_BODY);
	if (glob)
		glob_url(glob, index, &plain);
	else
		buf_add_text(&plain, target->url);
	if (options->get && options->has_data)
		buf_add_str(&query, buf_str(&options->data));
	if (options->has_query) {
		if (query.n)
			buf_add_char(&query, '&');
		buf_add_str(&query, buf_str(&options->query));
	}
	add_query(&url, buf_str(&plain), buf_str(&query));
	error = buf_check(&plain, "URL", e);
	if (error == 0)
		error = buf_check(&query, "query", e);
	if (error == 0)
		error = buf_check(&url, "URL", e);
	buf_fini(&plain);
	buf_fini(&query);
	errand->url = buf_take(&url);
	if (error == 0 && !errand->url)
		error = error_memory(e);
	return error;
}

static int remote_name(struct buf *path, const struct errand *errand,
	const struct operation *o, struct error *e)
{
	struct url url;
	int error;

	error = url_parse(&url, str_of(errand->url), &o->job.url_options, e);
	if (error < 0)
		return error;
	error = sink_remote_name(path, &url, e);
	url_fini(&url);
	return error;
}

static int make_path(struct errand *errand, const struct operation *o,
	const struct target *target, const struct glob_place places[static 2],
	struct error *e)
{
	struct buf path;
	int error = 0;

	if (target->kind != OUTPUT_FILE && target->kind != OUTPUT_REMOTE_NAME)
		return 0;
	if (target->kind == OUTPUT_FILE && strcmp(target->output, "-") == 0) {
		errand->sink.stdout_asked = true;
		return 0;
	}
	buf_init(&path, LIMIT_URL);
	if (o->options->output_dir) {
		buf_add_text(&path, o->options->output_dir);
		buf_add_char(&path, '/');
	}
	if (target->kind == OUTPUT_REMOTE_NAME)
		error = remote_name(&path, errand, o, e);
	else
		glob_fill(places, 2, str_of(target->output), &path);
	errand->path = buf_take(&path);
	if (error == 0 && !errand->path)
		error = error_memory(e);
	errand->sink.path = errand->path;
	return error;
}

/* What becomes of the file that the body goes to. */
static void choose_file(struct errand *errand, const struct operation *o,
	const struct target *target)
{
	const struct options *options = o->options;
	struct sink_config *sink = &errand->sink;

	/* Behind what -C goes on from, the request is not what is to stand. */
	if (options->dry_run && sink->resume) {
		sink->path = NULL;
		sink->append = sink->resume = false;
	}
	sink->directory = options->output_dir;
	sink->remote_name = options->remote_header_name &&
		target->kind == OUTPUT_REMOTE_NAME;
	sink->follows = options->location;
	sink->clobber = options->clobber;
	sink->remove_on_error = options->remove_on_error;
	sink->remote_time = options->remote_time;
	sink->attributes = options->xattr;
	sink->etag_file = options->etag_save;
}

int errand_init(struct errand *errand, struct operation *o,
	const struct target *target, const struct upload_choice *upload,
	const struct glob *glob, uint64_t index, struct error *e)
{
	const struct options *options = o->options;
	struct glob_place places[2] = { { glob, index }, upload->place };
	int error;

	*errand = (struct errand){
		.operation = o, .job = o->job, .upload_fd = -1
	};
	buf_init(&errand->etag, LIMIT_REQUEST_HEAD);
	if (upload->path && *upload->path &&
		!(errand->upload = str_dup(str_of(upload->path))))
		return error_memory(e);
	error = make_url(errand, o, target, glob, index, e);
	if (error == 0)
		error = body_choose(errand, e);
	if (error == 0)
		error = make_path(errand, o, target, places, e);
	if (error == 0)
		error = resume_download(errand, o, e);
	errand->job.url = errand->url;
	errand->sink.create_dirs = options->create_dirs;
	errand->sink.in_place = o->command->no_atomic;
	errand->sink.spool = options->spool;
	errand->sink.discard = target->kind == OUTPUT_NULL;
	errand->sink.no_safe_output = o->command->no_safe_output;
	errand->sink.heads =
		(options->include || options->head || options->raw_request) &&
		!options->dry_run;
	errand->sink.colour = colour_wanted(o->command);
	errand->sink.styled = !o->command->no_styled_output &&
		(colour_understood() ||
			errand->sink.colour == SINK_COLOUR_ALWAYS);
	errand->sink.pretty = o->command->pretty;
	errand->sink.dump = options->dry_run ? NULL : options->dump_header;
	choose_file(errand, o, target);
	return error;
}

void errand_fini(struct errand *errand)
{
	if (errand->upload)
		upload_file_fini(&errand->file);
	upload_crlf_fini(&errand->crlf);
	if (errand->upload_fd >= 0)
		close(errand->upload_fd);
	buf_fini(&errand->etag);
	form_body_free(errand->form);
	free(errand->upload);
	free(errand->url);
	free(errand->path);
}

struct sink *errand_sink(struct errand *errand, struct error *e)
{
	struct operation *o = errand->operation;
	struct sink *sink;

	pthread_mutex_lock(&o->dump_lock);
	errand->sink.dump_append = o->dumped;
	o->dumped = true;
	sink = sink_new(&errand->sink, e);
	pthread_mutex_unlock(&o->dump_lock);
	return sink;
}
