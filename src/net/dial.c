#include "net/dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/interrupt.h"
#include "net/bind.h"
#include "net/unix.h"

#define CONNECT_TIMEOUT_MS 300000
#define EYEBALLS_MS 250 /* RFC 8305 section 5 */
#define KEEPALIVE_S 60
#define LOG_LINE 2048 /* longer lines are cut by the log */

/* The attempts at one name, some of them at once. An attempt has the same index
 * in `fds`, result->found and result->attempts. */
struct race {
	const struct net_config *config;
	const char *host;
	uint16_t port;
	int fds[LIMIT_ADDRESSES]; /* -1 when the attempt is over */
	size_t running;
	int64_t next_at; /* when the next attempt starts */
	int64_t deadline;
	struct dial_result *result;
	struct error bind_error; /* why no local end could be had */
};

static bool is_v6(const struct address *a)
{
	return a->sa.any.sa_family == AF_INET6;
}

/* Alternate the families, beginning with that of the first address, and keep
 * the order within each (RFC 8305 section 4). */
static void interleave(struct addresses *out, const struct addresses *in)
{
	size_t at[2] = { 0, 0 };
	bool six = in->n && is_v6(&in->items[0]);

	for (out->n = 0; out->n < in->n; six = !six) {
		size_t i = at[six];

		while (i < in->n && is_v6(&in->items[i]) != six)
			i++;
		if (i < in->n)
			out->items[out->n++] = in->items[i++];
		at[six] = i;
	}
}

static void list_family(const struct addresses *all, bool six, struct buf *line)
{
	char text[ADDRESS_TEXT];
	const char *separator = "";

	buf_add_text(line, six ? "IPv6: " : "IPv4: ");
	for (size_t i = 0; i < all->n; i++) {
		if (is_v6(&all->items[i]) != six)
			continue;
		address_text(&all->items[i], text, NULL);
		buf_printf(line, "%s%s", separator, text);
		separator = ", ";
	}
	if (!*separator)
		buf_add_text(line, "(none)");
}

static void log_resolved(const struct race *race, const struct addresses *all)
{
	const struct log *log = &race->config->log;
	char text[ADDRESS_TEXT];

	if (!log_wanted(log))
		return;
	address_text(&all->items[0], text, NULL);
	if (all->n == 1 && strcmp(text, race->host) == 0)
		return;
	log_line(log, "Host %s:%u was resolved.", race->host, race->port);
	for (int six = 1; six >= 0; six--) {
		struct buf line;

		buf_init(&line, LOG_LINE);
		list_family(all, six, &line);
		if (buf_text(&line))
			log_line(log, "%s", buf_text(&line));
		buf_fini(&line);
	}
}

static void log_trying(const struct race *race, const struct address *a)
{
	char text[ADDRESS_TEXT];

	if (!log_wanted(&race->config->log))
		return;
	address_text(a, text, NULL);
	log_line(&race->config->log,
		is_v6(a) ? "  Trying [%s]:%u..." : "  Trying %s:%u...", text,
		race->port);
}

bool dial_local(int fd, struct address *local)
{
	local->n = sizeof(local->sa);
	if (getsockname(fd, &local->sa.any, &local->n) == 0)
		return true;
	local->n = 0;
	return false;
}

/* The local port is 0 while the attempt has not got one. */
static void log_failed(const struct race *race, int fd, const struct address *a,
	int system_errno)
{
	const struct log *log = &race->config->log;
	char peer[ADDRESS_TEXT], local_text[ADDRESS_TEXT];
	char from[ADDRESS_TEXT + 24] = "";
	struct address local;
	uint16_t port = 0;

	if (!log_wanted(log))
		return;
	address_text(a, peer, NULL);
	if (fd >= 0 && dial_local(fd, &local))
		address_text(&local, local_text, &port);
	if (port)
		snprintf(from, sizeof(from), " from %s port %u", local_text,
			port);
	log_line(log, "connect to %s port %u%s failed: %s", peer, race->port,
		from, error_system(system_errno));
}

/* End attempt `i` with an errno value. */
static void give_up(struct race *race, size_t i, int fd, int system_errno)
{
	struct dial_attempt *attempt = &race->result->attempts[i];

	attempt->end = clock_now();
	attempt->error = system_errno;
	if (system_errno != ECANCELED)
		log_failed(race, fd, &attempt->address, system_errno);
	if (fd >= 0)
		close(fd);
	race->fds[i] = -1;
	race->next_at = attempt->end;
}

/* Start the next attempt. True when it is connected already; most often it is
 * on its way, or has failed and that is noted. */
static bool start_next(struct race *race)
{
	size_t i = race->result->n_attempts++;
	struct dial_attempt *attempt = &race->result->attempts[i];
	const struct address *a = &attempt->address;
	int64_t delay = race->config->eyeballs_ms;
	int fd;

	attempt->address = race->result->found.items[i];
	attempt->start = clock_now();
	log_trying(race, a);
	fd = socket(a->sa.any.sa_family,
		SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	if (fd < 0) {
		give_up(race, i, -1, errno);
		return false;
	}
	race->fds[i] = fd;
	if (bind_local(fd, a->sa.any.sa_family, race->config,
		    &race->bind_error) < 0) {
		give_up(race, i, fd, EADDRNOTAVAIL);
		return false;
	}
	if (connect(fd, &a->sa.any, a->n) == 0)
		return true;
	/* What a signal interrupts goes on (POSIX, connect). */
	if (errno != EINPROGRESS && errno != EINTR) {
		give_up(race, i, fd, errno);
		return false;
	}
	race->running++;
	race->next_at = deadline_in(delay ? delay : EYEBALLS_MS);
	return false;
}

static bool has_next(const struct race *race)
{
	return race->result->n_attempts < race->result->found.n;
}

/* Wait until an attempt is decided, the next is due or the deadline passes. The
 * index of one that is connected, or -1. */
static int wait_for_one(struct race *race)
{
	struct pollfd waits[LIMIT_ADDRESSES];
	size_t n = race->result->n_attempts;
	int64_t until = race->deadline;
	int ready, failure; /* of poll: an errno value */

	if (has_next(race))
		until = deadline_earlier(until, race->next_at);
	for (size_t i = 0; i < n; i++)
		waits[i] = (struct pollfd){ .fd = race->fds[i],
			.events = POLLOUT };
	ready = interrupt_poll(waits, (nfds_t)n, until);
	if (ready == 0 || interrupt_number())
		return -1;
	failure = ready < 0 ? errno : 0;
	for (size_t i = 0; i < n; i++) {
		int error = failure;
		socklen_t size = sizeof(error);

		if (race->fds[i] < 0 || (!failure && !waits[i].revents))
			continue;
		if (!failure &&
			getsockopt(race->fds[i], SOL_SOCKET, SO_ERROR, &error,
				&size) < 0)
			error = errno;
		if (error == 0)
			return (int)i;
		give_up(race, i, race->fds[i], error);
		race->running--;
	}
	return -1;
}

/* The index of the attempt that won, or -1 when none is left or the deadline
 * has passed. */
static int run(struct race *race)
{
	for (;;) {
		int64_t now = clock_now();
		int winner;

		if (now >= race->deadline || interrupt_number())
			return -1;
		if (has_next(race) &&
			(!race->running || now >= race->next_at)) {
			if (start_next(race))
				return (int)race->result->n_attempts - 1;
			continue;
		}
		if (!race->running)
			return -1;
		winner = wait_for_one(race);
		if (winner >= 0)
			return winner;
	}
}

static void cancel_others(struct race *race, int winner, int system_errno)
{
	for (size_t i = 0; i < race->result->n_attempts; i++)
		if ((int)i != winner && race->fds[i] >= 0)
			give_up(race, i, race->fds[i], system_errno);
}

/* The options are a service; a system without one of them connects all the
 * same. */
static void set_options(int fd, const struct net_config *config)
{
	int on = 1;
	int seconds = config->keepalive_s ? config->keepalive_s : KEEPALIVE_S;

	if (!config->no_delay_off)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (config->keepalive_off)
		return;
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof(seconds));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof(seconds));
}

static int win(struct race *race, int winner, struct error *e)
{
	struct dial_result *r = race->result;
	struct dial_attempt *attempt = &r->attempts[winner];
	int fd = race->fds[winner];
	char text[ADDRESS_TEXT];

	r->connected = clock_now();
	attempt->end = r->connected;
	r->peer = attempt->address;
	cancel_others(race, winner, ECANCELED);
	set_options(fd, race->config);
	if (race->config->want_local)
		dial_local(fd, &r->local);
	if (log_wanted(&race->config->log)) {
		address_text(&r->peer, text, NULL);
		log_line(&race->config->log, "Connected to %s (%s) port %u",
			race->host, text, race->port);
	}
	r->stream = stream_socket(fd, "tcp", e);
	return r->stream ? 0 : -ERR_OUT_OF_MEMORY;
}

static int lose(struct race *race, struct error *e)
{
	struct dial_result *r = race->result;
	int64_t now = clock_now();
	long long ms = (long long)(now - r->started) / 1000;
	char text[ADDRESS_TEXT];
	int code = ERR_CONNECT;

	if (interrupt_number()) {
		cancel_others(race, -1, ECANCELED);
		return interrupt_check(e);
	}
	cancel_others(race, -1, ETIMEDOUT);
	if (race->bind_error.code)
		return error_set(
			e, race->bind_error.code, "%s", race->bind_error.text);
	if (r->n_attempts && r->attempts[r->n_attempts - 1].error == ETIMEDOUT)
		code = ERR_TIMEOUT;
	if (now >= race->deadline)
		error_set(e, ERR_TIMEOUT,
			"Connection timed out after %lld milliseconds", ms);
	else
		error_set(e, code,
			"Failed to connect to %s port %u after %lld ms: %s",
			race->host, race->port, ms, error_phrase(code));
	for (size_t i = 0; i < r->n_attempts; i++) {
		address_text(&r->attempts[i].address, text, NULL);
		error_add(e, "%s%s (%s)", i ? ", " : "; tried ", text,
			error_system(r->attempts[i].error));
		if (e && r->attempts[i].error == ECONNREFUSED)
			e->refused = code == ERR_CONNECT;
	}
	return now >= race->deadline ? -ERR_TIMEOUT : -code;
}

static bool text_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool net_config_shared(const struct net_config *a, const struct net_config *b)
{
	return a->family == b->family && a->no_delay_off == b->no_delay_off &&
		a->keepalive_off == b->keepalive_off &&
		a->keepalive_s == b->keepalive_s &&
		a->local_port == b->local_port &&
		a->local_port_last == b->local_port_last &&
		text_equal(a->interface, b->interface) && a->tap == b->tap &&
		a->replay == b->replay;
}

struct route dial_route(
	const struct net_config *config, const char *host, uint16_t port)
{
	return route_find(
		config->socket, config->detours, config->n_detours, host, port);
}

static int dial_socket(struct dial_result *r, const struct net_config *config,
	const char *host, int64_t deadline, struct error *e)
{
	log_line(&config->log, "  Trying %s...", config->socket);
	r->resolved = clock_now();
	r->stream = unix_connect(config->socket, deadline, e);
	if (!r->stream)
		return -e->code;
	r->connected = clock_now();
	log_line(&config->log, "Connected to %s (%s)", host, config->socket);
	return 0;
}

int dial_addresses(struct addresses *found, const struct net_config *config,
	const char *host, uint16_t port, int64_t deadline, struct error *e)
{
	struct route route = dial_route(config, host, port);

	if (route.host || route.port) {
		host = route.host ? route.host : host;
		port = route.port ? route.port : port;
		log_line(&config->log, "Connecting to hostname: %s, port: %u",
			host, port);
	}
	if (!config->names ||
		!names_find(config->names, host, port, clock_now(), found))
		return resolve(found, host, port, config->family, deadline, e);
	log_line(&config->log, "Hostname %s was found in DNS cache", host);
	return 0;
}

int dial_tcp(struct dial_result *r, const struct net_config *config,
	const char *host, uint16_t port, int64_t deadline, struct error *e)
{
	int64_t limit = config->connect_timeout_ms;
	struct route route = dial_route(config, host, port);
	struct addresses found;
	struct race race = {
		.config = config,
		.host = route.host ? route.host : host,
		.port = route.port ? route.port : port,
		.result = r,
	};
	int result, winner;

	*r = (struct dial_result){ .started = clock_now() };
	race.deadline = deadline_earlier(
		deadline, deadline_in(limit ? limit : CONNECT_TIMEOUT_MS));
	if (route.socket)
		return dial_socket(r, config, host, race.deadline, e);
	result = dial_addresses(&found, config, host, port, race.deadline, e);
	if (result < 0)
		return result;
	r->resolved = clock_now();
	log_resolved(&race, &found);
	interleave(&r->found, &found);
	winner = run(&race);
	return winner < 0 ? lose(&race, e) : win(&race, winner, e);
}
