#include "proxy/socks4.h"

#define SOCKS_VERSION 4
#define CONNECT 1
#define REPLY_VERSION 0
#define REPLY_LENGTH 8
#define GRANTED 90

static int refuse_length(const char *what, struct error *e)
{
	return error_set(e, ERR_PROXY,
		"The %s is too long for SOCKS 4: at most %d bytes are sent",
		what, SOCKS_TEXT_MAX);
}

int socks4_request(struct buf *out, const struct socks_target *target,
	const char *user, struct error *e)
{
	struct str id = str_of(user);

	if (target->kind == SOCKS_IPV6)
		return error_set(e, ERR_PROXY,
			"SOCKS 4 connects to IPv4 addresses only, not to IPv6; "
			"SOCKS 5 does");
	if (id.n > SOCKS_TEXT_MAX)
		return refuse_length("user name", e);
	if (target->kind == SOCKS_NAME && target->name.n > SOCKS_TEXT_MAX)
		return refuse_length("host name", e);
	buf_add_char(out, SOCKS_VERSION);
	buf_add_char(out, CONNECT);
	buf_add_char(out, (char)(target->port >> 8));
	buf_add_char(out, (char)(target->port & 0xff));
	/* An address that is none, 0.0.0.x, announces the name of 4a. */
	if (target->kind == SOCKS_NAME)
		buf_add(out, "\0\0\0\1", 4);
	else
		buf_add(out, target->address, 4);
	buf_add_str(out, id);
	buf_add_char(out, '\0');
	if (target->kind == SOCKS_NAME) {
		buf_add_str(out, target->name);
		buf_add_char(out, '\0');
	}
	return 0;
}

static const char *words_of(unsigned char code)
{
	switch (code) {
	case 91:
		return "request rejected or failed";
	case 92:
		return "request rejected because the proxy cannot connect to "
		       "identd on the client";
	case 93:
		return "request rejected because the client program and "
		       "identd report different user ids";
	}
	return "an unknown code";
}

int socks4_reply(struct str in, size_t *length, struct error *e)
{
	const unsigned char *bytes = (const unsigned char *)in.p;

	*length = REPLY_LENGTH;
	if (in.n >= 1 && bytes[0] != REPLY_VERSION)
		return error_set(e, ERR_PROXY,
			"The proxy's reply is not one of SOCKS 4: it begins "
			"with 0x%02x instead of 0x00",
			(unsigned)bytes[0]);
	if (in.n >= 2 && bytes[1] != GRANTED)
		return error_set(e, ERR_PROXY,
			"The SOCKS 4 proxy refused: %s (%u)",
			words_of(bytes[1]), (unsigned)bytes[1]);
	return in.n >= REPLY_LENGTH;
}
