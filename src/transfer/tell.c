#include "transfer/tell.h"

#include <stdlib.h>

#include "policy/cookie.h"

static const struct log *log_of(const struct observer *o)
{
	return o ? &o->log : NULL;
}

static bool decisions_wanted(const struct observer *o)
{
	return o && o->ops->decision;
}

static const char *why_closed(const struct exchange *x, enum reuse reuse)
{
	switch (reuse) {
	case REUSE_NOT_PERSISTENT:
		return framing_closing(&x->head, &x->framing);
	case REUSE_CLOSE_ASKED:
		return "the request says Connection: close, is HTTP/1.0 "
		       "without keep-alive, or does not tell where its body "
		       "ends (RFC 9112 sections 9.6, 9.3 and 6.3)";
	case REUSE_EXTRA:
		return "bytes have come behind the end of the response";
	case REUSE_UNSENT:
		return "the request was not sent to its end";
	case REUSE_RAW:
		return "a raw request was sent on it";
	default:
		return "the response was not read to its end";
	}
}

void tell_connection_end(
	const struct observer *o, const struct exchange *x, enum reuse reuse)
{
	const struct connection *c = x->connection;

	if (reuse == REUSE_POSSIBLE) {
		log_line(log_of(o), "Connection #%ld to host %s left intact",
			c->id, c->key.host);
		observer_decide(o, DECISION_CONNECTION,
			"connection #%ld is kept for the next request (RFC "
			"9112 section 9.3)",
			c->id);
		return;
	}
	log_line(log_of(o), "Closing connection #%ld to host %s", c->id,
		c->key.host);
	observer_decide(o, DECISION_CONNECTION,
		"connection #%ld is closed, because %s", c->id,
		why_closed(x, reuse));
}

void tell_redirect(const struct observer *o, const struct redirect_step *r)
{
	char *to;

	if (!decisions_wanted(o))
		return;
	to = url_print(r->to, URL_PRINT_FRAGMENT);
	observer_decide(o, DECISION_REDIRECT,
		"%d leads to %s: %.*s%s is sent there%s (RFC 9110 section "
		"15.4)",
		r->status, to ? to : "another URL", STR_FMT(r->method),
		r->with_body ? " with the body" : "",
		r->without_credentials
			? ", without credentials, as it is another origin"
			: "");
	free(to);
}

void tell_not_followed(const struct observer *o, int status)
{
	observer_decide(o, DECISION_REDIRECT,
		"%d points elsewhere and is not followed: --location was not "
		"given",
		status);
}

void tell_next_url(const struct observer *o, const struct url *url)
{
	char *text;

	if (!log_wanted(log_of(o)))
		return;
	text = url_print(url, 0);
	log_line(log_of(o), "Issue another request to this URL: '%s'",
		text ? text : "");
	free(text);
}

void tell_cookie(const struct observer *o, struct str cookie, int verdict)
{
	const char *text = cookie_verdict_text(verdict);
	struct str name, rest;

	str_cut(cookie, '=', &name, &rest);
	name = str_first(str_trim(name), 64);
	log_line(log_of(o), "cookie %.*s: %s", STR_FMT(name), text);
	observer_decide(
		o, DECISION_COOKIE, "cookie %.*s: %s", STR_FMT(name), text);
}

void tell_proxy(const struct observer *o, const struct proxy *p, bool forwarded)
{
	const char *rule = forwarded ? "which forwards the request (RFC 9112 "
				       "section 3.2.2)"
		: proxy_is_socks(p)
		? "which connects to the server (RFC 1928)"
		: "which is asked for a tunnel (RFC 9110 section 9.3.6)";

	if (p->socket)
		observer_decide(o, DECISION_CONNECTION, "proxy: %s at %s, %s",
			proxy_kind_name(p->kind), p->socket, rule);
	else
		observer_decide(o, DECISION_CONNECTION,
			"proxy: %s://%s port %u, %s", proxy_kind_name(p->kind),
			p->host, p->port, rule);
}

void tell_challenge(
	const struct observer *o, const struct credentials *c, bool again)
{
	const char *from = c->for_proxy ? "407 of the proxy" : "401";

	if (again)
		observer_decide(o, DECISION_AUTHENTICATION,
			"%s: the request is sent again with %s credentials "
			"(RFC 9110 section 11)",
			from, credentials_scheme(c));
	else if (c->state)
		observer_decide(o, DECISION_AUTHENTICATION,
			"%s: the credentials were refused, or no scheme that "
			"may be used is offered (RFC 9110 section 11)",
			from);
	else
		observer_decide(o, DECISION_AUTHENTICATION,
			"%s: there are no credentials to send (RFC 9110 "
			"section 11)",
			from);
}
