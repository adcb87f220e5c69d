/* Request heads: a second parse and every prefix agree with the whole, what was
 * parsed lies where it says, and nothing doubtful gets through. */
#include <stdlib.h>

#include "base/ascii.h"
#include "http/request_list.h"
#include "http/value.h"

#define PREFIXES 8 /* that are tried, besides all of short inputs */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static bool is_graphic(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ' ' || ascii_is_control(s.p[i]))
			return false;
	return true;
}

static void check_inside(struct str part, struct str whole)
{
	check(part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_line(const struct received_request *q)
{
	check_inside(q->method, q->line);
	check_inside(q->target, q->line);
	check(value_is_token(q->method));
	check(q->target.n > 0 && is_graphic(q->target));
	check(is_graphic(q->authority));
	check(q->form != TARGET_ORIGIN || q->target.p[0] == '/');
	check((q->form == TARGET_AUTHORITY) ==
		str_eq(q->method, STR("CONNECT")));
}

/* Each line ends where the next begins, and no field has a name or value that
 * another reader could take for something else. */
static void check_fields(const struct received_request *q, struct str in)
{
	const struct head *h = &q->head;
	const char *p = q->line.p + q->line.n;

	check(h->bytes.p == in.p && h->major == 1 && h->status == 0);
	for (size_t i = 0; i < h->n; i++) {
		const struct field *f = &h->fields[i];

		check(f->line.p == p && f->name.p == p);
		check(value_is_token(f->name) && f->name.p[f->name.n] == ':');
		check_inside(f->value, f->line);
		check(str_find(f->value, '\0') < 0 &&
			str_find(f->value, '\r') < 0 &&
			str_find(f->value, '\n') < 0);
		p += f->line.n;
	}
	check(in.p + h->bytes.n - p >= 1 && in.p + h->bytes.n - p <= 2);
}

static void check_framing(const struct received_request *q)
{
	const struct head *h = &q->head;
	bool length = head_find(h, STR("Content-Length"), 0, NULL) != NULL;
	bool coding = head_find(h, STR("Transfer-Encoding"), 0, NULL) != NULL;
	bool host = head_find(h, STR("Host"), 0, NULL) != NULL;

	check(!(length && coding));
	check(host || h->minor == 0);
	switch (q->framing.kind) {
	case FRAMING_NONE:
		check(!length && !coding);
		break;
	case FRAMING_LENGTH:
		check(length && q->framing.length <= INT64_MAX);
		break;
	case FRAMING_CHUNKED:
		check(coding && h->minor >= 1 && !q->framing.codings[0]);
		break;
	default:
		abort();
	}
}

/* A prefix is not whole, or fails at once. */
static void check_prefix(struct str in, ssize_t whole, size_t n)
{
	char *copy = malloc(n ? n : 1);
	struct findings found = { .base = 0 };
	struct received_request q;
	ssize_t rc;

	check(copy != NULL);
	if (n)
		memcpy(copy, in.p, n);
	received_request_init(&q);
	rc = request_parse((struct str){ copy, n }, &q, &found, NULL);
	check(rc <= 0);
	check(rc == 0 || whole < 0);
	check(rc < 0 || found.n == 0);
	received_request_fini(&q);
	free(copy);
}

/* A request without findings is read the same from behind an empty line. */
static void check_behind_empty_line(const struct received_request *q)
{
	struct str in = q->head.bytes;
	struct received_request again;
	struct buf text;

	buf_init(&text, in.n + 2);
	buf_add_text(&text, "\r\n");
	buf_add_str(&text, in);
	received_request_init(&again);
	if (in.n + 2 <= LIMIT_HEAD) {
		check(request_parse(buf_str(&text), &again, NULL, NULL) ==
			(ssize_t)text.n);
		check(again.head.n == q->head.n && again.form == q->form);
		check(str_eq(again.target, q->target));
	}
	received_request_fini(&again);
	buf_fini(&text);
}

/* Told apart, the requests are all of the bytes, in order. */
static void check_list(struct str in)
{
	struct findings found = { .base = 0 };
	struct str rest = in;
	struct request_part part;
	size_t sum = 0;

	while (request_list_next(&rest, &part, &found)) {
		check(part.bytes.p == in.p + sum && part.bytes.n > 0);
		check(part.head <= part.bytes.n);
		check(part.wrong.code == 0 || rest.n == 0 || part.head > 0);
		sum += part.bytes.n;
		check(found.base == sum);
	}
	check(sum == in.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str in = { (const char *)data, size };
	struct findings found = { .base = 0 };
	struct error e = { 0 };
	struct received_request q;
	size_t stop, step;
	ssize_t rc;

	received_request_init(&q);
	rc = request_parse(in, &q, &found, &e);
	check(e.code == (rc < 0 ? -rc : 0) && (rc >= 0 || e.text[0]));
	check(rc != 0 || found.n == 0);
	stop = rc > 0 ? (size_t)rc : size;
	if (rc > 0) {
		check_line(&q);
		check_fields(&q, in);
		check_framing(&q);
		for (size_t i = 0; i < found.n; i++)
			check(finding_rule(found.items[i].id)->severity ==
				FINDING_WARNING);
		if (found.n == 0)
			check_behind_empty_line(&q);
	}
	step = stop / PREFIXES + 1;
	for (size_t n = 0; n < stop; n += step)
		check_prefix(in, rc, n);
	received_request_fini(&q);
	check_list(in);
	return 0;
}
