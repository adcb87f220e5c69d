#include "proxy/socks5.h"

#define SOCKS_VERSION 5
#define METHOD_NONE 0
#define METHOD_PASSWORD 2
#define METHOD_REFUSED 0xff
#define PASSWORD_VERSION 1
#define CONNECT 1
#define SUCCEEDED 0
#define REPLY_HEAD 4 /* VER REP RSV ATYP */

static unsigned byte_at(struct str in, size_t i)
{
	return (unsigned char)in.p[i];
}

static int refuse_length(const char *what, struct error *e)
{
	return error_set(e, ERR_PROXY,
		"The %s is too long for SOCKS 5: at most %d bytes can be sent",
		what, SOCKS_TEXT_MAX);
}

static int check_version(struct str in, struct error *e)
{
	if (in.n == 0 || byte_at(in, 0) == SOCKS_VERSION)
		return 0;
	return error_set(e, ERR_PROXY,
		"The proxy's reply is not one of SOCKS 5: it begins with "
		"0x%02x instead of 0x05",
		byte_at(in, 0));
}

static void add_counted(struct buf *out, struct str text)
{
	buf_add_char(out, (char)text.n);
	buf_add_str(out, text);
}

void socks5_greeting(struct buf *out, bool with_password)
{
	buf_add_char(out, SOCKS_VERSION);
	buf_add_char(out, with_password ? 2 : 1);
	buf_add_char(out, METHOD_NONE);
	if (with_password)
		buf_add_char(out, METHOD_PASSWORD);
}

int socks5_method(
	struct str in, size_t *length, bool *wants_password, struct error *e)
{
	int result = check_version(in, e);

	*length = 2;
	*wants_password = false;
	if (result < 0 || in.n < 2)
		return result;
	switch (byte_at(in, 1)) {
	case METHOD_PASSWORD:
		*wants_password = true;
		return 1;
	case METHOD_NONE:
		return 1;
	case METHOD_REFUSED:
		return error_set(e, ERR_PROXY,
			"The SOCKS 5 proxy accepts none of the ways to "
			"authenticate that were offered");
	}
	return error_set(e, ERR_PROXY,
		"The SOCKS 5 proxy wants to authenticate in a way that was not "
		"offered (method %u)",
		byte_at(in, 1));
}

int socks5_password(struct buf *out, const char *user, const char *password,
	struct error *e)
{
	struct str name = str_of(user), secret = str_of(password);

	if (name.n > SOCKS_TEXT_MAX)
		return refuse_length("user name", e);
	if (secret.n > SOCKS_TEXT_MAX)
		return refuse_length("password", e);
	buf_add_char(out, PASSWORD_VERSION);
	add_counted(out, name);
	add_counted(out, secret);
	return 0;
}

int socks5_password_reply(struct str in, size_t *length, struct error *e)
{
	*length = 2;
	/* There are proxies that answer with the version of SOCKS. */
	if (in.n >= 1 && byte_at(in, 0) != PASSWORD_VERSION &&
		byte_at(in, 0) != SOCKS_VERSION)
		return error_set(e, ERR_PROXY,
			"The proxy's reply to user and password is not one of "
			"SOCKS 5: it begins with 0x%02x instead of 0x01",
			byte_at(in, 0));
	if (in.n >= 2 && byte_at(in, 1) != SUCCEEDED)
		return error_set(e, ERR_PROXY,
			"The SOCKS 5 proxy refused the user and password "
			"(status %u)",
			byte_at(in, 1));
	return in.n >= 2;
}

int socks5_request(
	struct buf *out, const struct socks_target *target, struct error *e)
{
	if (target->kind == SOCKS_NAME && target->name.n > SOCKS_TEXT_MAX)
		return error_set(e, ERR_PROXY,
			"SOCKS5: the destination hostname is too long to be "
			"resolved remotely by the proxy.");
	buf_add_char(out, SOCKS_VERSION);
	buf_add_char(out, CONNECT);
	buf_add_char(out, 0); /* reserved */
	buf_add_char(out, (char)target->kind);
	if (target->kind == SOCKS_NAME)
		add_counted(out, target->name);
	else
		buf_add(out, target->address,
			target->kind == SOCKS_IPV4 ? 4 : 16);
	buf_add_char(out, (char)(target->port >> 8));
	buf_add_char(out, (char)(target->port & 0xff));
	return 0;
}

static const char *words_of(unsigned code)
{
	static const char *const words[] = {
		"succeeded",
		"general SOCKS server failure",
		"connection not allowed by ruleset",
		"Network unreachable",
		"Host unreachable",
		"Connection refused",
		"TTL expired",
		"Command not supported",
		"Address type not supported",
	};

	return code < sizeof(words) / sizeof(words[0]) ? words[code]
						       : "an unknown code";
}

bool socks5_unreachable(struct str in)
{
	if (in.n < 2 || byte_at(in, 0) != SOCKS_VERSION)
		return false;
	switch (byte_at(in, 1)) {
	case 1: /* general failure, which is what some say of all */
	case 3:
	case 4:
	case 5:
	case 8:
		return true;
	default:
		return false;
	}
}

int socks5_reply(struct str in, size_t *length, struct error *e)
{
	int result = check_version(in, e);

	*length = REPLY_HEAD + 1;
	if (result < 0)
		return result;
	/* Those that refuse may send no more than this. */
	if (in.n >= 2 && byte_at(in, 1) != SUCCEEDED)
		return error_set(e, ERR_PROXY,
			"The SOCKS 5 proxy refused: %s (%u)",
			words_of(byte_at(in, 1)), byte_at(in, 1));
	if (in.n < REPLY_HEAD)
		return 0;
	switch (byte_at(in, 3)) {
	case SOCKS_IPV4:
		*length = REPLY_HEAD + 4 + 2;
		break;
	case SOCKS_IPV6:
		*length = REPLY_HEAD + 16 + 2;
		break;
	case SOCKS_NAME:
		if (in.n > REPLY_HEAD)
			*length += byte_at(in, REPLY_HEAD) + 2;
		break;
	default:
		return error_set(e, ERR_PROXY,
			"The SOCKS 5 proxy's reply has an unknown type of "
			"address (%u)",
			byte_at(in, 3));
	}
	return in.n > REPLY_HEAD && in.n >= *length;
}
