#include "base/ascii.h"
#include "url/percent.h"
#include "url/url_draft.h"

size_t draft_scheme_length(struct str text)
{
	size_t n = 0;

	if (text.n == 0 || !ascii_is_alpha(text.p[0]))
		return 0;
	while (n < text.n &&
		(ascii_is_alnum(text.p[n]) || text.p[n] == '+' ||
			text.p[n] == '-' || text.p[n] == '.'))
		n++;
	return n < text.n && text.p[n] == ':' ? n : 0;
}

/* Where `text` seems to have a scheme that is none ("1http://host"): its
 * length, else 0. To take it for a host name would connect to somewhere. */
static size_t bad_scheme_length(struct str text)
{
	size_t n = 0;

	while (n < text.n && !memchr(":/?#@[", text.p[n], 6))
		n++;
	return str_starts(str_from(text, n), STR("://")) ? n : 0;
}

static void set_scheme(struct url_draft *d, struct str written)
{
	struct buf *scheme = &d->part[DRAFT_SCHEME];

	for (size_t i = 0; i < written.n; i++)
		buf_add_char(scheme, ascii_lower(written.p[i]));
	d->url.scheme = buf_str(scheme);
	d->url.port = url_default_port(d->url.scheme);
}

int draft_slashes(struct url_draft *d, struct str *rest)
{
	size_t n = 0;

	while (n < rest->n && rest->p[n] == '/')
		n++;
	if (n < 1 || n > 3)
		return draft_reject(d, "Unsupported number of slashes",
			str_first(*rest, n));
	*rest = str_from(*rest, n);
	return 0;
}

/* "unix:/path", "unix:///path", "unix://@name". */
static int socket_path(struct url_draft *d, struct str written)
{
	struct buf *path = &d->part[DRAFT_PATH];

	if (written.n == 0 || (written.p[0] != '/' && written.p[0] != '@')) {
		draft_reject(d, "Bad path", written);
		error_add(d->e, "; write unix:///path or unix://@name");
		return -ERR_URL_MALFORMED;
	}
	percent_decode(path, written);
	d->url.path = buf_str(path);
	d->url.host_kind = URL_HOST_NONE;
	if (str_find(d->url.path, '\0') >= 0)
		return draft_reject_byte(d, "Bad path", written.p, '\0');
	return 0;
}

int draft_hierarchy(struct url_draft *d, struct str rest)
{
	size_t n = 0;
	int result;

	if (str_eq(d->url.scheme, STR("unix")))
		return socket_path(d, rest);
	while (n < rest.n && !memchr("/?#", rest.p[n], 3))
		n++;
	result = draft_authority(d, str_first(rest, n));
	if (result < 0)
		return result;
	draft_path(d, (struct str){ 0 }, draft_tail(d, str_from(rest, n)));
	return 0;
}

int draft_absolute(struct url_draft *d, size_t n)
{
	struct str rest = str_from(d->text, n + 1);
	int result;

	set_scheme(d, str_first(d->text, n));
	if (str_eq(d->url.scheme, STR("unix")))
		rest = str_from(rest, str_starts(rest, STR("//")) ? 2 : 0);
	else if ((result = draft_slashes(d, &rest)) < 0)
		return result;
	return draft_hierarchy(d, rest);
}

static int parse_text(struct url_draft *d)
{
	const char *assumed = d->options->default_scheme;
	size_t n = draft_scheme_length(d->text);

	/* "localhost:8080" is a host with its port. */
	if (n && str_starts(str_from(d->text, n + 1), STR("/")))
		return draft_absolute(d, n);
	n = bad_scheme_length(d->text);
	if (n)
		return draft_reject(d, "Bad scheme", str_first(d->text, n));
	set_scheme(d, str_of(assumed ? assumed : "http"));
	d->url.scheme_guessed = true;
	return draft_hierarchy(d, d->text);
}

int url_parse(struct url *u, struct str text, const struct url_options *options,
	struct error *e)
{
	struct url_draft d;
	int result = draft_start(&d, text, false, options, e);

	if (result == 0)
		result = parse_text(&d);
	return draft_finish(&d, u, result);
}
