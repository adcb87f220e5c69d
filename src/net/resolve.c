#include "net/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/num.h"
#include "base/str.h"

/* Enough for the name service modules, which are loaded into the program. */
#define LOOKUP_STACK (256u << 10)
#define LOOK_MS 50 /* between looks at signals */

/* What the thread that asks and the thread that waits share; the last of the
 * two to let go frees it. */
struct lookup {
	pthread_mutex_t lock;
	pthread_cond_t finished;
	bool done; /* result, system_errno and found are there */
	bool abandoned; /* nobody waits any more */
	int result; /* of getaddrinfo */
	int system_errno; /* with EAI_SYSTEM */
	struct addresses found;
	int family;
	uint16_t port;
	char *host;
};

static void add_v4(
	struct addresses *out, const struct in_addr *in, uint16_t port)
{
	struct address *a = &out->items[out->n++];

	*a = (struct address){ .n = sizeof(a->sa.v4) };
	a->sa.v4.sin_family = AF_INET;
	a->sa.v4.sin_port = htons(port);
	a->sa.v4.sin_addr = *in;
}

static void add_v6(struct addresses *out, const struct in6_addr *in,
	uint32_t scope, uint16_t port)
{
	struct address *a = &out->items[out->n++];

	*a = (struct address){ .n = sizeof(a->sa.v6) };
	a->sa.v6.sin6_family = AF_INET6;
	a->sa.v6.sin6_port = htons(port);
	a->sa.v6.sin6_addr = *in;
	a->sa.v6.sin6_scope_id = scope;
}

static int failed(struct error *e, const char *host, const char *why)
{
	error_set(e, ERR_RESOLVE, "Could not resolve host: %s", host);
	if (why)
		error_add(e, " (%s)", why);
	return -ERR_RESOLVE;
}

/* The index of the interface that a zone identifier means, or 0
 * (RFC 4007 section 11.2: a name or a decimal number). */
static uint32_t zone_scope(struct str zone, const char *name)
{
	uint64_t number;

	if (num_decimal(zone, UINT32_MAX, &number))
		return (uint32_t)number;
	return if_nametoindex(name);
}

/* 0 and `out` filled, 1 when `host` is no IPv6 literal, or an error. */
static int literal_v6(struct addresses *out, const char *host, uint16_t port,
	int family, struct error *e)
{
	struct str address = str_of(host), zone = { 0 };
	bool zoned = str_cut(address, '%', &address, &zone);
	char text[INET6_ADDRSTRLEN];
	struct in6_addr in;
	uint32_t scope = 0;

	if (address.n >= sizeof(text))
		return 1;
	memcpy(text, address.p, address.n);
	text[address.n] = '\0';
	if (inet_pton(AF_INET6, text, &in) != 1)
		return 1;
	if (family == AF_INET)
		return failed(e, host,
			"an IPv6 address, and only IPv4 may be "
			"used");
	if (zoned) {
		scope = zone_scope(zone, zone.p);
		if (scope == 0)
			return failed(
				e, host, "no network interface has that zone");
	}
	add_v6(out, &in, scope, port);
	return 0;
}

/* The same for IPv4. */
static int literal_v4(struct addresses *out, const char *host, uint16_t port,
	int family, struct error *e)
{
	struct in_addr in;

	if (inet_pton(AF_INET, host, &in) != 1)
		return 1;
	if (family == AF_INET6)
		return failed(e, host,
			"an IPv4 address, and only IPv6 may be "
			"used");
	add_v4(out, &in, port);
	return 0;
}

static bool is_localhost(const char *host)
{
	struct str name = str_of(host);
	struct str top = STR("localhost");

	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	if (name.n < top.n)
		return false;
	if (!str_eq_nocase(str_from(name, name.n - top.n), top))
		return false;
	return name.n == top.n || name.p[name.n - top.n - 1] == '.';
}

static void add_loopback(struct addresses *out, uint16_t port, int family)
{
	struct in_addr v4 = { .s_addr = htonl(INADDR_LOOPBACK) };

	if (family != AF_INET)
		add_v6(out, &in6addr_loopback, 0, port);
	if (family != AF_INET6)
		add_v4(out, &v4, port);
}

static void lookup_free(struct lookup *l)
{
	pthread_cond_destroy(&l->finished);
	pthread_mutex_destroy(&l->lock);
	free(l->host);
	free(l);
}

static struct lookup *lookup_new(const char *host, uint16_t port, int family)
{
	struct lookup *l = calloc(1, sizeof(*l));
	pthread_condattr_t monotonic;

	if (!l)
		return NULL;
	l->host = str_dup(str_of(host));
	if (!l->host) {
		free(l);
		return NULL;
	}
	l->port = port;
	l->family = family;
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&l->finished, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return l;
}

/* Whether the answer could be another one without AI_ADDRCONFIG, which hides
 * the addresses of a family that only the loopback interface has. */
static bool may_be_hidden(int result)
{
	return result != 0 && result != EAI_AGAIN && result != EAI_FAIL &&
		result != EAI_MEMORY && result != EAI_SYSTEM;
}

static void keep_found(struct lookup *l, const struct addrinfo *list)
{
	for (; list && l->found.n < LIMIT_ADDRESSES; list = list->ai_next) {
		const struct sockaddr_in6 *v6 = (const void *)list->ai_addr;
		const struct sockaddr_in *v4 = (const void *)list->ai_addr;

		if (list->ai_family == AF_INET6)
			add_v6(&l->found, &v6->sin6_addr, v6->sin6_scope_id,
				l->port);
		else if (list->ai_family == AF_INET)
			add_v4(&l->found, &v4->sin_addr, l->port);
	}
}

static void ask(struct lookup *l)
{
	struct addrinfo hints = { .ai_family = l->family,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_ADDRCONFIG };
	struct addrinfo *list = NULL;

	l->result = getaddrinfo(l->host, NULL, &hints, &list);
	if (may_be_hidden(l->result)) {
		hints.ai_flags = 0;
		l->result = getaddrinfo(l->host, NULL, &hints, &list);
	}
	l->system_errno = errno;
	if (l->result != 0)
		return;
	keep_found(l, list);
	freeaddrinfo(list);
}

static void *lookup_run(void *argument)
{
	struct lookup *l = argument;
	bool abandoned;

	ask(l);
	pthread_mutex_lock(&l->lock);
	l->done = true;
	abandoned = l->abandoned;
	pthread_cond_signal(&l->finished);
	pthread_mutex_unlock(&l->lock);
	if (abandoned)
		lookup_free(l);
	return NULL;
}

/* 0 or an errno value. */
static int lookup_start(struct lookup *l)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int result;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, LOOKUP_STACK);
	result = pthread_create(&thread, &attributes, lookup_run, l);
	pthread_attr_destroy(&attributes);
	return result;
}

/* False when the deadline passed first, or a signal came, which wakes nobody
 * here; then the lookup is the thread's. */
static bool lookup_wait(struct lookup *l, int64_t deadline)
{
	bool done;

	pthread_mutex_lock(&l->lock);
	while (!l->done && clock_now() < deadline && !interrupt_number()) {
		int64_t t = deadline_earlier(deadline, deadline_in(LOOK_MS));
		struct timespec until = { .tv_sec = (time_t)(t / 1000000),
			.tv_nsec = (long)(t % 1000000) * 1000 };

		pthread_cond_timedwait(&l->finished, &l->lock, &until);
	}
	done = l->done;
	l->abandoned = !done;
	pthread_mutex_unlock(&l->lock);
	return done;
}

static const char *lookup_words(const struct lookup *l)
{
	if (l->result == EAI_NONAME)
		return NULL;
	if (l->result == EAI_SYSTEM)
		return error_system(l->system_errno);
	if (l->result)
		return gai_strerror(l->result);
	return "no address of a family that may be used";
}

static int look_up(struct addresses *out, const char *host, uint16_t port,
	int family, int64_t deadline, struct error *e)
{
	struct lookup *l = lookup_new(host, port, family);
	int64_t start = clock_now();
	int result;

	if (!l)
		return error_memory(e);
	result = lookup_start(l);
	if (result != 0) {
		lookup_free(l);
		return failed(e, host, error_system(result));
	}
	if (!lookup_wait(l, deadline))
		return interrupt_number()
			? interrupt_check(e)
			: error_set(e, ERR_TIMEOUT,
				  "Resolving timed out after %lld "
				  "milliseconds: "
				  "%s",
				  (long long)(clock_now() - start) / 1000,
				  host);
	if (l->found.n)
		*out = l->found;
	else if (l->result == EAI_MEMORY ||
		(l->result == EAI_SYSTEM && l->system_errno == ENOMEM))
		result = error_memory(e);
	else
		result = failed(e, host, lookup_words(l));
	lookup_free(l);
	return result;
}

int resolve(struct addresses *out, const char *host, uint16_t port, int family,
	int64_t deadline, struct error *e)
{
	int result;

	out->n = 0;
	result = literal_v4(out, host, port, family, e);
	if (result == 1)
		result = literal_v6(out, host, port, family, e);
	if (result != 1)
		return result;
	if (is_localhost(host)) {
		add_loopback(out, port, family);
		return 0;
	}
	return look_up(out, host, port, family, deadline, e);
}

static void add_zone(uint32_t scope, char out[static ADDRESS_TEXT])
{
	size_t n = strlen(out);
	char name[IF_NAMESIZE];

	if (if_indextoname(scope, name))
		snprintf(out + n, ADDRESS_TEXT - n, "%%%s", name);
	else
		snprintf(out + n, ADDRESS_TEXT - n, "%%%u", (unsigned)scope);
}

void address_text(
	const struct address *a, char out[static ADDRESS_TEXT], uint16_t *port)
{
	uint16_t network_port = 0;

	out[0] = '\0';
	if (a->sa.any.sa_family == AF_INET) {
		inet_ntop(AF_INET, &a->sa.v4.sin_addr, out, ADDRESS_TEXT);
		network_port = a->sa.v4.sin_port;
	} else if (a->sa.any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a->sa.v6.sin6_addr, out, ADDRESS_TEXT);
		network_port = a->sa.v6.sin6_port;
		if (a->sa.v6.sin6_scope_id)
			add_zone(a->sa.v6.sin6_scope_id, out);
	}
	if (port)
		*port = ntohs(network_port);
}
