#include "transfer/form_body.h"

#include <stdlib.h>
#include <sys/random.h>

#include "transfer/media_type.h"

#define BOUNDARY_DASHES 24
#define BOUNDARY_RANDOM 22

/* Contents in memory up to this go among the text, to be sent with it. */
#define SMALL_CONTENT (16u << 10)

/* --- heads of parts (RFC 7578 section 4) */

static int make_boundary(char boundary[FORM_BOUNDARY_SIZE], struct error *e)
{
	static const char letters[] = "0123456789"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz";
	unsigned char random[BOUNDARY_RANDOM];
	char *to = boundary + BOUNDARY_DASHES;

	if (getentropy(random, sizeof(random)) < 0)
		return error_set(e, ERR_READ,
			"there are no random numbers for a boundary");
	memset(boundary, '-', BOUNDARY_DASHES);
	for (size_t i = 0; i < BOUNDARY_RANDOM; i++)
		*to++ = letters[random[i] % (sizeof(letters) - 1)];
	*to = '\0';
	return 0;
}

/* The type that is sent for `part`; {NULL, 0}: none. */
static struct str type_of(const struct form_part *part)
{
	struct str type = { NULL, 0 };

	if (part->type)
		return str_of(part->type);
	if (form_part_field(part, STR("Content-Type"), &type))
		return type;
	if (part->content == FORM_PARTS)
		return STR("multipart/mixed");
	if (part->file_name)
		type = str_of(media_type_of(str_of(part->file_name)));
	if (!type.p && part->path)
		type = str_of(media_type_of(str_of(part->path)));
	if (!type.p && part->path && part->file_name)
		return STR("application/octet-stream");
	/* The default of parts (RFC 7578 section 4.4), and so of mere text. */
	if (!part->file_name && str_eq(type, STR("text/plain")))
		return (struct str){ NULL, 0 };
	return type;
}

static bool is_form_data(struct str type)
{
	struct str essence, parameters;

	str_cut(type, ';', &essence, &parameters);
	return str_eq_nocase(str_trim(essence), STR("multipart/form-data"));
}

static void add_parameter(
	struct form_body *body, const char *parameter, const char *value)
{
	struct buf *out = &body->text;

	if (!value)
		return;
	buf_printf(out, "; %s=\"", parameter);
	for (; *value; value++) {
		bool special = *value == '"' || *value == '\\';

		if (*value == '\r')
			buf_add_text(out, "%0D");
		else if (*value == '\n')
			buf_add_text(out, "%0A");
		else if (*value == '"' && !body->escape)
			buf_add_text(out, "%22");
		else
			buf_printf(out, special && body->escape ? "\\%c" : "%c",
				*value);
	}
	buf_add_char(out, '"');
}

static void add_disposition(
	struct form_body *body, const struct form_part *part, bool in_form)
{
	struct str given;

	if (!in_form && !part->name && !part->file_name)
		return;
	if (form_part_field(part, STR("Content-Disposition"), &given))
		return;
	buf_add_text(&body->text, "Content-Disposition: ");
	buf_add_text(&body->text, in_form ? "form-data" : "attachment");
	add_parameter(body, "name", part->name);
	add_parameter(body, "filename", part->file_name);
	buf_add_text(&body->text, "\r\n");
}

/* The part's own fields, but for a Content-Type, which is out already. */
static void add_fields(struct buf *out, const struct form_part *part)
{
	struct str rest = buf_str(&part->fields), line, name, value;
	ssize_t end;

	while ((end = str_search(rest, STR("\r\n"))) >= 0) {
		line = str_first(rest, (size_t)end + 2);
		rest = str_from(rest, line.n);
		str_cut(line, ':', &name, &value);
		if (!str_eq_nocase(name, STR("Content-Type")))
			buf_add_str(out, line);
	}
}

static void add_head(struct form_body *body, const struct form_part *part,
	bool in_form, const char *boundary)
{
	struct buf *out = &body->text;
	struct str type = type_of(part), given;

	add_disposition(body, part, in_form);
	if (type.p) {
		buf_add_text(out, "Content-Type: ");
		buf_add_str(out, type);
		if (boundary)
			buf_printf(out, "; boundary=%s", boundary);
		buf_add_text(out, "\r\n");
	}
	if (part->encoding != FORM_AS_IS &&
		!form_part_field(
			part, STR("Content-Transfer-Encoding"), &given))
		buf_printf(out, "Content-Transfer-Encoding: %s\r\n",
			form_encoding_name(part->encoding));
	add_fields(out, part);
	buf_add_text(out, "\r\n");
}

/* --- pieces */

/* End the piece at hand with the content of a part, or without. */
static struct form_piece *end_piece(struct form_body *body,
	const struct form_part *content, struct error *e)
{
	size_t n = body->n_pieces;
	struct form_piece *last = n ? &body->pieces[n - 1] : NULL;
	size_t from = last ? last->from + last->n : 0;

	/* Doubled at each power of two. */
	if ((n & (n - 1)) == 0) {
		struct form_piece *pieces = reallocarray(
			body->pieces, n ? n * 2 : 1, sizeof(*pieces));

		if (!pieces) {
			error_memory(e);
			return NULL;
		}
		body->pieces = pieces;
	}
	body->pieces[n] = (struct form_piece){
		.from = from,
		.n = body->text.n - from,
		.content = content,
	};
	return &body->pieces[body->n_pieces++];
}

static int add_content(
	struct form_body *body, const struct form_part *part, struct error *e)
{
	struct form_encoder encoder = { .encoding = part->encoding };
	struct error reason = { 0 };
	struct form_piece *piece;
	int error;

	if (part->content == FORM_BYTES && part->bytes.n <= SMALL_CONTENT) {
		error = form_encode(&encoder, buf_str(&part->bytes), true,
			&body->text, &reason);
		return error == 0
			? 0
			: error_set(e, reason.code, "the content of a part: %s",
				  reason.text);
	}
	piece = end_piece(body, part, e);
	if (!piece)
		return -ERR_OUT_OF_MEMORY;
	return form_content_measure(part, &piece->size, &piece->length, e);
}

static void add_delimiter(struct form_body *body, const char *boundary,
	bool first, const char *end)
{
	buf_printf(&body->text, "%s--%s%s\r\n", first ? "" : "\r\n", boundary,
		end);
}

/* The multipart between its delimiters. It goes no deeper than FORM_DEPTH_MAX.
 */
static int add_parts(struct form_body *body, const struct form_part *parent,
	const char *boundary, bool is_form, struct error *e)
{
	char inner[FORM_BOUNDARY_SIZE];
	int error = 0;

	for (const struct form_part *part = parent->first; part;
		part = part->next) {
		add_delimiter(body, boundary, part == parent->first, "");
		if (part->content != FORM_PARTS) {
			add_head(body, part, is_form, NULL);
			error = add_content(body, part, e);
		} else if ((error = make_boundary(inner, e)) == 0) {
			add_head(body, part, is_form, inner);
			error = add_parts(body, part, inner,
				is_form_data(type_of(part)), e);
		}
		if (error < 0)
			return error;
	}
	add_delimiter(body, boundary, !parent->first, "--");
	return 0;
}

static int compose(struct form_body *body, const struct form *form,
	const char *type, struct error *e)
{
	char boundary[FORM_BOUNDARY_SIZE];
	struct buf content_type;
	int error = make_boundary(boundary, e);

	if (error < 0)
		return error;
	buf_init(&content_type, LIMIT_REQUEST_HEAD);
	buf_printf(&content_type, "%s; boundary=%s", type, boundary);
	body->content_type = buf_take(&content_type);
	if (!body->content_type)
		return error_memory(e);
	error = add_parts(
		body, &form->root, boundary, is_form_data(str_of(type)), e);
	if (error == 0)
		error = buf_check(&body->text, "a form", e);
	if (error == 0 && !end_piece(body, NULL, e))
		return -ERR_OUT_OF_MEMORY;
	return error;
}

static uint64_t total_length(const struct form_body *body)
{
	uint64_t total = 0;

	for (size_t i = 0; i < body->n_pieces; i++) {
		const struct form_piece *piece = &body->pieces[i];

		if (piece->length == UPLOAD_UNKNOWN ||
			piece->length >= UPLOAD_UNKNOWN - total - piece->n)
			return UPLOAD_UNKNOWN;
		total += piece->n + piece->length;
	}
	return total;
}

/* --- the upload */

static int changed(const struct form_piece *piece, struct error *e)
{
	const char *path = piece->content->path;

	return error_set(e, ERR_READ,
		"'%s' has changed since the request began",
		path ? path : "standard input");
}

/* What comes of the content of the piece at hand: 1, or 0 at its end. */
static int next_content(
	struct form_body *body, struct str *bytes, struct error *e)
{
	const struct form_piece *piece = &body->pieces[body->at];
	int result = 0;

	if (!body->reader.part) {
		result = form_content_open(
			&body->reader, piece->content, piece->size, e);
		if (result == 0 && body->reader.size != piece->size)
			result = changed(piece, e);
	}
	if (result < 0)
		return result;
	if (body->reader.size == UPLOAD_UNKNOWN)
		body->lost = piece->content;
	result = form_content_next(&body->reader, bytes, e);
	body->upload.fd = result == -ERR_AGAIN ? body->reader.fd : -1;
	if (result < 0 || piece->length == UPLOAD_UNKNOWN)
		return result;
	if (result == 1)
		body->given += bytes->n;
	if (body->given > piece->length ||
		(result == 0 && body->given < piece->length))
		return changed(piece, e);
	return result;
}

static int body_next(void *source, struct str *bytes, struct error *e)
{
	struct form_body *body = source;

	while (body->at < body->n_pieces) {
		const struct form_piece *piece = &body->pieces[body->at];

		if (!body->text_given) {
			body->text_given = true;
			body->given = 0;
			*bytes = str_from(buf_str(&body->text), piece->from);
			*bytes = str_first(*bytes, piece->n);
			return 1;
		}
		if (piece->content) {
			int result = next_content(body, bytes, e);

			if (result != 0)
				return result;
			form_content_close(&body->reader);
		}
		body->at++;
		body->text_given = false;
	}
	return 0;
}

static int body_rewind(void *source, struct error *e)
{
	struct form_body *body = source;

	if (body->lost)
		return error_set(e, ERR_SEND_REWIND,
			"'%s' cannot be read a second time, and the request "
			"has to be sent again",
			body->lost->path);
	form_content_close(&body->reader);
	body->at = 0;
	body->text_given = false;
	return 0;
}

struct form_body *form_body_new(
	const struct form *form, const char *type, bool escape, struct error *e)
{
	static const struct upload_ops ops = { body_next, body_rewind };
	struct form_body *body = calloc(1, sizeof(*body));

	if (!body) {
		error_memory(e);
		return NULL;
	}
	body->escape = escape;
	buf_init(&body->text, LIMIT_REQUEST_BODY);
	form_content_init(&body->reader);
	if (compose(body, form, type ? type : "multipart/form-data", e) < 0) {
		form_body_free(body);
		return NULL;
	}
	body->upload = (struct upload){ &ops, body, total_length(body), -1 };
	return body;
}

void form_body_free(struct form_body *body)
{
	if (!body)
		return;
	free(body->content_type);
	free(body->pieces);
	buf_fini(&body->text);
	form_content_close(&body->reader);
	free(body);
}
