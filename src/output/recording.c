#include "output/recording.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/lock.h"
#include "base/utf8.h"
#include "output/descriptor.h"

#define LINE_LIMIT (1u << 30) /* bytes of one line */

struct recording {
	int fd;
	int64_t began; /* clock_now() */
	struct lock *lock; /* of all that follows, and of the order of lines */
	long connections;
	struct buf bytes, encoded, line; /* of the event being written */
	struct error failed;
};

struct recording *recording_new(int fd, struct error *e)
{
	struct recording *r = calloc(1, sizeof(*r));

	if (r)
		r->lock = lock_new(e);
	if (!r || !r->lock) {
		free(r);
		error_memory(e);
		return NULL;
	}
	r->fd = fd;
	r->began = clock_now();
	buf_init(&r->bytes, LINE_LIMIT);
	buf_init(&r->encoded, LINE_LIMIT);
	buf_init(&r->line, LINE_LIMIT);
	return r;
}

void recording_free(struct recording *r)
{
	if (!r)
		return;
	lock_free(r->lock);
	buf_fini(&r->bytes);
	buf_fini(&r->encoded);
	buf_fini(&r->line);
	free(r);
}

int recording_check(struct recording *r, struct error *e)
{
	lock_take(r->lock);
	if (r->failed.code)
		*e = r->failed;
	lock_give(r->lock);
	return -e->code;
}

static void put_text(struct json *j, struct str key, const char *value)
{
	json_key(j, key);
	json_string(j, str_of(value));
}

static void put_int(struct json *j, struct str key, int64_t value)
{
	json_key(j, key);
	json_int(j, value);
}

/* Begin the line of an event; the lock is held until end_line has written it,
 * so that times go with the order of lines. */
static void begin_line(
	struct recording *r, struct json *j, long connection, const char *event)
{
	char seconds[32];
	int64_t us = clock_now() - r->began;

	buf_clear(&r->line);
	snprintf(seconds, sizeof(seconds), "%" PRId64 ".%06" PRId64,
		us / 1000000, us % 1000000);
	json_init(j, &r->line);
	json_object_open(j);
	json_key(j, STR("time"));
	json_number(j, seconds);
	put_int(j, STR("connection"), connection);
	put_text(j, STR("event"), event);
}

static void end_line(struct recording *r, struct json *j)
{
	int failed;

	json_object_close(j);
	buf_add_char(&r->line, '\n');
	if (r->failed.code)
		return;
	if (buf_check(&r->line, "line of a recording", &r->failed) < 0)
		return;
	failed = -descriptor_write_str(r->fd, buf_str(&r->line));
	if (failed)
		error_set(&r->failed, ERR_WRITE, "cannot write: %s",
			error_system(failed));
}

static void put_bytes(struct recording *r, struct json *j, struct str bytes)
{
	if (utf8_valid(bytes)) {
		json_key(j, STR("text"));
		json_string(j, bytes);
		return;
	}
	buf_clear(&r->encoded);
	base64_encode(&r->encoded, bytes);
	ignore(buf_check(&r->encoded, "line of a recording", &r->failed));
	json_key(j, STR("base64"));
	json_string(j, buf_str(&r->encoded));
}

static void put_failure(struct json *j, const struct error *e)
{
	put_int(j, STR("code"), e->code);
	put_text(j, STR("error"), e->text);
}

long recording_opened(
	void *recording, const char *host, uint16_t port, bool tls)
{
	struct recording *r = recording;
	struct json j;
	long connection;

	lock_take(r->lock);
	connection = r->connections++;
	begin_line(r, &j, connection, "open");
	put_text(&j, STR("host"), host);
	put_int(&j, STR("port"), port);
	json_key(&j, STR("tls"));
	json_bool(&j, tls);
	end_line(r, &j);
	lock_give(r->lock);
	return connection;
}

void recording_sent(
	void *recording, long connection, const struct iovec *iov, size_t n)
{
	struct recording *r = recording;
	struct json j;

	lock_take(r->lock);
	buf_clear(&r->bytes);
	for (; n; iov++) {
		size_t here = n < iov->iov_len ? n : iov->iov_len;

		buf_add(&r->bytes, iov->iov_base, here);
		n -= here;
	}
	ignore(buf_check(&r->bytes, "write of a recording", &r->failed));
	begin_line(r, &j, connection, "sent");
	put_bytes(r, &j, buf_str(&r->bytes));
	end_line(r, &j);
	lock_give(r->lock);
}

void recording_received(void *recording, long connection, struct str bytes)
{
	struct recording *r = recording;
	struct json j;

	lock_take(r->lock);
	begin_line(r, &j, connection, "received");
	put_bytes(r, &j, bytes);
	end_line(r, &j);
	lock_give(r->lock);
}

/* `e` is NULL where nothing has failed. */
static void put_event(struct recording *r, long connection, const char *event,
	const struct error *e)
{
	struct json j;

	lock_take(r->lock);
	begin_line(r, &j, connection, event);
	if (e)
		put_failure(&j, e);
	end_line(r, &j);
	lock_give(r->lock);
}

void recording_ended(
	void *recording, long connection, bool cut, const struct error *e)
{
	put_event(recording, connection, cut ? "cut" : e ? "failed" : "end", e);
}

void recording_refused(void *recording, long connection, const struct error *e)
{
	put_event(recording, connection, "refused", e);
}

void recording_shut(void *recording, long connection)
{
	put_event(recording, connection, "shut", NULL);
}

void recording_closed(void *recording, long connection)
{
	put_event(recording, connection, "close", NULL);
}
