/* "user:password@host:port" of a URL. */
#include "base/ascii.h"
#include "base/num.h"
#include "url/percent.h"
#include "url/url_draft.h"

/* `written` is what stands before the '@'. */
static int parse_user(struct url_draft *d, struct str written)
{
	struct str user, password;
	struct url *u = &d->url;

	if (d->options->refuse_user)
		return error_set(d->e, ERR_LOGIN_DENIED,
			"URL rejected: Credentials was passed in the URL when "
			"prohibited: at byte offset %zu",
			(size_t)(written.p - d->text.p));
	for (size_t i = 0; i < written.n; i++)
		if (written.p[i] == '@' || written.p[i] == ' ')
			return draft_reject_byte(d, "Bad login part",
				written.p + i, written.p[i]);
	u->has_user = true;
	u->has_password = str_cut(written, ':', &user, &password);
	percent_decode(&d->part[DRAFT_USER], user);
	percent_decode(&d->part[DRAFT_PASSWORD], password);
	u->user = buf_str(&d->part[DRAFT_USER]);
	u->password = buf_str(&d->part[DRAFT_PASSWORD]);
	if (str_find(u->user, '\0') >= 0)
		return draft_reject_byte(d, "Bad user", user.p, '\0');
	if (str_find(u->password, '\0') >= 0)
		return draft_reject_byte(d, "Bad password", password.p, '\0');
	return 0;
}

/* `s` is digits alone; other bytes may be the front of a password. */
static bool is_number(struct str s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_digit(s.p[n]))
		n++;
	return n == s.n;
}

static bool has_at(const struct url_draft *d, struct str from)
{
	return memchr(from.p, '@', (size_t)(d->text.p + d->text.n - from.p)) !=
		NULL;
}

/* `written` is what stands after the host: nothing, or ':' and the port, which
 * may be empty. */
static int parse_port(struct url_draft *d, struct str written)
{
	struct str digits = str_from(written, 1);
	uint64_t port;

	if (digits.n == 0)
		return 0;
	if (num_decimal(digits, UINT16_MAX, &port)) {
		d->url.port = (uint16_t)port;
		d->url.has_port = true;
		return 0;
	}
	draft_reject(d,
		"Port number was not a decimal number between 0 and 65535",
		is_number(digits) && !has_at(d, digits) ? digits
							: str_first(digits, 0));
	if (str_find(digits, ':') >= 0)
		error_add(d->e, "; an IPv6 address is written in brackets");
	return -ERR_URL_MALFORMED;
}

/* The length of the host that `s` starts with, brackets included; 0 when they
 * are not closed or something other than a port follows them. */
static size_t host_length(struct str s)
{
	ssize_t end;

	if (!str_starts(s, STR("["))) {
		end = str_find(s, ':');
		return end < 0 ? s.n : (size_t)end;
	}
	end = str_find(s, ']');
	if (end < 0)
		return 0;
	s = str_from(s, (size_t)end + 1);
	return s.n == 0 || s.p[0] == ':' ? (size_t)end + 1 : 0;
}

int draft_authority(struct url_draft *d, struct str authority)
{
	struct str host = authority;
	size_t n = authority.n;
	int result = 0;

	while (n && authority.p[n - 1] != '@')
		n--;
	if (n) {
		result = parse_user(d, str_first(authority, n - 1));
		host = str_from(authority, n);
	}
	if (result < 0)
		return result;
	n = host_length(host);
	if (n == 0 && str_starts(host, STR("[")))
		return draft_reject(d, "Bad IPv6 address", host);
	result = draft_host(d, str_first(host, n));
	return result < 0 ? result : parse_port(d, str_from(host, n));
}
