#include "net/gone.h"

#ifdef __linux__

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/resolve.h"

/* sock_diag(7): the request for one socket, and what comes back. */
struct question {
	struct nlmsghdr header;
	struct inet_diag_req_v2 socket;
};

union reply {
	struct nlmsghdr header;
	char bytes[1024];
};

/* The two ends of `fd`: true when both are TCP's, and this machine's. */
static bool find_ends(int fd, struct address *local, struct address *peer)
{
	local->n = peer->n = sizeof(local->sa);
	if (getsockname(fd, &local->sa.any, &local->n) < 0 ||
		getpeername(fd, &peer->sa.any, &peer->n) < 0 ||
		local->sa.any.sa_family != peer->sa.any.sa_family)
		return false;
	if (local->sa.any.sa_family == AF_INET)
		return local->sa.v4.sin_addr.s_addr ==
			peer->sa.v4.sin_addr.s_addr ||
			(ntohl(peer->sa.v4.sin_addr.s_addr) >> 24) ==
			IN_LOOPBACKNET;
	return local->sa.any.sa_family == AF_INET6 &&
		IN6_ARE_ADDR_EQUAL(
			&local->sa.v6.sin6_addr, &peer->sa.v6.sin6_addr);
}

static void put_end(__be16 *port, __be32 to[4], const struct address *a)
{
	if (a->sa.any.sa_family == AF_INET6) {
		*port = a->sa.v6.sin6_port;
		memcpy(to, &a->sa.v6.sin6_addr, 16);
	} else {
		*port = a->sa.v4.sin_port;
		memcpy(to, &a->sa.v4.sin_addr, 4);
	}
}

/* Whether a program has the socket whose own end is `from`: 1, 0, or -1 when
 * the system does not say. */
static int is_held(
	int netlink, const struct address *from, const struct address *to)
{
	struct question q = { .header = { .nlmsg_len = sizeof(q),
				      .nlmsg_type = SOCK_DIAG_BY_FAMILY,
				      .nlmsg_flags = NLM_F_REQUEST },
		.socket = { .sdiag_family = (__u8)from->sa.any.sa_family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = ~0u } };
	struct inet_diag_sockid *id = &q.socket.id;
	union reply reply;
	struct nlmsgerr refusal;
	struct inet_diag_msg found;
	ssize_t n;

	put_end(&id->idiag_sport, id->idiag_src, from);
	put_end(&id->idiag_dport, id->idiag_dst, to);
	id->idiag_cookie[0] = id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
	if (send(netlink, &q, sizeof(q), 0) != (ssize_t)sizeof(q))
		return -1;
	n = recv(netlink, &reply, sizeof(reply), 0);
	if (n >= (ssize_t)NLMSG_LENGTH(sizeof(refusal)) &&
		reply.header.nlmsg_type == NLMSG_ERROR) {
		memcpy(&refusal, NLMSG_DATA(&reply.header), sizeof(refusal));
		return refusal.error == -ENOENT ? 0 : -1;
	}
	if (n < (ssize_t)NLMSG_LENGTH(sizeof(found)) ||
		reply.header.nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return -1;
	memcpy(&found, NLMSG_DATA(&reply.header), sizeof(found));
	return found.idiag_inode != 0;
}

bool gone_for_good(int fd)
{
	struct address local, peer;
	int netlink, held;

	if (!find_ends(fd, &local, &peer))
		return false;
	netlink = socket(
		AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (netlink < 0)
		return false;
	held = is_held(netlink, &peer, &local);
	close(netlink);
	return held == 0;
}

#endif
