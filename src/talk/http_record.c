#include "talk/http_record.h"

#include "base/clock.h"
#include "base/json.h"

#define RAW_MAX (1u << 20)
#define GROWTH 8 /* a byte may be "\u0000" */

void http_record_init(
	struct http_record *r, struct visit *v, bool json, bool wants_content)
{
	*r = (struct http_record){
		.visit = v, .json = json, .wants_content = wants_content || json
	};
	buf_init(&r->raw, RAW_MAX);
	buf_init(&r->content, LIMIT_HEARD);
}

void http_record_fini(struct http_record *r)
{
	buf_fini(&r->raw);
	buf_fini(&r->content);
	visit_forget(r->visit);
}

void http_record_begin(struct http_record *r)
{
	buf_clear(&r->raw);
	buf_clear(&r->content);
	visit_forget(r->visit);
	r->received = 0;
	r->length = 0;
	r->time = clock_wall();
}

static int hand_on(struct http_record *r, struct str bytes, struct error *e)
{
	return bytes.n ? visit_take(r->visit, bytes, e) : 0;
}

int http_record_raw(struct http_record *r, struct str bytes, struct error *e)
{
	size_t room = RAW_MAX - r->raw.n;
	size_t n = bytes.n < room ? bytes.n : room;
	struct error full;
	int rc = 0;

	r->received += bytes.n;
	if (r->json || bytes.n <= room) {
		rc = visit_keep(r->visit, n, &full);
		if (rc == 0) {
			buf_add_str(&r->raw, str_first(bytes, n));
			return buf_check(&r->raw, "request", e);
		}
	}
	if (r->json) {
		*e = full;
		return rc;
	}
	rc = hand_on(r, buf_str(&r->raw), e);
	buf_clear(&r->raw);
	return rc < 0 ? rc : hand_on(r, bytes, e);
}

int http_record_content(
	struct http_record *r, struct str bytes, struct error *e)
{
	r->length += bytes.n;
	if (!r->wants_content)
		return 0;
	if (visit_keep(r->visit, bytes.n, e) < 0)
		return -e->code;
	buf_add_str(&r->content, bytes);
	return buf_check(&r->content, "content of the request", e);
}

/* --- JSON */

static void add_string(struct json *j, struct str key, struct str value)
{
	json_key(j, key);
	json_string(j, value);
}

static void add_start(const struct http_record *r, struct json *j)
{
	struct buf time;

	buf_init(&time, LIMIT_ERROR_TEXT);
	buf_printf(&time, "%lld.%06d", (long long)(r->time / 1000000),
		(int)(r->time % 1000000));
	json_object_open(j);
	json_key(j, STR("time"));
	json_number(j, buf_text(&time));
	add_string(j, STR("peer"), str_of(r->visit->peer));
	buf_fini(&time);
}

static void add_fields(struct json *j, struct str key, const struct head *h)
{
	json_key(j, key);
	json_array_open(j);
	for (size_t i = 0; i < h->n; i++) {
		json_object_open(j);
		add_string(j, STR("name"), h->fields[i].name);
		add_string(j, STR("value"), h->fields[i].value);
		json_object_close(j);
	}
	json_array_close(j);
}

static void add_findings(struct json *j, const struct findings *found)
{
	json_key(j, STR("findings"));
	json_array_open(j);
	for (size_t i = 0; i < found->n; i++) {
		const struct finding *f = &found->items[i];
		const struct finding_rule *rule = finding_rule(f->id);

		json_object_open(j);
		json_key(j, STR("offset"));
		json_int(j, (int64_t)f->offset);
		add_string(j, STR("rule"), str_of(rule->name));
		add_string(j, STR("what"), str_of(rule->what));
		add_string(j, STR("section"), str_of(rule->section));
		json_object_close(j);
	}
	json_array_close(j);
}

static void add_request(struct json *j, const struct received_request *request)
{
	char version[] = "1.0";

	version[2] = (char)('0' + request->head.minor);
	add_string(j, STR("method"), request->method);
	add_string(j, STR("target"), request->target);
	add_string(j, STR("version"), str_of(version));
	add_fields(j, STR("fields"), &request->head);
}

/* The end of the object, and out with it. */
static int finish(struct http_record *r, struct json *j, uint64_t length,
	struct str data, const struct findings *found, struct error *e)
{
	int rc;

	json_key(j, STR("length"));
	json_int(j, (int64_t)length);
	transcript_add_data(j, data);
	add_findings(j, found);
	json_object_close(j);
	buf_add_char(j->out, '\n');
	rc = buf_check(j->out, "request as JSON", e);
	if (rc == 0)
		rc = hand_on(r, buf_str(j->out), e);
	buf_fini(j->out);
	return rc;
}

static void begin(const struct http_record *r, struct buf *out, struct json *j)
{
	buf_init(out,
		(size_t)GROWTH * (LIMIT_HEAD + LIMIT_TRAILERS + LIMIT_HEARD));
	json_init(j, out);
	add_start(r, j);
}

/* --- the end of a request */

int http_record_end(struct http_record *r,
	const struct received_request *request, const struct head *trailers,
	const struct findings *found, struct error *e)
{
	struct buf out;
	struct json j;

	if (!r->json)
		return hand_on(r, buf_str(&r->raw), e);
	begin(r, &out, &j);
	add_request(&j, request);
	add_fields(&j, STR("trailers"), trailers);
	return finish(r, &j, r->length, buf_str(&r->content), found, e);
}

int http_record_refused(struct http_record *r, const struct error *why,
	const struct findings *found, struct error *e)
{
	struct buf out;
	struct json j;

	if (!r->json)
		return hand_on(r, buf_str(&r->raw), e);
	begin(r, &out, &j);
	add_string(&j, STR("error"), str_of(why->text));
	return finish(r, &j, r->received, buf_str(&r->raw), found, e);
}
