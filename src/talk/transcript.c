#include "talk/transcript.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/json.h"
#include "output/descriptor.h"

#define ROW 16
#define ROW_TEXT 96 /* one row with an offset of 16 digits has 87 */
#define RECORD_HEAD 4096 /* a record but for its data */
#define GROWTH 8 /* a byte is "\u0000" or part of a row */

struct transcript {
	pthread_mutex_t lock; /* a record is written under it */
	int hex_fd, json_fd;
	int (*write_json)(void *context, struct str line, struct error *e);
	void *context; /* of write_json, which is in place of json_fd */
};

struct record {
	int64_t time; /* clock_wall() */
	uint64_t offset;
	enum transcript_direction direction;
	const char *peer;
	struct str bytes;
};

struct transcript *transcript_new(int hex_fd, int json_fd, struct error *e)
{
	struct transcript *t = calloc(1, sizeof(*t));

	if (!t) {
		error_memory(e);
		return NULL;
	}
	t->hex_fd = hex_fd;
	t->json_fd = json_fd;
	pthread_mutex_init(&t->lock, NULL);
	return t;
}

void transcript_write_json(struct transcript *t,
	int (*write)(void *context, struct str line, struct error *e),
	void *context)
{
	t->write_json = write;
	t->context = context;
}

void transcript_free(struct transcript *t)
{
	if (t)
		pthread_mutex_destroy(&t->lock);
	free(t);
}

/* Hex */

static char *add_hex(char *to, uint64_t value, int digits)
{
	static const char hex[] = "0123456789abcdef";

	for (int i = digits - 1; i >= 0; i--)
		*to++ = hex[value >> (4 * i) & 15];
	return to;
}

/* "00000010  48 65 6c 6c 6f 20 77 6f  72 6c 64 0a              |Hello world.|";
 * an offset that needs more digits has them. */
static void add_row(struct buf *out, uint64_t offset, struct str bytes)
{
	char row[ROW_TEXT], *to = row;

	to = add_hex(to, offset, offset >> 32 ? 16 : 8);
	*to++ = ' ';
	for (size_t i = 0; i < ROW; i++) {
		if (i % 8 == 0)
			*to++ = ' ';
		if (i < bytes.n)
			to = add_hex(to, (unsigned char)bytes.p[i], 2);
		else
			to = (char *)memset(to, ' ', 2) + 2;
		*to++ = ' ';
	}
	*to++ = ' ';
	*to++ = '|';
	for (size_t i = 0; i < bytes.n; i++) {
		char c = bytes.p[i];

		*to++ = c >= ' ' && c <= '~' ? c : '.';
	}
	*to++ = '|';
	*to++ = '\n';
	buf_add(out, row, (size_t)(to - row));
}

static void add_dump(struct buf *out, const struct record *r)
{
	struct date date;

	date_split(r->time / 1000000, &date);
	buf_printf(out, "%02d:%02d:%02d.%06d %c %s, %zu %s at %llu\n",
		date.hour, date.minute, date.second, (int)(r->time % 1000000),
		r->direction == TRANSCRIPT_SENT ? '>' : '<', r->peer,
		r->bytes.n, r->bytes.n == 1 ? "byte" : "bytes",
		(unsigned long long)r->offset);
	for (size_t at = 0; at < r->bytes.n; at += ROW)
		add_row(out, r->offset + at,
			str_first(str_from(r->bytes, at), ROW));
}

/* JSON */

static size_t count(struct str in, struct str needle)
{
	size_t n = 0;
	ssize_t at;

	while ((at = str_search(in, needle)) >= 0) {
		in = str_from(in, (size_t)at + needle.n);
		n++;
	}
	return n;
}

/* Whether `bytes`, which are `escaped` as a JSON string, are UTF-8: then none
 * of them had to be replaced. */
static bool is_text(struct str bytes, struct str escaped)
{
	struct str replacement = STR("\xef\xbf\xbd");

	return count(bytes, replacement) == count(escaped, replacement);
}

void transcript_add_data(struct json *j, struct str bytes)
{
	struct buf escaped, value;
	bool text;

	buf_init(&escaped, j->out->max);
	buf_init(&value, j->out->max);
	json_escape(&escaped, bytes);
	text = is_text(bytes, buf_str(&escaped));
	buf_add_char(&value, '"');
	if (text)
		buf_add_str(&value, buf_str(&escaped));
	else
		base64_encode(&value, bytes);
	buf_add_char(&value, '"');
	json_key(j, text ? STR("text") : STR("base64"));
	json_number(j, buf_text(&value));
	if (value.failed || escaped.failed)
		j->out->failed = ERR_OUT_OF_MEMORY;
	buf_fini(&escaped);
	buf_fini(&value);
}

static void add_object(struct buf *out, const struct record *r)
{
	struct buf scratch;
	struct json j;

	buf_init(&scratch, out->max);
	buf_printf(&scratch, "%lld.%06d", (long long)(r->time / 1000000),
		(int)(r->time % 1000000));
	json_init(&j, out);
	json_object_open(&j);
	json_key(&j, STR("time"));
	json_number(&j, buf_text(&scratch));
	json_key(&j, STR("direction"));
	json_string(&j,
		r->direction == TRANSCRIPT_SENT ? STR("sent")
						: STR("received"));
	json_key(&j, STR("peer"));
	json_string(&j, str_of(r->peer));
	json_key(&j, STR("offset"));
	json_int(&j, (int64_t)r->offset);
	json_key(&j, STR("length"));
	json_int(&j, (int64_t)r->bytes.n);
	transcript_add_data(&j, r->bytes);
	json_object_close(&j);
	buf_add_char(out, '\n');
	if (scratch.failed)
		out->failed = scratch.failed;
	buf_fini(&scratch);
}

/* Both */

/* As transcript_write_json takes it: to the descriptor that is in `fd`. */
static int write_to(void *fd, struct str text, struct error *e)
{
	int written = descriptor_write_str(*(const int *)fd, text);

	if (written < 0)
		return error_set(e, ERR_WRITE,
			"Failure writing the transcript: %s",
			error_system(-written));
	return 0;
}

static int tell(struct transcript *t, const struct record *r,
	void (*add)(struct buf *out, const struct record *r),
	int (*write)(void *context, struct str text, struct error *e),
	void *context, struct error *e)
{
	struct buf out;
	int result;

	buf_init(&out, RECORD_HEAD + GROWTH * r->bytes.n);
	add(&out, r);
	result = buf_check(&out, "record of the transcript", e);
	if (result == 0) {
		pthread_mutex_lock(&t->lock);
		result = write(context, buf_str(&out), e);
		pthread_mutex_unlock(&t->lock);
	}
	buf_fini(&out);
	return result;
}

int transcript_tell(struct transcript *t, struct transcript_place *place,
	enum transcript_direction direction, const char *peer, struct str bytes,
	struct error *e)
{
	uint64_t *at = direction == TRANSCRIPT_SENT ? &place->sent
						    : &place->received;
	struct record r = { .offset = *at,
		.direction = direction,
		.peer = peer ? peer : "",
		.bytes = bytes };
	int result = 0;

	*at += bytes.n;
	if (!t)
		return 0;
	r.time = clock_wall();
	if (t->hex_fd >= 0)
		result = tell(t, &r, add_dump, write_to, &t->hex_fd, e);
	if (result == 0 && t->write_json)
		result = tell(t, &r, add_object, t->write_json, t->context, e);
	else if (result == 0 && t->json_fd >= 0)
		result = tell(t, &r, add_object, write_to, &t->json_fd, e);
	return result;
}
