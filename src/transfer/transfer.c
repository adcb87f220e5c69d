#include "transfer/transfer.h"

#include <stdlib.h>

#include "base/clock.h"
#include "http/value.h"
#include "transfer/dry_run.h"
#include "transfer/raw.h"
#include "transfer/tell.h"
#include "transfer/transfer_state.h"
#include "transfer/upgrade.h"
#include "transfer/verdict.h"

/* --- one request and the head of its answer */

static bool is_idempotent(struct str method)
{
	static const struct str safe[] = { { "GET", 3 }, { "HEAD", 4 },
		{ "OPTIONS", 7 }, { "PUT", 3 }, { "DELETE", 6 },
		{ "TRACE", 5 } };

	for (size_t i = 0; i < sizeof(safe) / sizeof(safe[0]); i++)
		if (str_eq(method, safe[i]))
			return true;
	return false;
}

static bool is_trusted(const struct transfer *t)
{
	return t->job->redirect.trusted || url_same_origin(&t->url, &t->first);
}

static void drop_credentials(struct transfer *t)
{
	if (t->has_credentials)
		credentials_fini(&t->credentials);
	t->has_credentials = false;
	t->no_probe = false;
}

static int find_credentials(struct transfer *t, struct error *e)
{
	unsigned trust = 0;

	if (t->has_credentials)
		return 0;
	t->has_credentials = true;
	if (is_trusted(t))
		trust |= CREDENTIALS_FIRST;
	if (t->was_secure && !str_eq(t->url.scheme, STR("https")))
		trust |= CREDENTIALS_EXPOSED;
	return credentials_init(&t->credentials, &t->job->request, &t->url,
		(enum credentials_trust)trust, e);
}

static int write_request(struct transfer *t, struct message *m, struct error *e)
{
	const char *referer = t->referer ? t->referer : t->job->request.referer;
	struct compose c = {
		.job = t->job,
		.url = &t->url,
		.method = t->method,
		.referer = str_of(referer),
		.with_body = t->with_body,
		.no_expect = t->no_expect,
		.no_probe = t->no_probe,
		.old_server = t->old_server,
		.trusted = is_trusted(t),
		.credentials = &t->credentials,
		.now = t->job->cookies || t->job->request.sigv4
			? clock_seconds()
			: 0,
		.first_host = str_eq(t->url.host, t->first.host),
		.forwarded = t->forwarded,
		.proxy_credentials = t->forwarded ? &t->proxy_credentials
						  : NULL,
	};

	if (find_credentials(t, e) < 0)
		return -e->code;
	return compose(m, &c, e);
}

static int send_and_read_head(struct transfer *t, struct exchange *x,
	const struct message *m, struct error *e)
{
	bool with_body = t->with_body && !m->probing;
	struct upload *body = with_body ? t->job->request.body : NULL;
	struct exchange_plan plan = {
		.head = buf_str(&m->head),
		.body = body,
		.chunked = m->chunked,
		.expect_ms = m->expects ? t->job->request.expect_ms : 0,
	};
	int error = body ? body->ops->rewind(body->source, e) : 0;

	x->close_asked = m->closes;
	if (error == 0)
		error = exchange_send(x, &plan, e);
	return error < 0 ? error : exchange_head(x, e);
}

/* A reused connection that turns out closed before a byte of an answer came was
 * idle when the peer closed it; and bytes that are no answer at all were sent
 * behind the previous one. A request that may be repeated is then sent once
 * more over a new connection (RFC 9112 sections 9.2 and 9.3.1). */
static bool may_retry(
	const struct transfer *t, const struct exchange *x, int error)
{
	if (!x->connection->reused || !is_idempotent(t->method))
		return false;
	if (x->answered)
		return error == -ERR_UNSUPPORTED_PROTOCOL && x->size == 0;
	return error == -ERR_SEND || error == -ERR_RECV ||
		error == -ERR_EMPTY_REPLY;
}

/* `m` is as new; what is left of it goes out while the answer is read. */
static int obtain_head(struct transfer *t, struct exchange *x,
	struct message *m, struct error *e)
{
	struct connection *c = NULL;
	int error = transfer_choose_peer(t, e);

	if (error == 0)
		error = transfer_take_idle(t, &c, e);

	if (error == 0 && c)
		t->old_server |= c->old_peer;
	if (error == 0)
		error = write_request(t, m, e);
	if (error == 0 && !c && !(c = transfer_connect(t, &x->found, e)))
		error = -e->code;
	if (error < 0) {
		transfer_forgo_place(t);
		pool_close(session_pool(t->session), c);
		return error;
	}
	transfer_begin_exchange(t, x, c);
	error = send_and_read_head(t, x, m, e);
	if (error < 0 && may_retry(t, x, error)) {
		log_line(t->log, "Connection died, retrying a fresh connect");
		exchange_fini(x);
		transfer_prepare_exchange(t, x);
		transfer_end_hop(t, e);
		*e = (struct error){ 0 };
		t->place = pool_replace(session_pool(t->session), c);
		transfer_begin_hop(t, HOP_CONNECTION_DIED);
		c = transfer_connect(t, &x->found, e);
		if (!c)
			return -e->code;
		transfer_begin_exchange(t, x, c);
		error = send_and_read_head(t, x, m, e);
	}
	return error;
}

/* --- what follows from the head */

/* Where the answer points to, for whoever does not follow it there. */
static void note_redirect_url(struct transfer *t, const struct head *head)
{
	struct error ignored;
	struct url next;

	if (!redirect_asked(head) ||
		url_resolve(&next, &t->url, head_value(head, STR("Location")),
			&t->job->url_options, &ignored) < 0)
		return;
	free(t->facts->redirect_url);
	t->facts->redirect_url = url_print(
		&next, URL_PRINT_USER | URL_PRINT_FRAGMENT);
	url_fini(&next);
}

/* Basic credentials given for all origins depend on nothing that one of them
 * has said. */
static bool stays_trusted(const struct transfer *t, const struct url *next)
{
	const char *scheme =
		t->has_credentials ? credentials_scheme(&t->credentials) : NULL;

	return t->job->redirect.trusted && t->job->request.user &&
		strchr(t->job->request.user, ':') && !t->own_user &&
		!next->has_user && scheme && strcmp(scheme, "Basic") == 0;
}

/* The name that -X gives stays, unless --follow is asked for; what becomes of
 * the request, as with curl, depends on the method that it has in place of. */
static void become_method(struct transfer *t, int status)
{
	const struct redirect_config *config = &t->job->redirect;
	bool named = t->job->request.method && !config->follow_method;

	if (redirect_method(config, status, named ? t->implied : t->method) !=
		REDIRECT_GET)
		return;
	t->with_body = false;
	t->implied = STR("GET");
	if (!named)
		t->method = STR("GET");
}

/* Prepare to go to where the head points: method, body, referer and URL of the
 * next hop. */
static int follow(struct transfer *t, const struct head *head, struct error *e)
{
	const struct job *job = t->job;
	struct url next;
	bool dropped;
	int error;

	error = redirect_next(&job->redirect, &t->url, head,
		t->facts->redirects, &job->url_options, &next, e);
	if (error < 0)
		return error;
	error = upgrade_url(job->hsts, &next, t->observer, e);
	if (error == 0)
		error = redirect_check(&job->redirect, &next, e);
	if (error < 0) {
		url_fini(&next);
		return error;
	}
	dropped = next.has_user || t->own_user ||
		!url_same_origin(&next, &t->url);
	become_method(t, head->status);
	if (job->request.auto_referer) {
		free(t->referer);
		t->referer = url_print(&t->url, 0);
	}
	tell_redirect(t->observer,
		&(struct redirect_step){ .status = head->status,
			.to = &next,
			.method = t->method,
			.with_body = t->with_body,
			.without_credentials = dropped && t->has_credentials &&
				!t->job->redirect.trusted });
	/* What a server has asked for holds for its origin. */
	if (dropped && !stays_trusted(t, &next))
		drop_credentials(t);
	t->own_user = next.has_user;
	t->was_secure |= str_eq(t->url.scheme, STR("https"));
	t->old_server = t->old_server && url_same_origin(&next, &t->url);
	t->next = next;
	t->facts->redirects++;
	t->facts->received = t->facts->wire = 0;
	t->facts->times.redirect = clock_now() - t->started;
	t->facts->times.start_transfer = 0;
	return 0;
}

static int receive_body(struct transfer *t, struct exchange *x, bool discard,
	enum reuse *reuse, struct error *e)
{
	const struct job *job = t->job;
	struct body_plan plan = {
		.discard = discard,
		.raw = job->request.raw,
		.decode = job->request.compressed,
		.unlimited = job->request.no_decode_limit,
		.max_size = job->max_file_size,
	};
	bool body = !discard && x->framing.kind != FRAMING_NONE;
	int error = 0;

	if (x->head.status)
		error = x->sink->ops->head(x->sink->sink, &x->head, body, e);
	if (error == 0 && body && x->sink->ops->leaves_out &&
		x->sink->ops->leaves_out(x->sink->sink))
		plan.max_size = 0;
	if (error == 0)
		error = body_receive(x, &plan, reuse, e);
	return error;
}

/* Take the cookies of an answer into the jar. */
static int keep_cookies(
	struct transfer *t, const struct head *head, struct error *e)
{
	const struct request_spec *spec = &t->job->request;
	const struct user_field *host = user_field_find(
		spec->fields, spec->n_fields, STR("Host"));
	const struct field *field;
	struct buf value;
	size_t at = 0;
	int error = 0;

	if (!t->job->cookies)
		return 0;
	if (!str_eq(t->url.host, t->first.host))
		host = NULL; /* it was meant for the first one */
	buf_init(&value, LIMIT_HEAD);
	while (error == 0 &&
		(field = head_find(head, STR("Set-Cookie"), at, &at))) {
		int verdict;

		buf_clear(&value);
		value_unfold(&value, field->value);
		error = buf_check(&value, "cookie", e);
		if (error < 0)
			break;
		verdict = cookie_receive(t->job->cookies, buf_str(&value),
			&t->url, host ? host->value : STR(""), clock_seconds());
		if (verdict < 0)
			error = error_memory(e);
		else
			tell_cookie(t->observer, buf_str(&value), verdict);
		at++;
	}
	buf_fini(&value);
	return error;
}

/* What the answer means for credentials: 1 when other ones are worth a request.
 */
static int hear_of(struct transfer *t, struct credentials *c, int refusal,
	const struct head *head, struct error *e)
{
	int again = credentials_answered(c, t->method, head, e);

	if (head->status == refusal && again >= 0)
		tell_challenge(t->observer, c, again > 0);
	return again;
}

/* What the head means for the next request: another one with other credentials
 * (1), or not (0). */
static int consult_head(
	struct transfer *t, const struct exchange *x, struct error *e)
{
	int error = keep_cookies(t, &x->head, e);

	if (error == 0)
		error = upgrade_note(t->job->hsts, &t->url, x, e);
	if (error < 0)
		return error;
	t->old_server = x->head.major == 1 && x->head.minor == 0;
	x->connection->old_peer = t->old_server;
	error = hear_of(t, &t->credentials, 401, &x->head, e);
	if (error == 0 && t->forwarded)
		error = hear_of(t, &t->proxy_credentials, 407, &x->head, e);
	return error;
}

/* Have another hop follow this one, whose body is of no interest: that it
 * breaks off is only the end of its connection. */
static int go_again(struct transfer *t, struct exchange *x,
	enum hop_reason reason, enum reuse *reuse, struct error *e)
{
	int error = receive_body(t, x, true, reuse, e);

	t->again = true;
	t->reason = reason;
	if (x->strict || (error != -ERR_PARTIAL && error != -ERR_RECV))
		return error;
	log_line(t->log, "The body, which is not wanted, broke off: %s",
		e->text);
	*e = (struct error){ 0 };
	*reuse = REUSE_UNREAD;
	return 0;
}

static int redirect(struct transfer *t, struct exchange *x, enum reuse *reuse,
	struct error *e)
{
	int error = go_again(t, x, HOP_REDIRECT, reuse, e);

	if (error == 0)
		error = follow(t, &x->head, e);
	if (error == -ERR_REDIRECTS)
		note_redirect_url(t, &x->head);
	return error;
}

/* The answer is no good, but what it was can be seen. */
static void show_head_only(struct transfer *t, struct exchange *x)
{
	struct error ignored;

	if (x->head.status)
		ignore(t->sink->ops->head(
			t->sink->sink, &x->head, false, &ignored));
}

static int finish_head(struct transfer *t, struct exchange *x,
	enum reuse *reuse, struct error *e)
{
	const struct job *job = t->job;
	int status = x->head.status, error;
	bool failed = job_fails(job, status);
	struct verdict v = { 0 };

	if (job->request.head && !status)
		return error_set(e, ERR_WEIRD_REPLY,
			"a head is asked for (-I), and the answer has none");
	if (job->redirect.follow && redirect_asked(&x->head))
		return redirect(t, x, reuse, e);
	if (redirect_asked(&x->head))
		tell_not_followed(t->observer, x->head.status);
	error = verdict_reach(&v, job, &x->head, &x->framing, e);
	if (error < 0) {
		show_head_only(t, x);
		return error;
	}
	failed = failed && !v.ignore_body;
	if (v.part.satisfied)
		t->facts->resumed = v.part.first;
	if (v.unmodified && status != 304)
		log_line(t->log,
			"Last-Modified does not meet the condition: "
			"simulating a 304 response");
	note_redirect_url(t, &x->head);
	t->facts->unmodified = v.unmodified;
	if (v.unmodified)
		t->facts->status = 304;
	/* With -I the head is all, also where -X has the server send a body. */
	if ((job->request.head && x->framing.kind != FRAMING_NONE) ||
		(failed && job->fail == FAIL_WITHOUT_BODY))
		error = t->sink->ops->head(t->sink->sink, &x->head, false, e);
	else
		error = receive_body(t, x, v.ignore_body, reuse, e);
	if (error == 0 && v.part.satisfied)
		error = resume_check(&v.part, t->facts->wire, e);
	if (error == 0 && failed)
		error = error_set(e, ERR_HTTP_RETURNED,
			"The requested URL returned error: %d", status);
	return error;
}

/* What follows from the answer whose head has been read. */
static int use_answer(struct transfer *t, struct exchange *x,
	const struct message *m, enum reuse *reuse, struct error *e)
{
	int error;

	if (m->asks_continue && x->head.status == 417) {
		/* RFC 9110 section 15.5.18: ask no more. */
		t->no_expect = true;
		return go_again(t, x, HOP_EXPECTATION_FAILED, reuse, e);
	}
	error = consult_head(t, x, e);
	if (error > 0)
		return go_again(t, x, HOP_AUTHENTICATION, reuse, e);
	if (error == 0 && m->probing && x->head.status < 300) {
		t->no_probe = true;
		return go_again(t, x, HOP_UNCHALLENGED, reuse, e);
	}
	return error < 0 ? error : finish_head(t, x, reuse, e);
}

/* Take the step that a redirect has prepared. */
static void move_on(struct transfer *t)
{
	if (!t->next.storage)
		return;
	url_fini(&t->url);
	t->url = t->next;
	t->next = (struct url){ 0 };
}

/* --dry-run: no connection, no hop. */
static int show_request(struct transfer *t, struct error *e)
{
	struct message m;
	int error;

	t->again = false;
	message_init(&m);
	error = transfer_choose_peer(t, e);
	if (error == 0)
		error = write_request(t, &m, e);
	if (error == 0)
		error = dry_run(t, &m, e);
	message_fini(&m);
	return error;
}

static int hop(struct transfer *t, struct error *e)
{
	struct exchange x;
	struct message m;
	enum reuse reuse = REUSE_UNREAD;
	int error;

	if (t->job->dry_run)
		return show_request(t, e);
	transfer_begin_hop(t, t->reason);
	if (t->facts->redirects)
		tell_next_url(t->observer, &t->url);
	t->again = false;
	transfer_prepare_exchange(t, &x);
	message_init(&m);
	error = exchange_judge(&x, obtain_head(t, &x, &m, e), e);
	if (error == 0)
		error = use_answer(t, &x, &m, &reuse, e);
	if (x.connection)
		transfer_end_connection(t, &x, reuse);
	transfer_end_hop(t, error < 0 ? e : NULL);
	exchange_fini(&x);
	message_fini(&m);
	move_on(t);
	return error;
}

/* --- all of it */

/* The method that the other options imply, without -X. */
static struct str implied_method(const struct request_spec *spec)
{
	if (spec->head)
		return STR("HEAD");
	if (spec->put)
		return STR("PUT");
	return spec->body ? STR("POST") : STR("GET");
}

static int start(struct transfer *t, struct error *e)
{
	const struct job *job = t->job;
	int error;

	error = url_parse(&t->url, str_of(job->url), &job->url_options, e);
	if (error == 0)
		error = upgrade_url(job->hsts, &t->url, t->observer, e);
	if (error < 0)
		return error;
	if (!((str_eq(t->url.scheme, STR("http")) &&
		      job->protocols & REDIRECT_HTTP) ||
		    (str_eq(t->url.scheme, STR("https")) &&
			    job->protocols & REDIRECT_HTTPS)))
		return error_set(e, ERR_UNSUPPORTED_PROTOCOL,
			"Protocol \"%.*s\" not supported or disabled",
			STR_FMT(t->url.scheme));
	t->implied = implied_method(&job->request);
	t->method = job->request.method ? str_of(job->request.method)
					: t->implied;
	if (job->raw)
		t->method = raw_method(job->raw);
	t->with_body = job->request.body != NULL;
	return url_copy(&t->first, &t->url, e);
}

/* Returns 0 or -ERR_OUT_OF_MEMORY. */
static int note_end(struct transfer *t, struct error *e)
{
	const char *referer = t->referer ? t->referer : t->job->request.referer;
	struct facts *f = t->facts;

	f->times.total = clock_now() - t->started;
	if (!t->url.storage)
		return 0;
	f->url = url_print(
		&t->url, URL_PRINT_USER | URL_PRINT_FRAGMENT | URL_PRINT_SHOWN);
	f->scheme = str_dup(t->url.scheme);
	f->method = str_dup(t->method);
	if (referer)
		f->referer = str_dup(str_of(referer));
	return f->url && f->scheme && f->method && (f->referer || !referer)
		? 0
		: error_memory(e);
}

/* The deadline of the whole, in curl's words; those of connecting have their
 * own. */
static void explain_timeout(const struct transfer *t, struct error *e)
{
	const struct facts *f = t->facts;

	if (t->hop.ready == 0 || t->pace.too_slow)
		return;
	error_set(e, ERR_TIMEOUT,
		f->expected == UINT64_MAX
			? "Operation timed out after %lld milliseconds with "
			  "%llu bytes received"
			: "Operation timed out after %lld milliseconds with "
			  "%llu out of %llu bytes received",
		(long long)((clock_now() - t->started) / 1000),
		(unsigned long long)f->wire, (unsigned long long)f->expected);
}

int transfer_run(struct session *s, const struct job *job,
	const struct sink_port *sink, const struct observer *observer,
	struct facts *facts, struct error *e)
{
	struct transfer t = {
		.session = s,
		.job = job,
		.sink = sink,
		.observer = observer,
		.log = observer ? &observer->log : NULL,
		.facts = facts,
		.started = clock_now(),
		.deadline = deadline_in(job->max_time_ms),
	};
	int error;

	buf_init(&t.peer, LIMIT_URL);
	error = start(&t, e);
	t.again = true;
	if (t.deadline != DEADLINE_NONE && sink->ops->until)
		sink->ops->until(sink->sink, t.deadline);
	while (error == 0 && t.again)
		error = job->raw && !job->dry_run ? raw_run(&t, e) : hop(&t, e);
	if (error == -ERR_TIMEOUT)
		explain_timeout(&t, e);
	if (error < 0)
		ignore(note_end(&t, NULL));
	else
		error = note_end(&t, e);
	drop_credentials(&t);
	transfer_forget_peer(&t);
	url_fini(&t.url);
	url_fini(&t.first);
	free(t.referer);
	return error;
}
