#include "policy/sigv4_canonical.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "url/percent.h"

/* Percent-encode all but the slashes. */
static void encode_segments(struct buf *out, struct str path)
{
	struct str segment;
	bool more;

	do {
		more = str_cut(path, '/', &segment, &path);
		percent_encode(out, segment);
		if (more)
			buf_add_char(out, '/');
	} while (more);
}

/* Take the last segment off what has been appended from `start` on. */
static void drop_segment(struct buf *out, size_t start)
{
	while (out->n > start && out->p[--out->n] != '/')
		;
}

/* Every segment is appended as "/segment", so that a slash is still due at the
 * end when the last one was empty or dots. */
static void encode_normalized(struct buf *out, struct str path)
{
	size_t start = out->n;
	struct str segment;
	bool more, due;

	do {
		more = str_cut(path, '/', &segment, &path);
		due = segment.n == 0 || str_eq(segment, STR(".")) ||
			str_eq(segment, STR(".."));
		if (str_eq(segment, STR("..")))
			drop_segment(out, start);
		if (due)
			continue;
		buf_add_char(out, '/');
		percent_encode(out, segment);
	} while (more);
	if (due)
		buf_add_char(out, '/');
}

void sigv4_canonical_path(struct buf *out, struct str path, bool once)
{
	struct buf decoded;

	if (!once) {
		encode_normalized(out, path);
		return;
	}
	buf_init(&decoded, path.n);
	percent_decode(&decoded, path);
	encode_segments(out, buf_str(&decoded));
	if (decoded.failed)
		out->failed = decoded.failed;
	buf_fini(&decoded);
}

static int compare(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* A parameter, encoded, in the buffer of all. */
struct parameter {
	size_t at, name_n, value_n;
	const struct buf *all;
};

static struct str name_of(const struct parameter *p)
{
	return (struct str){ p->all->p + p->at, p->name_n };
}

static struct str value_of(const struct parameter *p)
{
	return (struct str){ p->all->p + p->at + p->name_n, p->value_n };
}

static int compare_parameters(const void *a, const void *b)
{
	int order = compare(name_of(a), name_of(b));

	return order ? order : compare(value_of(a), value_of(b));
}

/* Append `s`, decoded and encoded again; returns the bytes appended. */
static size_t encode_again(struct buf *out, struct str s)
{
	size_t before = out->n;
	struct buf spaced, decoded;

	buf_init(&spaced, s.n);
	buf_init(&decoded, s.n);
	for (size_t i = 0; i < s.n; i++)
		buf_add_char(&spaced, s.p[i] == '+' ? ' ' : s.p[i]);
	percent_decode(&decoded, buf_str(&spaced));
	percent_encode(out, buf_str(&decoded));
	if (spaced.failed || decoded.failed)
		out->failed = ERR_OUT_OF_MEMORY;
	buf_fini(&spaced);
	buf_fini(&decoded);
	return out->n - before;
}

/* Returns the number of parameters. */
static size_t read_parameters(
	struct parameter *parameters, struct buf *all, struct str query)
{
	struct str parameter, name, value;
	size_t n = 0;
	bool more;

	do {
		more = str_cut(query, '&', &parameter, &query);
		if (parameter.n == 0)
			continue;
		str_cut(parameter, '=', &name, &value);
		parameters[n].all = all;
		parameters[n].at = all->n;
		parameters[n].name_n = encode_again(all, name);
		parameters[n].value_n = encode_again(all, value);
		n++;
	} while (more);
	return n;
}

int sigv4_canonical_query(struct buf *out, struct str query, struct error *e)
{
	struct parameter *parameters;
	struct buf all;
	size_t n = 1;

	for (size_t i = 0; i < query.n; i++)
		n += query.p[i] == '&';
	parameters = calloc(n, sizeof(*parameters));
	if (!parameters)
		return error_memory(e);
	buf_init(&all, 3 * query.n);
	n = read_parameters(parameters, &all, query);
	if (all.failed) {
		out->failed = all.failed;
		n = 0;
	}
	if (n)
		qsort(parameters, n, sizeof(*parameters), compare_parameters);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(out, '&');
		buf_add_str(out, name_of(&parameters[i]));
		buf_add_char(out, '=');
		buf_add_str(out, value_of(&parameters[i]));
	}
	buf_fini(&all);
	free(parameters);
	return 0;
}

static int compare_fields(const void *a, const void *b)
{
	const struct user_field *x = *(const struct user_field *const *)a;
	const struct user_field *y = *(const struct user_field *const *)b;
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;

	for (size_t i = 0; i < n; i++) {
		int order = (unsigned char)ascii_lower(x->name.p[i]) -
			(unsigned char)ascii_lower(y->name.p[i]);

		if (order)
			return order;
	}
	if (x->name.n != y->name.n)
		return x->name.n < y->name.n ? -1 : 1;
	/* Those of one name stay as they were. */
	return (x > y) - (x < y);
}

static void add_name(struct buf *out, struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		buf_add_char(out, ascii_lower(name.p[i]));
}

static void add_value(struct buf *out, struct str value)
{
	value = str_trim(value);
	for (size_t i = 0; i < value.n; i++) {
		if (!ascii_is_blank(value.p[i]))
			buf_add_char(out, value.p[i]);
		else if (!ascii_is_blank(value.p[i - 1]))
			buf_add_char(out, ' ');
	}
}

int sigv4_canonical_fields(struct buf *lines, struct buf *names,
	const struct user_field *fields, size_t n, struct error *e)
{
	const struct user_field **sorted = calloc(n + 1, sizeof(*sorted));
	size_t kept = 0;

	if (!sorted)
		return error_memory(e);
	for (size_t i = 0; i < n; i++)
		if (fields[i].kind != USER_FIELD_REMOVE)
			sorted[kept++] = &fields[i];
	qsort(sorted, kept, sizeof(*sorted), compare_fields);
	for (size_t i = 0; i < kept; i++) {
		if (i && str_eq_nocase(sorted[i]->name, sorted[i - 1]->name)) {
			buf_add_char(lines, ',');
		} else {
			buf_add_text(lines, i ? "\n" : "");
			buf_add_text(names, i ? ";" : "");
			add_name(lines, sorted[i]->name);
			add_name(names, sorted[i]->name);
			buf_add_char(lines, ':');
		}
		add_value(lines, sorted[i]->value);
	}
	if (kept)
		buf_add_char(lines, '\n');
	free(sorted);
	return 0;
}
