#include "cli/apply.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "base/ascii.h"
#include "base/num.h"
#include "cli/checksum.h"
#include "cli/colour.h"
#include "cli/data.h"
#include "cli/files.h"
#include "cli/form.h"
#include "cli/input.h"
#include "cli/narration.h"
#include "cli/peers.h"
#include "cli/proxies.h"
#include "cli/rate.h"
#include "cli/targets.h"
#include "cli/variable.h"

/* So that a deadline in microseconds cannot overflow. */
#define MILLISECONDS_MAX (INT64_MAX / 2000)

static struct options *last_operation(struct command *c)
{
	return &c->operations[c->n_operations - 1];
}

/* "option NAME: WORDS" */
static int refuse(
	const struct option_use *use, struct error *e, const char *words)
{
	return error_set(e, ERR_USAGE, "option %s: %s", use->shown, words);
}

/* --- kinds */

static int set_number(
	int64_t *field, const struct option_use *use, struct error *e)
{
	const struct option_row *row = use->row;
	struct str text = str_of(use->argument);
	int64_t value;

	if (!num_signed(text, INT64_MIN, INT64_MAX, &value))
		return refuse(use, e, "expected a proper numerical parameter");
	if (value < row->min && row->min == 0)
		return refuse(
			use, e, "expected a positive numerical parameter");
	if (value < row->min || value > row->max)
		return error_set(e, ERR_USAGE,
			"option %s: expected a number from %d to %d",
			use->shown, row->min, row->max);
	*field = value;
	return 0;
}

static int set_seconds(
	int64_t *field, const struct option_use *use, struct error *e)
{
	struct str text = str_of(use->argument);
	int64_t value;

	if (str_starts(text, STR("-")))
		return refuse(
			use, e, "expected a positive numerical parameter");
	if (!num_seconds(text, MILLISECONDS_MAX, &value))
		return refuse(use, e, "expected a proper numerical parameter");
	/* Less than a millisecond is not "no limit". */
	if (value == 0 && strpbrk(use->argument, "123456789"))
		value = 1;
	*field = value;
	return 0;
}

static int set_size(
	int64_t *field, const struct option_use *use, struct error *e)
{
	if (!num_size(str_of(use->argument), field))
		return refuse(use, e,
			"expected a size in bytes, such as 1000, 10k or 1.5M");
	return 0;
}

int apply_next(struct command *c, struct error *e)
{
	struct options *operations;

	operations = reallocarray(
		c->operations, c->n_operations + 1, sizeof(*operations));
	if (!operations)
		return error_memory(e);
	c->operations = operations;
	options_init(&operations[c->n_operations++]);
	return 0;
}

static int end_operation(struct command *c, struct error *e)
{
	struct options *o = last_operation(c);

	if (o->n_urls)
		return apply_next(c, e);
	if (o->touched)
		command_warn(c,
			"The options before --next have no URL and are "
			"ignored");
	options_fini(o);
	options_init(o);
	return 0;
}

/* --- texts */

static int set_write_out(struct command *c, struct options *o,
	const struct option_use *use, struct error *e)
{
	o->write_out = use->argument;
	if (*use->argument == '@')
		o->write_out = targets_own_file(c, use->argument + 1, use, e);
	return o->write_out ? 0 : -e->code;
}

/* Each line of a file is one field. */
static int add_header_file(struct command *c, struct strings *to,
	const struct option_use *use, struct error *e)
{
	const char *text = targets_own_file(c, use->argument + 1, use, e);
	struct str rest = str_of(text), line;

	if (!text)
		return -e->code;
	while (rest.n) {
		const char *copy;

		str_cut(rest, '\n', &line, &rest);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (!line.n)
			continue;
		copy = command_own(c, line);
		if (!copy || strings_add(to, copy) < 0)
			return error_memory(e);
	}
	return 0;
}

static int add_header(struct command *c, struct strings *to,
	const struct option_use *use, struct error *e)
{
	if (*use->argument == '@')
		return add_header_file(c, to, use, e);
	if (strings_add(to, use->argument) < 0)
		return error_memory(e);
	return 0;
}

static int set_referer(struct command *c, struct options *o,
	const struct option_use *use, struct error *e)
{
	struct str text = str_of(use->argument);
	struct str suffix = STR(";auto");

	o->referer = use->argument;
	o->auto_referer = text.n >= suffix.n &&
		str_eq(str_from(text, text.n - suffix.n), suffix);
	if (!o->auto_referer)
		return 0;
	o->referer = NULL;
	if (text.n == suffix.n)
		return 0;
	o->referer = command_own(c, str_first(text, text.n - suffix.n));
	return o->referer ? 0 : error_memory(e);
}

/* "FILE[:PASSWORD]"; in FILE a backslash makes a colon or backslash literal. */
static int set_cert(struct command *c, const char **cert, const char **password,
	const struct option_use *use, struct error *e)
{
	const char *at = use->argument;
	struct buf file;

	buf_init(&file, LIMIT_REQUEST_HEAD);
	for (; *at && *at != ':'; at++) {
		if (*at == '\\' && (at[1] == ':' || at[1] == '\\'))
			at++;
		buf_add_char(&file, *at);
	}
	*cert = file.failed ? NULL : command_own(c, buf_str(&file));
	buf_fini(&file);
	if (!*cert)
		return error_memory(e);
	if (*at == ':')
		*password = at + 1;
	return 0;
}

static int set_file_type(enum tls_file_type *field, bool is_key,
	const struct option_use *use, struct error *e)
{
	static const char names[][4] = { [TLS_FILE_PEM] = "PEM",
		[TLS_FILE_DER] = "DER",
		[TLS_FILE_P12] = "P12" };
	struct str type = str_of(use->argument);

	for (int i = TLS_FILE_PEM; i <= (is_key ? TLS_FILE_DER : TLS_FILE_P12);
		i++)
		if (str_eq_nocase(type, str_of(names[i]))) {
			*field = (enum tls_file_type)i;
			return 0;
		}
	if (str_eq_nocase(type, STR("ENG")))
		return refuse(use, e,
			"engines are out of minifetch's scope; give files in "
			"PEM, DER or P12");
	return refuse(use, e,
		is_key ? "is badly used here: expected PEM or DER; the key in "
			 "a P12 file comes with its certificate"
		       : "is badly used here: expected PEM, DER or P12");
}

/* --- words */

static int add_form(struct command *c, struct options *o,
	const struct option_use *use, struct error *e)
{
	if (!o->form) {
		o->form = malloc(sizeof(*o->form));
		if (!o->form)
			return error_memory(e);
		form_init(o->form);
	}
	return form_add(o->form, option_id(use->row) == OPTION_ID_form_string,
		use, c, e);
}

/* RFC 9110 section 14.1.1. A lone number begins a range, as curl has it. */
static int set_range(struct command *c, struct options *o,
	const struct option_use *use, struct error *e)
{
	struct str text = str_of(use->argument);
	struct buf open_ended;

	for (size_t i = 0; i < text.n; i++)
		if (!ascii_is_digit(text.p[i]) && text.p[i] != '-' &&
			text.p[i] != ',')
			return error_set(e, ERR_USAGE,
				"option %s: byte %zu: expected offsets joined "
				"by - and ,",
				use->shown, i + 1);
	o->range = use->argument;
	if (text.n == 0 || str_find(text, '-') >= 0)
		return 0;
	command_warn(c, "A range lacks its end: '%s' is taken for '%s-'",
		use->argument, use->argument);
	buf_init(&open_ended, LIMIT_URL);
	buf_printf(&open_ended, "%s-", use->argument);
	o->range = command_own(c, buf_str(&open_ended));
	buf_fini(&open_ended);
	return o->range ? 0 : error_memory(e);
}

/* "PORT" or "FIRST-LAST". */
static int set_local_port(
	struct options *o, const struct option_use *use, struct error *e)
{
	struct str first, last;
	uint64_t from, to;
	bool range = str_cut(str_of(use->argument), '-', &first, &last);

	if (!num_decimal(first, UINT16_MAX, &from) || from == 0 ||
		(range && !num_decimal(last, UINT16_MAX, &to)))
		return refuse(use, e,
			"expected a port from 1 to 65535, or two joined by -");
	o->local_port = (uint16_t)from;
	o->local_port_last = range ? (uint16_t)to : o->local_port;
	if (o->local_port_last < o->local_port)
		return refuse(use, e, "the range ends before it begins");
	return 0;
}

static int set_rate(
	struct command *c, const struct option_use *use, struct error *e)
{
	struct error reason = { 0 };

	if (rate_parse(str_of(use->argument), &c->rate_ms, &reason) < 0)
		return refuse(use, e, reason.text);
	return 0;
}

static int add_text(
	struct strings *list, const struct option_use *use, struct error *e)
{
	return strings_add(list, use->argument) < 0 ? error_memory(e) : 0;
}

static int add_checksum(
	struct options *o, const struct option_use *use, struct error *e)
{
	struct error reason = { 0 };
	struct checksum checksum;

	if (checksum_parse(str_of(use->argument), &checksum, &reason) < 0)
		return refuse(use, e, reason.text);
	return add_text(&o->checksums, use, e);
}

static int set_fail_status(
	struct options *o, const struct option_use *use, struct error *e)
{
	struct error reason = { 0 };

	if (statuses_parse(str_of(use->argument), &o->fail_status, &reason) < 0)
		return refuse(use, e, reason.text);
	o->has_fail_status = true;
	return 0;
}

static int set_tls_max(
	struct options *o, const struct option_use *use, struct error *e)
{
	static const struct {
		char name[8];
		int version;
	} versions[] = { { "default", 0 }, { "1.0", 10 }, { "1.1", 11 },
		{ "1.2", 12 }, { "1.3", 13 } };

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (strcmp(use->argument, versions[i].name) == 0) {
			o->tls_max = versions[i].version;
			return 0;
		}
	return refuse(use, e,
		"is badly used here: expected default, 1.0, 1.1, 1.2 or 1.3");
}

static unsigned protocol_bits(struct str name)
{
	if (str_eq_nocase(name, STR("http")))
		return REDIRECT_HTTP;
	if (str_eq_nocase(name, STR("https")))
		return REDIRECT_HTTPS;
	if (str_eq_nocase(name, STR("all")))
		return REDIRECT_HTTP | REDIRECT_HTTPS;
	return 0;
}

/* "+a,-b,=c,d": what is not spoken here can be taken away without a word. */
static void set_protocols(
	struct command *c, unsigned *field, const struct option_use *use)
{
	struct str rest = str_of(use->argument), word;
	unsigned protocols = *field;

	while (rest.n) {
		char action = '+';
		unsigned bits;

		str_cut(rest, ',', &word, &rest);
		if (!word.n)
			continue;
		if (!ascii_is_alnum(*word.p)) {
			action = *word.p;
			word = str_from(word, 1);
		}
		bits = protocol_bits(word);
		if (!bits && action != '-')
			command_warn(c, "unrecognized protocol '%.*s'",
				STR_FMT(word));
		if (action == '-')
			protocols &= ~bits;
		else if (action == '=')
			protocols = bits;
		else
			protocols |= bits;
	}
	*field = protocols;
}

/* --digest takes the place of the default, --basic is added to it. */
static void set_auth(unsigned *auth, unsigned scheme, bool on)
{
	if (!on)
		*auth &= ~scheme;
	else if (scheme == AUTH_DIGEST && *auth == AUTH_BASIC)
		*auth = AUTH_DIGEST;
	else
		*auth |= scheme;
}

static void set_fail(struct command *c, struct options *o, enum fail_mode mode,
	const struct option_use *use)
{
	if (use->on && o->fail != FAIL_NEVER && o->fail != mode)
		command_warn(c, "%s overrides %s", use->shown,
			mode == FAIL_WITH_BODY ? "--fail" : "--fail-with-body");
	o->fail = use->on ? mode : FAIL_NEVER;
}

/* --- all of them */

/* Options without an argument. */
static int apply_switch(struct command *c, struct options *o,
	const struct option_use *use, struct error *e)
{
	switch (option_id(use->row)) {
	case OPTION_ID_fail:
		set_fail(c, o, FAIL_WITHOUT_BODY, use);
		break;
	case OPTION_ID_fail_with_body:
		set_fail(c, o, FAIL_WITH_BODY, use);
		break;
	case OPTION_ID_follow:
		o->location = o->follow = use->on;
		break;
	case OPTION_ID_clobber:
		return files_clobber(o, use, e);
	case OPTION_ID_remove_on_error:
		return files_remove_on_error(o, use, e);
	case OPTION_ID_anyauth:
		o->auth = use->on ? AUTH_BASIC | AUTH_DIGEST : AUTH_BASIC;
		break;
	case OPTION_ID_basic:
		set_auth(&o->auth, AUTH_BASIC, use->on);
		break;
	case OPTION_ID_digest:
		set_auth(&o->auth, AUTH_DIGEST, use->on);
		break;
	case OPTION_ID_proxy_anyauth:
		o->proxy_auth = use->on ? AUTH_BASIC | AUTH_DIGEST : AUTH_BASIC;
		break;
	case OPTION_ID_proxy_basic:
		set_auth(&o->proxy_auth, AUTH_BASIC, use->on);
		break;
	case OPTION_ID_proxy_digest:
		set_auth(&o->proxy_auth, AUTH_DIGEST, use->on);
		break;
	case OPTION_ID_proxy_tlsv1:
		o->proxy_tls_min = 10;
		break;
	case OPTION_ID_location_trusted:
		o->location = o->location_trusted = use->on;
		break;
	case OPTION_ID_http10:
		o->http_minor = 0;
		break;
	case OPTION_ID_http11:
		o->http_minor = 1;
		break;
	case OPTION_ID_ipv4:
		o->family = AF_INET;
		break;
	case OPTION_ID_ipv6:
		o->family = AF_INET6;
		break;
	case OPTION_ID_tlsv1:
	case OPTION_ID_tlsv10:
		o->tls_min = 10;
		break;
	case OPTION_ID_tlsv11:
		o->tls_min = 11;
		break;
	case OPTION_ID_tlsv12:
		o->tls_min = 12;
		break;
	case OPTION_ID_tlsv13:
		o->tls_min = 13;
		break;
	case OPTION_ID_pretty:
		c->pretty = use->on ? 1 + (c->pretty > 0) : 0;
		break;
	case OPTION_ID_verbose:
		narration_verbose(c, use->on, use->again);
		break;
	case OPTION_ID_out_null:
		return targets_output(o, OUTPUT_NULL, NULL, e);
	case OPTION_ID_remote_name:
		if (use->on)
			return targets_output(o, OUTPUT_REMOTE_NAME, NULL, e);
		/* It takes one URL out of --remote-name-all. */
		if (o->remote_name_all)
			return targets_output(o, OUTPUT_STDOUT, NULL, e);
		break;
	case OPTION_ID_version:
		c->action = COMMAND_VERSION;
		break;
	default:
		break;
	}
	return 0;
}

static int apply_proxy(struct command *c, struct options *o,
	const struct option_use *use, struct error *e)
{
	switch (option_id(use->row)) {
	case OPTION_ID_haproxy_clientip:
		return proxies_client(o, use, e);
	case OPTION_ID_proxy_header:
		return add_header(c, &o->proxy_headers, use, e);
	default:
		proxies_choose(o, use);
		return 0;
	}
}

/* What a client shows of itself. */
static int apply_certificate(struct command *c, struct options *o,
	const struct option_use *use, struct error *e)
{
	switch (option_id(use->row)) {
	case OPTION_ID_cert:
		return set_cert(c, &o->cert, &o->pass, use, e);
	case OPTION_ID_cert_type:
		return set_file_type(&o->cert_type, false, use, e);
	case OPTION_ID_key_type:
		return set_file_type(&o->key_type, true, use, e);
	case OPTION_ID_proxy_cert:
		return set_cert(c, &o->proxy_cert, &o->proxy_pass, use, e);
	case OPTION_ID_proxy_cert_type:
		return set_file_type(&o->proxy_cert_type, false, use, e);
	case OPTION_ID_proxy_key_type:
		return set_file_type(&o->proxy_key_type, true, use, e);
	default:
		return apply_proxy(c, o, use, e);
	}
}

static int apply_custom(struct command *c, struct options *o,
	const struct option_use *use, struct error *e)
{
	switch (option_id(use->row)) {
	case OPTION_ID_continue_at:
		return files_resume(o, use, e);
	case OPTION_ID_time_cond:
		files_condition(c, o, use);
		break;
	case OPTION_ID_checksum:
		return add_checksum(o, use, e);
	case OPTION_ID_data:
	case OPTION_ID_data_ascii:
		return data_add(o, DATA_TEXT, use, e);
	case OPTION_ID_data_binary:
		return data_add(o, DATA_BINARY, use, e);
	case OPTION_ID_data_raw:
		return data_add(o, DATA_RAW, use, e);
	case OPTION_ID_data_urlencode:
		return data_add(o, DATA_ENCODED, use, e);
	case OPTION_ID_json:
		return data_add(o, DATA_JSON, use, e);
	case OPTION_ID_url_query:
		return data_add_query(o, use, e);
	case OPTION_ID_header:
		return add_header(c, &o->headers, use, e);
	case OPTION_ID_abstract_unix_socket:
		return peers_add_socket(c, o, true, use, e);
	case OPTION_ID_unix_socket:
		return peers_add_socket(c, o, false, use, e);
	case OPTION_ID_connect_to:
		return peers_add_detour(c, o, use, e);
	case OPTION_ID_resolve:
		return peers_add_name(c, o, use, e);
	case OPTION_ID_cookie:
		return add_text(&o->cookies, use, e);
	case OPTION_ID_fail_status:
		return set_fail_status(o, use, e);
	case OPTION_ID_form:
	case OPTION_ID_form_string:
		return add_form(c, o, use, e);
	case OPTION_ID_hsts:
		return add_text(&o->hsts, use, e);
	case OPTION_ID_listen:
		o->listen = use->argument;
		return targets_url(c, use->argument, e);
	case OPTION_ID_local_port:
	case OPTION_ID_source_port:
		return set_local_port(o, use, e);
	case OPTION_ID_upload_file:
		return targets_upload(o, use->argument, e);
	case OPTION_ID_output:
		if (!*use->argument)
			return refuse(use, e, "the file name is empty");
		return targets_output(o, OUTPUT_FILE, use->argument, e);
	case OPTION_ID_proto:
		set_protocols(c, &o->proto, use);
		break;
	case OPTION_ID_proto_redir:
		set_protocols(c, &o->proto_redir, use);
		break;
	case OPTION_ID_range:
		return set_range(c, o, use, e);
	case OPTION_ID_rate:
		return set_rate(c, use, e);
	case OPTION_ID_referer:
		return set_referer(c, o, use, e);
	case OPTION_ID_tls_max:
		return set_tls_max(o, use, e);
	case OPTION_ID_color:
		return colour_choose(c, use->argument)
			? 0
			: refuse(use, e, "expected auto, always or never");
	case OPTION_ID_trace:
	case OPTION_ID_trace_ascii:
		narration_trace(c, use->argument,
			option_id(use->row) == OPTION_ID_trace_ascii);
		break;
	case OPTION_ID_trace_config:
		narration_config(c, str_of(use->argument));
		break;
	case OPTION_ID_url:
		if (*use->argument == '@')
			return targets_from_file(c, use, e);
		return targets_url(c, use->argument, e);
	case OPTION_ID_variable:
		return variable_apply(c, use, e);
	case OPTION_ID_write_out:
		return set_write_out(c, o, use, e);
	case OPTION_ID_help:
		c->action = COMMAND_HELP;
		c->help_topic = use->argument;
		break;
	default:
		return apply_certificate(c, o, use, e);
	}
	return 0;
}

int apply_option(
	struct command *c, const struct option_use *use, struct error *e)
{
	const struct option_row *row = use->row;
	struct options *o = last_operation(c);
	void *field = (row->flags & OPTION_GLOBAL ? (char *)c : (char *)o) +
		row->offset;

	if (option_id(row) == OPTION_ID_next)
		return end_operation(c, e);
	if (!(row->flags & OPTION_GLOBAL))
		o->touched = true;
	switch (row->kind) {
	case OPTION_BOOL:
		*(bool *)field = use->on;
		return 0;
	case OPTION_STRING:
		*(const char **)field = use->argument;
		return 0;
	case OPTION_NUMBER:
		return set_number(field, use, e);
	case OPTION_SECONDS:
		return set_seconds(field, use, e);
	case OPTION_SIZE:
		return set_size(field, use, e);
	case OPTION_CUSTOM:
		return apply_custom(c, o, use, e);
	default:
		return apply_switch(c, o, use, e);
	}
}
