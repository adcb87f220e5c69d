#include "net/listen.h"

#ifdef __linux__

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "base/compat.h"

/* Room for one of the two, aligned as control messages must be. */
union control {
	struct cmsghdr header;
	char v4[CMSG_SPACE(sizeof(struct in_pktinfo))];
	char v6[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

int listen_want_origin(int fd, int family)
{
	int on = 1;
	int set = family == AF_INET6
		? setsockopt(
			  fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on))
		: setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));

	return set == 0 ? 0 : errno;
}

static void read_v4(struct listen_origin *o, const struct cmsghdr *header)
{
	struct in_pktinfo info;

	memcpy(&info, CMSG_DATA(header), sizeof(info));
	o->local.sa.v4.sin_family = AF_INET;
	o->local.sa.v4.sin_addr = info.ipi_spec_dst;
	o->local.n = sizeof(o->local.sa.v4);
}

/* A multicast address is nobody's to send from. */
static void read_v6(struct listen_origin *o, const struct cmsghdr *header)
{
	struct in6_pktinfo info;

	memcpy(&info, CMSG_DATA(header), sizeof(info));
	o->interface = info.ipi6_ifindex;
	if (IN6_IS_ADDR_MULTICAST(&info.ipi6_addr))
		return;
	o->local.sa.v6.sin6_family = AF_INET6;
	o->local.sa.v6.sin6_addr = info.ipi6_addr;
	o->local.n = sizeof(o->local.sa.v6);
}

static void read_origin(struct listen_origin *o, struct msghdr *message)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);

	for (; header; header = CMSG_NXTHDR(message, header)) {
		if (header->cmsg_level == IPPROTO_IP &&
			header->cmsg_type == IP_PKTINFO)
			read_v4(o, header);
		if (header->cmsg_level == IPPROTO_IPV6 &&
			header->cmsg_type == IPV6_PKTINFO)
			read_v6(o, header);
	}
}

ssize_t listen_receive(int fd, void *to, size_t n, struct listen_origin *origin,
	struct error *e)
{
	union control control;
	struct iovec room = { to, n };
	struct msghdr message = { .msg_name = &origin->peer.sa,
		.msg_namelen = sizeof(origin->peer.sa),
		.msg_iov = &room,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t got;

	*origin = (struct listen_origin){ .interface = 0 };
	do
		got = recvmsg(fd, &message, 0);
	while (got < 0 && errno == EINTR);
	if (got >= 0) {
		origin->peer.n = message.msg_namelen;
		read_origin(origin, &message);
		return got;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return -ERR_AGAIN;
	return error_set(e, ERR_RECV, "Recv failure: %s", error_system(errno));
}

static void write_header(struct msghdr *message, union control *control,
	int level, int type, const void *info, size_t n)
{
	memset(control, 0, sizeof(*control));
	control->header.cmsg_level = level;
	control->header.cmsg_type = type;
	control->header.cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(&control->header), info, n);
	message->msg_control = control;
	message->msg_controllen = CMSG_SPACE(n);
}

static void write_origin(struct msghdr *message, union control *control,
	const struct listen_origin *o)
{
	struct in_pktinfo v4 = { .ipi_spec_dst = o->local.sa.v4.sin_addr };
	struct in6_pktinfo v6 = { .ipi6_addr = o->local.sa.v6.sin6_addr,
		.ipi6_ifindex = o->interface };

	if (o->local.n == 0)
		return;
	if (o->local.sa.any.sa_family == AF_INET6)
		write_header(message, control, IPPROTO_IPV6, IPV6_PKTINFO, &v6,
			sizeof(v6));
	else
		write_header(message, control, IPPROTO_IP, IP_PKTINFO, &v4,
			sizeof(v4));
}

int listen_answer(int fd, struct str datagram,
	const struct listen_origin *origin, struct error *e)
{
	union control control;
	struct iovec bytes = { (void *)datagram.p, datagram.n };
	struct msghdr message = { .msg_name = (void *)&origin->peer.sa,
		.msg_namelen = origin->peer.n,
		.msg_iov = &bytes,
		.msg_iovlen = 1 };
	ssize_t put;

	write_origin(&message, &control, origin);
	do
		put = sendmsg(fd, &message, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	if (put >= 0)
		return 0;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return -ERR_AGAIN;
	return error_set(e, errno == EMSGSIZE ? ERR_TOO_LARGE : ERR_SEND,
		"a datagram of %zu bytes could not be sent: %s", datagram.n,
		error_system(errno));
}

#endif
