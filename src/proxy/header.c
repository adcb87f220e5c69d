#include "proxy/header.h"

#include <arpa/inet.h>

static void add_address(struct buf *out, const char *address)
{
	struct str bare, zone;

	str_cut(str_of(address), '%', &bare, &zone);
	buf_add_str(out, bare);
}

void proxy_header(struct buf *out, const char *local, uint16_t local_port,
	const char *peer, uint16_t peer_port, const char *client)
{
	const char *source = client ? client : local;

	if (!*local) {
		buf_add_text(out, "PROXY UNKNOWN\r\n");
		return;
	}
	buf_add_text(out, strchr(source, ':') ? "PROXY TCP6 " : "PROXY TCP4 ");
	add_address(out, source);
	buf_add_char(out, ' ');
	add_address(out, client ? client : peer);
	buf_printf(out, " %u %u\r\n", local_port, peer_port);
}

bool proxy_header_accepts(const char *text)
{
	struct in6_addr address;

	return inet_pton(AF_INET, text, &address) == 1 ||
		inet_pton(AF_INET6, text, &address) == 1;
}
