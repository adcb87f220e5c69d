#include "url/url.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "url/percent.h"

static void copy_str(struct str *to, struct str from, char **at)
{
	if (from.n)
		memcpy(*at, from.p, from.n);
	*to = (struct str){ *at, from.n };
	*at += from.n;
}

int url_copy(struct url *u, const struct url *from, struct error *e)
{
	size_t size = from->scheme.n + from->user.n + from->password.n +
		from->host.n + from->host_shown.n + from->zone.n +
		from->path.n + from->query.n + from->fragment.n;
	char *at = malloc(size + 1);

	if (!at)
		return error_memory(e);
	*u = *from;
	u->storage = at;
	copy_str(&u->scheme, from->scheme, &at);
	copy_str(&u->user, from->user, &at);
	copy_str(&u->password, from->password, &at);
	copy_str(&u->host, from->host, &at);
	copy_str(&u->host_shown, from->host_shown, &at);
	copy_str(&u->zone, from->zone, &at);
	copy_str(&u->path, from->path, &at);
	copy_str(&u->query, from->query, &at);
	copy_str(&u->fragment, from->fragment, &at);
	return 0;
}

void url_fini(struct url *u)
{
	free(u->storage);
	*u = (struct url){ 0 };
}

uint16_t url_default_port(struct str scheme)
{
	if (str_eq_nocase(scheme, STR("http")))
		return 80;
	if (str_eq_nocase(scheme, STR("https")))
		return 443;
	return 0;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return str_eq(a->scheme, b->scheme) && a->port == b->port &&
		a->host_kind == b->host_kind && str_eq(a->host, b->host) &&
		str_eq(a->zone, b->zone) &&
		(a->host_kind != URL_HOST_NONE || str_eq(a->path, b->path));
}

static void print_user(struct buf *out, const struct url *u)
{
	percent_encode(out, u->user);
	if (u->has_password) {
		buf_add_char(out, ':');
		percent_encode(out, u->password);
	}
	buf_add_char(out, '@');
}

static void print_host(struct buf *out, const struct url *u, unsigned flags)
{
	bool shown = flags & URL_PRINT_SHOWN;

	if (u->host_kind == URL_HOST_IPV6) {
		buf_add_char(out, '[');
		buf_add_str(out, u->host);
		if (u->zone.n) {
			buf_add_text(out, "%25");
			percent_encode(out, u->zone);
		}
		buf_add_char(out, ']');
	} else if (u->host_kind == URL_HOST_NAME && shown) {
		buf_add_str(out, u->host_shown);
	} else {
		buf_add_str(out, u->host);
	}
	if (u->port != url_default_port(u->scheme) || (shown && u->has_port)) {
		buf_add_char(out, ':');
		buf_add_uint(out, u->port);
	}
}

/* The path of a socket was decoded; '/' and '@' stay what they are. */
static void print_socket(struct buf *out, struct str path)
{
	for (size_t i = 0; i < path.n; i++) {
		struct str byte = { path.p + i, 1 };

		if (path.p[i] == '/' || path.p[i] == '@')
			buf_add_str(out, byte);
		else
			percent_encode(out, byte);
	}
}

char *url_print(const struct url *u, unsigned flags)
{
	struct buf out;

	buf_init(&out, SIZE_MAX / 2);
	buf_add_str(&out, u->scheme);
	buf_add_text(&out, "://");
	if (u->host_kind == URL_HOST_NONE) {
		print_socket(&out, u->path);
		return buf_take(&out);
	}
	if (u->has_user && (flags & URL_PRINT_USER))
		print_user(&out, u);
	print_host(&out, u, flags);
	buf_add_str(&out, u->path);
	if (u->has_query) {
		buf_add_char(&out, '?');
		buf_add_str(&out, u->query);
	}
	if (u->has_fragment && (flags & URL_PRINT_FRAGMENT)) {
		buf_add_char(&out, '#');
		buf_add_str(&out, u->fragment);
	}
	return buf_take(&out);
}
