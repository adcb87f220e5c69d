#include "output/writeout_value.h"

#include <stddef.h>

#include "base/json.h"
#include "http/value.h"
#include "url/percent.h"

enum url_part {
	PART_FRAGMENT,
	PART_HOST,
	PART_OPTIONS,
	PART_PASSWORD,
	PART_PATH,
	PART_PORT,
	PART_QUERY,
	PART_SCHEME,
	PART_USER,
	PART_ZONE
};

void writeout_source_init(
	struct writeout_source *s, const struct writeout_context *context)
{
	*s = (struct writeout_source){ .context = context };
	head_init(&s->head);
}

void writeout_source_fini(struct writeout_source *s)
{
	head_fini(&s->head);
	if (s->given.valid)
		url_fini(&s->given.url);
	if (s->used.valid)
		url_fini(&s->used.url);
}

/* What is no URL, or no head, has no value; but for want of memory nothing is
 * left out. */
static bool succeeded(struct writeout_source *s, ssize_t result)
{
	if (result == -ERR_OUT_OF_MEMORY)
		s->failed = ERR_OUT_OF_MEMORY;
	return result >= 0;
}

const struct head *writeout_head(struct writeout_source *s)
{
	struct str bytes = buf_str(&s->context->facts->heads);

	if (!s->head_tried) {
		s->head_tried = true;
		s->head_valid = bytes.n > 0 &&
			succeeded(s, head_parse(bytes, &s->head, NULL, NULL));
	}
	return s->head_valid ? &s->head : NULL;
}

/* --- the functions of writeout.def: false when there is no value */

static bool add_text(struct buf *out, const char *text)
{
	if (text)
		buf_add_text(out, text);
	return text != NULL;
}

static bool writeout_nothing(struct writeout_source *s, struct buf *out)
{
	(void)s;
	(void)out;
	return false;
}

static bool writeout_content_type(struct writeout_source *s, struct buf *out)
{
	const struct head *head = writeout_head(s);
	const struct field *field =
		head ? head_find(head, STR("Content-Type"), 0, NULL) : NULL;

	if (field)
		value_unfold(out, field->value);
	return field != NULL;
}

static bool writeout_error_message(struct writeout_source *s, struct buf *out)
{
	const struct error *error = s->context->error;

	if (error->code == 0)
		return false;
	return add_text(
		out, error->text[0] ? error->text : error_phrase(error->code));
}

/* "" where there are none, as curl has it. */
static bool writeout_certs(struct writeout_source *s, struct buf *out)
{
	(void)add_text(out, s->context->facts->tls_chain);
	return true;
}

static bool writeout_file(struct writeout_source *s, struct buf *out)
{
	return add_text(out, s->context->file);
}

static bool writeout_url(struct writeout_source *s, struct buf *out)
{
	return add_text(out, s->context->url);
}

/* As curl has it: "1.1", but "1" for HTTP/1.0, and "0" without a response. */
static bool writeout_http_version(struct writeout_source *s, struct buf *out)
{
	const struct facts *f = s->context->facts;

	buf_add_uint(out, (uint64_t)f->major);
	if (f->minor) {
		buf_add_char(out, '.');
		buf_add_uint(out, (uint64_t)f->minor);
	}
	return true;
}

static int64_t writeout_exit_code(struct writeout_source *s)
{
	return s->context->error->code;
}

static int64_t writeout_field_count(struct writeout_source *s)
{
	const struct head *head = writeout_head(s);

	return head ? (int64_t)head->n : 0;
}

static int64_t writeout_zero(struct writeout_source *s)
{
	(void)s;
	return 0;
}

static int64_t speed(const struct facts *f, uint64_t bytes)
{
	double us = (double)f->times.total;
	double speed = us > 0 ? (double)bytes * 1e6 / us : 0;

	return speed < (double)INT64_MAX ? (int64_t)speed : INT64_MAX;
}

static int64_t writeout_download_speed(struct writeout_source *s)
{
	return speed(s->context->facts, s->context->facts->wire);
}

static int64_t writeout_upload_speed(struct writeout_source *s)
{
	return speed(s->context->facts, s->context->facts->sent);
}

static int64_t writeout_url_number(struct writeout_source *s)
{
	return s->context->url_number;
}

static int64_t writeout_transfer_id(struct writeout_source *s)
{
	return s->context->transfer_id;
}

/* --- the table */

/* Where a field is; a field of another type does not compile. */
#define FIELD(field_type, field)                  \
	.offset = offsetof(struct facts, field) + \
		0 *                               \
			sizeof(_Generic(          \
				((struct facts *)0)->field, field_type : 1))

#define ROW_TEXT(field) FIELD(char *, field)
#define ROW_ARRAY(field) FIELD(char *, field)
#define ROW_INT(field) FIELD(int, field)
#define ROW_STATUS(field) FIELD(int, field)
#define ROW_LONG(field) FIELD(long, field)
#define ROW_SIZE(field) FIELD(uint64_t, field)
#define ROW_PORT(field) FIELD(uint16_t, field)
#define ROW_FLAG(field) FIELD(bool, field)
#define ROW_TIME(field) FIELD(int64_t, times.field)
#define ROW_GIVEN(part) .choice = PART_##part
#define ROW_USED(part) .choice = PART_##part
#define ROW_STRING(function) .string = function
#define ROW_NUMBER(function) .number = function
#define ROW_DIRECTIVE(what) .choice = DIRECTIVE_##what
#define ROW_FUNCTION(what) .choice = FUNCTION_##what

static const struct writeout_row rows[] = {
#define WRITEOUT(row_name, row_type, accessor, what) \
	{ .name = row_name,                          \
		.type = WRITEOUT_##row_type,         \
		ROW_##row_type(accessor) },
#include "output/writeout.def"
#undef WRITEOUT
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

const struct writeout_row *writeout_find(struct str name)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (rows[i].type != WRITEOUT_FUNCTION &&
			str_eq(name, str_of(rows[i].name)))
			return &rows[i];
	return NULL;
}

const struct writeout_row *writeout_find_function(
	struct str text, size_t *argument)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		struct str name = str_of(rows[i].name);

		if (rows[i].type != WRITEOUT_FUNCTION)
			continue;
		name = str_first(name, (size_t)str_find(name, '{') + 1);
		if (str_starts(text, name)) {
			*argument = name.n;
			return &rows[i];
		}
	}
	return NULL;
}

/* --- URLs */

static const struct url *parsed(
	struct writeout_source *s, struct writeout_url *u, const char *text)
{
	static const struct url_options options;

	if (!u->tried && text)
		u->valid = succeeded(
			s, url_parse(&u->url, str_of(text), &options, NULL));
	u->tried = true;
	return u->valid ? &u->url : NULL;
}

static void add_host(const struct url *u, struct buf *out)
{
	if (u->host_kind == URL_HOST_IPV6)
		buf_add_char(out, '[');
	/* curl shows a name as it was written, an address made regular */
	buf_add_str(
		out, u->host_kind == URL_HOST_NAME ? u->host_shown : u->host);
	if (u->host_kind == URL_HOST_IPV6)
		buf_add_char(out, ']');
}

/* Append a part; false when the URL has none such. */
static bool add_part(const struct url *u, enum url_part part, struct buf *out)
{
	struct str plain = { NULL, 0 };

	switch (part) {
	case PART_HOST:
		add_host(u, out);
		return u->host_kind != URL_HOST_NONE;
	case PART_PORT:
		if (u->port)
			buf_add_uint(out, u->port);
		return u->port != 0;
	case PART_USER:
		percent_encode(out, u->user);
		return u->has_user;
	case PART_PASSWORD:
		percent_encode(out, u->password);
		return u->has_password;
	case PART_ZONE:
		percent_encode(out, u->zone);
		return u->zone.n > 0;
	case PART_FRAGMENT:
		plain = u->fragment;
		break;
	case PART_PATH:
		plain = u->path;
		break;
	case PART_QUERY:
		plain = u->query;
		break;
	case PART_SCHEME:
		plain = u->scheme;
		break;
	case PART_OPTIONS:
		break;
	}
	buf_add_str(out, plain);
	return plain.n > 0;
}

/* --- values */

enum value_kind { VALUE_NONE, VALUE_STRING, VALUE_NUMBER };

static void add_number(struct buf *out, int64_t n)
{
	if (n < 0)
		buf_add_char(out, '-');
	buf_add_uint(out, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

/* Append the value of a row; `padded` with the zeros that text has but a JSON
 * number must not. */
static enum value_kind add_value(struct writeout_source *s,
	const struct writeout_row *row, bool padded, struct buf *out)
{
	const struct facts *facts = s->context->facts;
	const void *field = (const char *)facts + row->offset;
	const struct url *url;
	int64_t us;

	switch (row->type) {
	case WRITEOUT_TEXT:
		return add_text(out, *(char *const *)field) ? VALUE_STRING
							    : VALUE_NONE;
	case WRITEOUT_ARRAY:
		buf_add_text(out, field);
		return VALUE_STRING;
	case WRITEOUT_INT:
		add_number(out, *(const int *)field);
		return VALUE_NUMBER;
	case WRITEOUT_STATUS:
		buf_printf(out, padded ? "%03d" : "%d", *(const int *)field);
		return VALUE_NUMBER;
	case WRITEOUT_LONG:
		add_number(out, *(const long *)field);
		return VALUE_NUMBER;
	case WRITEOUT_SIZE:
		buf_add_uint(out, *(const uint64_t *)field);
		return VALUE_NUMBER;
	case WRITEOUT_PORT:
		buf_add_uint(out, *(const uint16_t *)field);
		return VALUE_NUMBER;
	case WRITEOUT_FLAG:
		buf_add_char(out, *(const bool *)field ? '1' : '0');
		return VALUE_NUMBER;
	case WRITEOUT_TIME:
		us = *(const int64_t *)field;
		buf_printf(out, "%lld.%06d", (long long)(us / 1000000),
			(int)(us % 1000000));
		return VALUE_NUMBER;
	case WRITEOUT_GIVEN:
		url = parsed(s, &s->given, s->context->url);
		break;
	case WRITEOUT_USED:
		url = parsed(s, &s->used, facts->url);
		break;
	case WRITEOUT_STRING:
		return row->string(s, out) ? VALUE_STRING : VALUE_NONE;
	case WRITEOUT_NUMBER:
		add_number(out, row->number(s));
		return VALUE_NUMBER;
	default:
		return VALUE_NONE;
	}
	return url && add_part(url, (enum url_part)row->choice, out)
		? VALUE_STRING
		: VALUE_NONE;
}

void writeout_value(struct writeout_source *s, const struct writeout_row *row,
	struct buf *out)
{
	add_value(s, row, true, out);
}

void writeout_json(struct writeout_source *s, struct buf *out)
{
	struct json json;
	struct buf value;

	buf_init(&value, out->max);
	json_init(&json, out);
	json_object_open(&json);
	for (size_t i = 0; i < N_ROWS; i++) {
		if (rows[i].type == WRITEOUT_DIRECTIVE ||
			rows[i].type == WRITEOUT_FUNCTION)
			continue;
		json_key(&json, str_of(rows[i].name));
		buf_clear(&value);
		switch (add_value(s, &rows[i], false, &value)) {
		case VALUE_NONE:
			json_null(&json);
			break;
		case VALUE_STRING:
			json_string(&json, buf_str(&value));
			break;
		case VALUE_NUMBER:
			json_number(&json, buf_text(&value));
			break;
		}
		if (value.failed)
			out->failed = value.failed;
	}
	json_key(&json, STR("curl_version"));
	json_string(&json, STR("minifetch/" PACKAGE_VERSION));
	json_object_close(&json);
	buf_fini(&value);
}
