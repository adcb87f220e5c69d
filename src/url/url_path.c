/* What follows the authority of a URL: path, query and fragment. */
#include "base/ascii.h"
#include "url/percent.h"
#include "url/url_draft.h"

/* Append `s` with what may not stand in a URL encoded; a space becomes
 * `space`. */
static void encode(struct buf *out, struct str s, const char *space)
{
	size_t plain = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != ' ' && (unsigned char)s.p[i] < 0x80)
			continue;
		buf_add(out, s.p + plain, i - plain);
		if (s.p[i] == ' ')
			buf_add_text(out, space);
		else
			percent_encode_byte(out, s.p[i]);
		plain = i + 1;
	}
	buf_add_str(out, str_from(s, plain));
}

/* The part of `s` from the first `mark` on, without it; `s` ends before it. */
static bool cut_part(struct str *s, char mark, struct buf *out,
	const char *space, struct str *part)
{
	struct str written;

	if (!str_cut(*s, mark, s, &written))
		return false;
	encode(out, written, space);
	*part = buf_str(out);
	return true;
}

struct str draft_tail(struct url_draft *d, struct str rest)
{
	struct url *u = &d->url;

	u->has_fragment = cut_part(
		&rest, '#', &d->part[DRAFT_FRAGMENT], "%20", &u->fragment);
	/* A '+' is a space to the readers of queries, and to none of paths. */
	u->has_query = cut_part(
		&rest, '?', &d->part[DRAFT_QUERY], "+", &u->query);
	return rest;
}

/* How many dots the segment consists of, plain or encoded: 1, 2, or 0 when it
 * is an ordinary one. */
static int count_dots(struct str segment)
{
	int n = 0;

	while (segment.n) {
		if (segment.p[0] == '.')
			segment = str_from(segment, 1);
		else if (str_starts_nocase(segment, STR("%2e")))
			segment = str_from(segment, 3);
		else
			return 0;
		if (++n > 2)
			return 0;
	}
	return n;
}

/* Remove dot segments from the path of `n` bytes at `p`, which starts with '/'
 * (RFC 3986 section 5.2.4). Returns the length that is left. */
static size_t remove_dots(char *p, size_t n)
{
	size_t kept = 0;

	for (size_t at = 0; at < n;) {
		struct str segment = { p + at + 1, n - at - 1 };
		ssize_t end = str_find(segment, '/');
		int dots;

		if (end >= 0)
			segment.n = (size_t)end;
		dots = count_dots(segment);
		if (dots == 2)
			while (kept && p[--kept] != '/')
				;
		if (dots == 0) {
			memmove(p + kept, p + at, segment.n + 1);
			kept += segment.n + 1;
		} else if (end < 0) {
			p[kept++] = '/';
		}
		at += segment.n + 1;
	}
	return kept;
}

void draft_path(struct url_draft *d, struct str base, struct str written)
{
	struct buf *path = &d->part[DRAFT_PATH];
	size_t n = base.n;

	while (n && base.p[n - 1] != '/')
		n--;
	buf_add(path, base.p, n);
	if (n == 0 && (written.n == 0 || written.p[0] != '/'))
		buf_add_char(path, '/');
	encode(path, written, "%20");
	if (path->n && (d->is_reference || !d->options->path_as_is))
		path->n = remove_dots(path->p, path->n);
	d->url.path = buf_str(path);
}
