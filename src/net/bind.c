#include "net/bind.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>

#include "base/clock.h"
#include "base/str.h"

#define RESOLVE_MS 10000

static socklen_t address_size(int family)
{
	return family == AF_INET6 ? sizeof(struct sockaddr_in6)
				  : sizeof(struct sockaddr_in);
}

/* The first address of that family which the interface has. */
static int interface_address(
	struct address *a, const char *name, int family, struct error *e)
{
	struct ifaddrs *list;
	bool found = false;

	if (getifaddrs(&list) < 0)
		return error_set(e, ERR_INTERFACE,
			"Couldn't bind to '%s': the interfaces are not known: "
			"%s",
			name, error_system(errno));
	for (struct ifaddrs *i = list; i && !found; i = i->ifa_next) {
		if (!i->ifa_addr || i->ifa_addr->sa_family != family ||
			strcmp(i->ifa_name, name) != 0)
			continue;
		a->n = address_size(family);
		memcpy(&a->sa, i->ifa_addr, a->n);
		found = true;
	}
	freeifaddrs(list);
	if (found)
		return 0;
	return error_set(e, ERR_INTERFACE,
		"Couldn't bind to '%s': no such interface, or it has no IPv%d "
		"address",
		name, family == AF_INET6 ? 6 : 4);
}

static int host_address(
	struct address *a, const char *host, int family, struct error *e)
{
	struct addresses all;
	struct error reason = { 0 };

	int rc = resolve(
		&all, host, 0, family, deadline_in(RESOLVE_MS), &reason);

	if (rc == -ERR_OUT_OF_MEMORY)
		return error_memory(e);
	if (rc < 0)
		return error_set(e, ERR_INTERFACE, "Couldn't bind to '%s': %s",
			host, reason.text);
	*a = all.items[0];
	return 0;
}

static int local_address(struct address *a, const struct net_config *config,
	int family, struct error *e)
{
	const char *name = config->interface;

	*a = (struct address){ .n = address_size(family) };
	a->sa.any.sa_family = (sa_family_t)family;
	if (!name)
		return 0;
	if (strncmp(name, "host!", 5) == 0)
		return host_address(a, name + 5, family, e);
	if (strncmp(name, "if!", 3) == 0)
		name += 3;
	else if (if_nametoindex(name) == 0)
		return host_address(a, name, family, e);
	return interface_address(a, name, family, e);
}

static void set_port(struct address *a, unsigned port)
{
	if (a->sa.any.sa_family == AF_INET6)
		a->sa.v6.sin6_port = htons((uint16_t)port);
	else
		a->sa.v4.sin_port = htons((uint16_t)port);
}

int bind_local(
	int fd, int family, const struct net_config *config, struct error *e)
{
	struct address a;
	int error, on = 1;

	if (!config->interface && !config->local_port)
		return 0;
	error = local_address(&a, config, family, e);
	if (error < 0)
		return error;
	/* A port that an earlier connection has just left may be used. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	for (unsigned port = config->local_port;
		port <= config->local_port_last; port++) {
		set_port(&a, port);
		if (bind(fd, &a.sa.any, a.n) == 0)
			return 0;
	}
	if (config->local_port)
		return error_set(e, ERR_INTERFACE,
			"bind failed with port %u to %u: %s",
			config->local_port, config->local_port_last,
			error_system(errno));
	return error_set(e, ERR_INTERFACE, "Couldn't bind to '%s': %s",
		config->interface, error_system(errno));
}
