#include "output/record.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/date_loose.h"
#include "http/file_name.h"
#include "http/value.h"
#include "output/attributes.h"
#include "output/file.h"
#include "url/url.h"
#include <config.h>

void record_init(struct record *r)
{
	*r = (struct record){ 0 };
	buf_init(&r->disposition, LIMIT_HEAD);
	buf_init(&r->location, LIMIT_HEAD);
	buf_init(&r->etag, LIMIT_HEAD);
	buf_init(&r->media_type, LIMIT_HEAD);
}

void record_fini(struct record *r)
{
	buf_fini(&r->disposition);
	buf_fini(&r->location);
	buf_fini(&r->etag);
	buf_fini(&r->media_type);
}

static void take_name(struct record *r, const struct head *head, bool follows)
{
	struct str location = head_value(head, STR("Location"));
	struct buf name;

	buf_clear(&r->disposition);
	if (!follows || head->status / 100 != 3 || !location.n) {
		file_name_from_head(&r->disposition, head);
		return;
	}
	buf_init(&name, LIMIT_HEAD);
	if (file_name_from_reference(&name, location)) {
		buf_clear(&r->location);
		buf_add_str(&r->location, buf_str(&name));
	}
	buf_inherit(&r->location, &name);
	buf_fini(&name);
}

int record_head(struct record *r, const struct head *head, bool follows,
	struct error *e)
{
	struct str type, rest;

	if (head->status < 200)
		return 0;
	r->status = head->status;
	take_name(r, head, follows);
	buf_clear(&r->etag);
	buf_add_str(&r->etag, head_value(head, STR("ETag")));
	buf_clear(&r->media_type);
	str_cut(head_value(head, STR("Content-Type")), ';', &type, &rest);
	buf_add_str(&r->media_type, value_trim(type));
	r->has_modified = date_parse_loose(
		head_value(head, STR("Last-Modified")), &r->modified);
	if (r->disposition.failed || r->location.failed || r->etag.failed ||
		r->media_type.failed)
		return error_memory(e);
	return 0;
}

struct str record_name(const struct record *r)
{
	return buf_str(r->disposition.n ? &r->disposition : &r->location);
}

int record_save_etag(const struct record *r, const char *path, bool create_dirs,
	bool safe, struct error *e)
{
	bool to_file = strcmp(path, "-") != 0;
	struct buf line;
	int error = 0;

	if (r->status / 100 != 2 && !(r->status == 304 && r->etag.n))
		return 0;
	buf_init(&line, LIMIT_HEAD + 1);
	buf_add_str(&line, buf_str(&r->etag));
	if (r->etag.n)
		buf_add_char(&line, '\n');
	error = buf_check(&line, "entity-tag", e);
	if (error == 0 && to_file && create_dirs)
		error = file_make_directories(path, e);
	if (error == 0)
		error = file_store(
			path, safe ? FILE_SAFE : 0, buf_str(&line), e);
	if (error < 0 && to_file)
		file_suggest_directories(path, e);
	buf_fini(&line);
	return error;
}

/* --- attributes */

/* A URL may have a password in it, which is nobody's business who gets the
 * file. */
static bool set_url(int fd, const char *name, const char *text)
{
	struct url_options options = { 0 };
	struct error ignored;
	struct url url;
	char *printed;
	bool done;

	if (!text || url_parse(&url, str_of(text), &options, &ignored) < 0)
		return true;
	printed = url_print(&url, 0);
	url_fini(&url);
	done = printed && attributes_set(fd, name, str_of(printed));
	free(printed);
	return done;
}

static bool set_text(int fd, const char *name, const struct buf *text)
{
	return text->n == 0 || attributes_set(fd, name, buf_str(text));
}

bool record_attributes(const struct record *r, int fd, const char *origin,
	const char *referrer)
{
	return set_url(fd, "user.xdg.origin.url", origin) &&
		set_url(fd, "user.xdg.referrer.url", referrer) &&
		attributes_set(fd, "user.creator", STR(PACKAGE_NAME)) &&
		set_text(fd, "user.mime_type", &r->media_type) &&
		set_text(fd, ATTRIBUTE_ETAG, &r->etag);
}
