#include "url/url_draft.h"

static void take_authority(struct url_draft *d, const struct url *base)
{
	d->url.host = base->host;
	d->url.host_shown = base->host_shown;
	d->url.zone = base->zone;
	d->url.host_kind = base->host_kind;
	d->url.port = base->port;
	d->url.has_port = base->has_port;
}

/* A reference without scheme and authority (RFC 3986 section 5.2.2). */
static int resolve_relative(struct url_draft *d, const struct url *base)
{
	struct str path;

	take_authority(d, base);
	path = draft_tail(d, d->text);
	if (path.n == 0) {
		d->url.path = base->path;
		if (!d->url.has_query) {
			d->url.query = base->query;
			d->url.has_query = base->has_query;
		}
	} else if (path.p[0] == '/') {
		draft_path(d, (struct str){ 0 }, path);
	} else {
		draft_path(d, base->path, path);
	}
	return 0;
}

static int resolve(struct url_draft *d, const struct url *base)
{
	size_t n = draft_scheme_length(d->text);
	struct str rest = d->text;
	int result;

	if (n)
		return draft_absolute(d, n);
	/* A socket has no hierarchy to be relative to. */
	if (base->host_kind == URL_HOST_NONE)
		return draft_reject(
			d, "No host part in the URL", str_first(d->text, 0));
	d->url.scheme = base->scheme;
	d->url.scheme_guessed = base->scheme_guessed;
	if (!str_starts(rest, STR("//")))
		return resolve_relative(d, base);
	d->url.port = url_default_port(base->scheme);
	result = draft_slashes(d, &rest);
	return result < 0 ? result : draft_hierarchy(d, rest);
}

int url_resolve(struct url *u, const struct url *base, struct str reference,
	const struct url_options *options, struct error *e)
{
	struct url_draft d;
	int result = draft_start(&d, reference, true, options, e);

	if (result == 0)
		result = resolve(&d, base);
	return draft_finish(&d, u, result);
}
