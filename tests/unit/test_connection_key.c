#include "transfer/connection.h"

#include <sys/socket.h>

#include "net/replay.h"
#include "net/tap.h"
#include "support/table.h"

/* Whoever adds a member adds a value here, and a row below that says whether
 * connections may be shared when it differs. */
#pragma GCC diagnostic error "-Wmissing-field-initializers"

static const struct tls_config tls, other_tls;
static const struct proxy proxy, other_proxy;
static const struct names names;
static const struct detour detours;
static const struct tap tap;
static struct replay replay;
static const struct log no_log;

static struct net_config make_net(void)
{
	struct net_config net = { AF_UNSPEC, 0, 0, false, false, 0, "lo", 1, 2,
		NULL, NULL, 0, NULL, false, no_log, NULL, NULL };

	return net;
}

static struct connection_key make_key(void)
{
	struct route route = { "socket", "host", 1 };
	struct connection_key key = { "a.test", 80, &tls, route, &proxy, &proxy,
		&tls, false, "", make_net(), "names", "tunnel" };

	return key;
}

struct differ_row {
	const char *name;
	void (*change)(struct connection_key *key);
	bool shared;
};

#define CHANGE(function, member, value)                  \
	static void function(struct connection_key *key) \
	{                                                \
		key->member = value;                     \
	}

CHANGE(change_host, host, "b.test")
CHANGE(change_port, port, 81)
CHANGE(change_secure, tls, &other_tls)
CHANGE(change_plain, tls, NULL)
CHANGE(change_route_socket, route.socket, "other")
CHANGE(change_route_no_socket, route.socket, NULL)
CHANGE(change_route_host, route.host, "other")
CHANGE(change_route_port, route.port, 2)
CHANGE(change_through, proxy, &other_proxy)
CHANGE(change_first, first_proxy, &other_proxy)
CHANGE(change_through_tls, proxy_tls, &other_tls)
CHANGE(change_forwarded, forwarded, true)
CHANGE(change_header, header, "192.0.2.1")
CHANGE(change_no_header, header, NULL)
CHANGE(change_resolve, names, NULL)
CHANGE(change_connect, tunnel, NULL)
CHANGE(change_family, net.family, AF_INET)
CHANGE(change_connect_timeout, net.connect_timeout_ms, 1)
CHANGE(change_eyeballs, net.eyeballs_ms, 1)
CHANGE(change_no_delay, net.no_delay_off, true)
CHANGE(change_keepalive, net.keepalive_off, true)
CHANGE(change_keepalive_time, net.keepalive_s, 1)
CHANGE(change_interface, net.interface, "eth0")
CHANGE(change_no_interface, net.interface, NULL)
CHANGE(change_local_port, net.local_port, 3)
CHANGE(change_local_port_last, net.local_port_last, 3)
CHANGE(change_names_of_net, net.names, &names)
CHANGE(change_detours_of_net, net.detours, &detours)
CHANGE(change_count_of_detours, net.n_detours, 1)
CHANGE(change_socket_of_net, net.socket, "other")
CHANGE(change_want_local, net.want_local, true)
CHANGE(change_log_context, net.log.context, &replay)
CHANGE(change_tapped, net.tap, &tap)
CHANGE(change_replayed, net.replay, &replay)

static void nothing(struct connection_key *key)
{
	(void)key;
}

static const struct differ_row differ_rows[] = {
	{ "nothing", nothing, true },
	{ "host", change_host, false },
	{ "port", change_port, false },
	{ "TLS settings", change_secure, false },
	{ "no TLS", change_plain, false },
	{ "Unix socket", change_route_socket, false },
	{ "no Unix socket", change_route_no_socket, false },
	{ "--connect-to another host", change_route_host, false },
	{ "--connect-to another port", change_route_port, false },
	{ "proxy", change_through, false },
	{ "--preproxy", change_first, false },
	{ "TLS settings of the proxy", change_through_tls, false },
	{ "for the proxy itself", change_forwarded, false },
	{ "PROXY header", change_header, false },
	{ "no PROXY header", change_no_header, false },
	{ "--resolve", change_resolve, false },
	{ "fields of CONNECT", change_connect, false },
	{ "-4", change_family, false },
	{ "--connect-timeout", change_connect_timeout, true },
	{ "--happy-eyeballs-timeout-ms", change_eyeballs, true },
	{ "--no-tcp-nodelay", change_no_delay, false },
	{ "--no-keepalive", change_keepalive, false },
	{ "--keepalive-time", change_keepalive_time, false },
	{ "--interface", change_interface, false },
	{ "no --interface", change_no_interface, false },
	{ "--local-port", change_local_port, false },
	{ "the end of --local-port's range", change_local_port_last, false },
	/* What these say of the host is in the key's own members. */
	{ "names", change_names_of_net, true },
	{ "detours", change_detours_of_net, true },
	{ "number of detours", change_count_of_detours, true },
	{ "socket", change_socket_of_net, true },
	{ "who wants the local address", change_want_local, true },
	{ "log", change_log_context, true },
	{ "recording", change_tapped, false },
	{ "replay", change_replayed, false },
};

static void test_differ(const void *data)
{
	const struct differ_row *row = data;
	struct connection_key one = make_key(), two = make_key();

	row->change(&two);
	assert_int_equal(connection_key_equal(&one, &two), row->shared);
	assert_int_equal(connection_key_equal(&two, &one), row->shared);
}

/* Texts are compared, not pointers. */
static void test_texts(const void *row)
{
	struct connection_key one = make_key(), two = make_key();
	char host[] = "a.test", header[] = "", interface[] = "lo";
	char socket[] = "socket", to[] = "host";

	(void)row;
	two.host = host;
	two.header = header;
	two.net.interface = interface;
	two.route.socket = socket;
	two.route.host = to;
	assert_true(connection_key_equal(&one, &two));
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("connection_key_equal", differ_rows, test_differ),
		SINGLE("connection_key_equal, texts", test_texts),
	};

	return table_run(
		"connection_key", tables, sizeof(tables) / sizeof(tables[0]));
}
