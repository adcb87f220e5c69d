#include "transfer/upgrade.h"

#include <stdlib.h>

#include "base/clock.h"
#include "http/value.h"

/* `url` with https for http, written out. */
static int write_secure(struct buf *out, const struct url *url, struct error *e)
{
	/* An explicit port 80 is dropped, as the default port is. */
	bool plain_port = url->has_port && url->port == 80;
	unsigned flags = URL_PRINT_USER | URL_PRINT_FRAGMENT;
	char *text = url_print(
		url, plain_port ? flags : flags | URL_PRINT_SHOWN);

	if (!text)
		return error_memory(e);
	buf_add_text(out, "https");
	buf_add_str(out, str_from(str_of(text), strlen("http")));
	free(text);
	return buf_check(out, "URL", e);
}

int upgrade_url(struct hsts *hsts, struct url *url, const struct observer *o,
	struct error *e)
{
	static const struct url_options options = { .path_as_is = true };
	struct url secure;
	struct buf text;
	int error;

	if (!hsts || url->host_kind != URL_HOST_NAME ||
		!str_eq(url->scheme, STR("http")) ||
		!hsts_knows(hsts, url->host, clock_seconds()))
		return 0;
	buf_init(&text, LIMIT_URL);
	error = write_secure(&text, url, e);
	if (error == 0)
		error = url_parse(&secure, buf_str(&text), &options, e);
	buf_fini(&text);
	if (error < 0)
		return error;
	log_line(o ? &o->log : NULL,
		"Switched from HTTP to HTTPS due to HSTS for %.*s",
		STR_FMT(url->host));
	observer_decide(o, DECISION_HSTS,
		"%.*s wants https only: http was given up for it (RFC 6797 "
		"section 8.3)",
		STR_FMT(url->host));
	url_fini(url);
	*url = secure;
	return 0;
}

int upgrade_note(struct hsts *hsts, const struct url *url,
	const struct exchange *x, struct error *e)
{
	const struct connection *c = x->connection;
	const struct observer *o = x->observer;
	const struct field *field;
	struct hsts_policy policy;
	struct buf value;
	size_t at = 0;
	int error = 0;

	if (!hsts || !c->secure || url->host_kind != URL_HOST_NAME)
		return 0;
	/* Only the first one counts. */
	field = head_find(&x->head, STR("Strict-Transport-Security"), 0, &at);
	if (!field || !tls_load(NULL)->info(c->secure)->verified)
		return 0;
	buf_init(&value, LIMIT_HEAD);
	value_unfold(&value, field->value);
	if (value.failed)
		error = -value.failed;
	else if (hsts_parse(&policy, buf_str(&value)))
		error = hsts_note(hsts, url->host, &policy, clock_seconds());
	else
		log_line(o ? &o->log : NULL, "Illegal STS header skipped");
	buf_fini(&value);
	return error < 0 ? error_memory(e) : 0;
}
