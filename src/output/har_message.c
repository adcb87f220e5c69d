#include "output/har_message.h"

#include "http/redact.h"
#include "http/value.h"

/* --- taking apart */

static struct str first_line(struct str bytes)
{
	ssize_t end = str_find(bytes, '\n');

	return str_first(bytes, end < 0 ? bytes.n : (size_t)end + 1);
}

/* What stands behind the last blank of a request line. */
static struct str version_of_request(struct str line)
{
	line = value_trim(line);
	for (size_t i = line.n; i > 0; i--)
		if (line.p[i - 1] == ' ')
			return str_from(line, i);
	return STR("");
}

void har_message_init(struct har_message *m, struct str bytes, bool request)
{
	struct error ignored;
	struct str line = first_line(bytes);
	struct str rest;

	*m = (struct har_message){ .version = STR(""), .reason = STR("") };
	head_init(&m->fields);
	if (bytes.n == 0)
		return;
	if (request) {
		m->version = version_of_request(line);
		bytes = str_from(bytes, line.n);
		m->failed = head_parse_trailers(bytes, &m->fields, NULL,
				    &ignored) == -ERR_OUT_OF_MEMORY;
		return;
	}
	m->failed = head_parse(bytes, &m->fields, NULL, &ignored) ==
		-ERR_OUT_OF_MEMORY;
	if (m->fields.status < 100)
		return;
	str_cut(value_trim(line), ' ', &m->version, &rest);
	m->reason = m->fields.reason.p ? m->fields.reason : STR("");
}

void har_message_fini(struct har_message *m)
{
	head_fini(&m->fields);
}

struct str har_message_value(const struct har_message *m, struct str name)
{
	return head_value(&m->fields, name);
}

/* --- writing */

static void put_pair(struct json *j, struct str name, struct str value)
{
	json_object_open(j);
	json_key(j, STR("name"));
	json_string(j, name);
	json_key(j, STR("value"));
	json_string(j, value);
	json_object_close(j);
}

void har_put_fields(struct json *j, const struct har_message *m, bool secrets)
{
	if (m->failed && !j->out->failed)
		j->out->failed = ERR_OUT_OF_MEMORY;
	json_key(j, STR("headers"));
	json_array_open(j);
	for (size_t i = 0; i < m->fields.n; i++) {
		const struct field *f = &m->fields.fields[i];
		struct buf value;

		buf_init(&value, 2 * LIMIT_REQUEST_HEAD);
		if (secrets)
			value_unfold(&value, f->value);
		else
			redact_value(&value, f->name, f->value);
		put_pair(j, f->name, buf_str(&value));
		json_depend(j, &value);
		buf_fini(&value);
	}
	json_array_close(j);
}

/* An attribute of Set-Cookie that HAR knows. */
static void put_attribute(struct json *j, struct str name, struct str value)
{
	if (str_eq_nocase(name, STR("Path"))) {
		json_key(j, STR("path"));
		json_string(j, value);
	} else if (str_eq_nocase(name, STR("Domain"))) {
		json_key(j, STR("domain"));
		json_string(j, value);
	} else if (str_eq_nocase(name, STR("HttpOnly"))) {
		json_key(j, STR("httpOnly"));
		json_bool(j, true);
	} else if (str_eq_nocase(name, STR("Secure"))) {
		json_key(j, STR("secure"));
		json_bool(j, true);
	}
}

/* One cookie, and for Set-Cookie its attributes, each of which once. */
static void put_cookie(
	struct json *j, struct str pair, struct str attributes, bool secrets)
{
	static const struct str known[] = { STR("Path"), STR("Domain"),
		STR("HttpOnly"), STR("Secure") };
	struct str name = STR(""), value = pair;

	if (!str_cut(pair, '=', &name, &value)) { /* it has no name */
		name = STR("");
		value = pair;
	}
	json_object_open(j);
	json_key(j, STR("name"));
	json_string(j, value_trim(name));
	json_key(j, STR("value"));
	json_string(j, secrets ? value_trim(value) : STR(REDACTED));
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct str rest = attributes, item, key, last = { NULL, 0 };
		bool there = false, more = rest.n > 0;

		while (more) {
			more = str_cut(rest, ';', &item, &rest);
			str_cut(item, '=', &key, &item);
			if (!str_eq_nocase(value_trim(key), known[i]))
				continue;
			last = value_trim(item);
			there = true;
		}
		if (there)
			put_attribute(j, known[i], last);
	}
	json_object_close(j);
}

void har_put_cookies(struct json *j, const struct har_message *m,
	struct str name, bool secrets)
{
	bool set = str_eq(name, STR("Set-Cookie"));
	const struct field *f;

	json_key(j, STR("cookies"));
	json_array_open(j);
	for (size_t at = 0; (f = head_find(&m->fields, name, at, &at)); at++) {
		struct str rest = f->value, pair;
		bool more;

		do {
			more = str_cut(rest, ';', &pair, &rest);
			pair = value_trim(pair);
			if (pair.n)
				put_cookie(j, pair,
					set && more ? rest : STR(""), secrets);
		} while (more && !set);
	}
	json_array_close(j);
}

void har_put_query(struct json *j, struct str url)
{
	struct str query = { NULL, 0 }, pair, name, value;
	bool more;

	str_cut(url, '#', &url, &value);
	more = str_cut(url, '?', &name, &query) && query.n;
	json_key(j, STR("queryString"));
	json_array_open(j);
	while (more) {
		more = str_cut(query, '&', &pair, &query);
		value = (struct str){ NULL, 0 };
		str_cut(pair, '=', &name, &value);
		put_pair(j, name, value.p ? value : STR(""));
	}
	json_array_close(j);
}
