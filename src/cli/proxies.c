#include "cli/proxies.h"

#include <stdlib.h>

#include "cli/fields.h"
#include "cli/password.h"
#include "cli/trust.h"
#include "proxy/header.h"

/* --- options */

void proxies_choose(struct options *o, const struct option_use *use)
{
	static const struct {
		enum option_id id;
		enum proxy_kind kind;
		const char *name;
	} kinds[] = {
		{ OPTION_ID_proxy, PROXY_HTTP, "--proxy" },
		{ OPTION_ID_proxy10, PROXY_HTTP10, "--proxy1.0" },
		{ OPTION_ID_socks4, PROXY_SOCKS4, "--socks4" },
		{ OPTION_ID_socks4a, PROXY_SOCKS4A, "--socks4a" },
		{ OPTION_ID_socks5, PROXY_SOCKS5, "--socks5" },
		{ OPTION_ID_socks5_hostname, PROXY_SOCKS5H,
			"--socks5-hostname" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (option_id(use->row) == kinds[i].id) {
			o->proxy.text = use->argument;
			o->proxy.kind = kinds[i].kind;
			o->proxy.option = kinds[i].name;
		}
}

int proxies_client(
	struct options *o, const struct option_use *use, struct error *e)
{
	if (!proxy_header_accepts(use->argument))
		return error_set(e, ERR_USAGE,
			"option %s: expected an IPv4 or IPv6 address, not '%s'",
			use->shown, use->argument);
	o->haproxy_clientip = use->argument;
	return 0;
}

/* --- the environment */

/* A variable by either of its names; *used is the one that is set. */
static const char *variable(
	const char *lower, const char *upper, const char **used)
{
	const char *value = getenv(lower);

	*used = lower;
	if (value && *value)
		return value;
	value = getenv(upper);
	*used = upper;
	return value && *value ? value : NULL;
}

static void choice_init(struct proxy_choice *choice, const struct options *o)
{
	const char *ignored;

	*choice = o->proxy;
	choice->except = o->noproxy;
	if (!choice->except)
		choice->except = variable("no_proxy", "NO_PROXY", &ignored);
	if (choice->text)
		return;
	choice->http = getenv("http_proxy");
	choice->https = variable(
		"https_proxy", "HTTPS_PROXY", &choice->https_name);
	choice->all = variable("all_proxy", "ALL_PROXY", &choice->all_name);
}

static bool is_possible(const struct proxy_choice *choice, const char *first)
{
	return (choice->text && *choice->text) || choice->http ||
		choice->https || choice->all || first;
}

/* --- all of it */

static int first_init(struct proxies *p, const struct options *o,
	struct session *session, struct error *e)
{
	struct proxy first;
	int error;

	if (!o->preproxy || !*o->preproxy)
		return 0;
	error = proxy_parse(
		&first, str_of(o->preproxy), PROXY_SOCKS4, "--preproxy", e);
	if (error < 0)
		return error;
	if (!proxy_is_socks(&first))
		error = error_set(e, ERR_USAGE,
			"option --preproxy: only a SOCKS proxy can stand in "
			"front of another one");
	else
		p->spec.first = session_proxy(session, &first, e);
	proxy_fini(&first);
	return error < 0 ? error : p->spec.first ? 0 : -e->code;
}

static int user_init(
	struct proxies *p, const struct options *o, struct error *e)
{
	if (!o->proxy_user)
		return 0;
	p->user = strchr(o->proxy_user, ':')
		? str_dup(str_of(o->proxy_user))
		: password_ask("-U, --proxy-user", "proxy", o->proxy_user, e);
	if (!p->user)
		return e->code ? -e->code : error_memory(e);
	p->spec.choice.user = p->user;
	return 0;
}

/* As --cacert and its like are for servers. */
static int tls_init(struct proxies *p, const struct options *o,
	struct session *session, struct error *e)
{
	struct tls_config tls = {
		.insecure = o->proxy_insecure,
		.ca_file = o->proxy_cacert,
		.ca_path = o->proxy_capath,
		.crl_file = o->proxy_crl_file,
		.min_version = o->proxy_tls_min,
		.ciphers = o->proxy_ciphers,
		.ciphers13 = o->proxy_tls13_ciphers,
		.cert = o->proxy_cert,
		.key = o->proxy_key,
		.cert_type = o->proxy_cert_type,
		.key_type = o->proxy_key_type,
		.password = o->proxy_pass,
		.pinned_key = o->proxy_pinned_key,
	};

	trust_environment(&tls);
	p->spec.tls = session_tls_config(session, &tls, e);
	return p->spec.tls ? 0 : -e->code;
}

int proxies_init(struct proxies *p, struct job *job, struct command *c,
	const struct options *o, struct session *session, struct error *e)
{
	int error;

	if (o->haproxy_protocol || o->haproxy_clientip)
		job->proxy_header = o->haproxy_clientip ? o->haproxy_clientip
							: "";
	choice_init(&p->spec.choice, o);
	if (!is_possible(&p->spec.choice, o->preproxy))
		return 0;
	p->spec.tunnel = o->proxy_tunnel;
	p->spec.auth = o->proxy_auth;
	p->spec.hide_heads = o->suppress_connect_headers;
	p->spec.user_agent = job->request.user_agent;
	error = fields_parse(&p->fields, &p->spec.n_fields, &o->proxy_headers,
		"--proxy-header", 0, c, e);
	p->spec.fields = p->fields;
	if (error == 0)
		error = first_init(p, o, session, e);
	if (error == 0)
		error = user_init(p, o, e);
	if (error == 0)
		error = tls_init(p, o, session, e);
	job->proxy = &p->spec;
	return error;
}

void proxies_fini(struct proxies *p)
{
	free(p->fields);
	if (p->user)
		explicit_bzero(p->user, strlen(p->user));
	free(p->user);
}
