#include "policy/hsts.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/date.h"
#include "base/lock.h"
#include "base/num.h"
#include "http/value.h"

#define UNLIMITED INT64_MAX
#define FORGOTTEN INT64_MIN

/* A host, its letters lower-case; what is forgotten keeps its place. */
struct entry {
	char *host;
	size_t n;
	int64_t expires;
	bool subdomains;
	bool noted; /* the host said it since, so no file changes it */
};

struct hsts {
	struct lock *lock;
	struct entry *entries; /* in the order in which they came */
	size_t n, cap;
	size_t *slots; /* of a hash table: an entry's place and 1, or 0 */
	size_t slot_count; /* a power of 2, over twice `cap`; 0 at first */
};

struct hsts *hsts_new(struct error *e)
{
	struct hsts *hsts = calloc(1, sizeof(*hsts));

	if (!hsts) {
		error_memory(e);
		return NULL;
	}
	hsts->lock = lock_new(e);
	if (!hsts->lock) {
		free(hsts);
		return NULL;
	}
	return hsts;
}

void hsts_free(struct hsts *hsts)
{
	if (!hsts)
		return;
	for (size_t i = 0; i < hsts->n; i++)
		free(hsts->entries[i].host);
	free(hsts->entries);
	free(hsts->slots);
	lock_free(hsts->lock);
	free(hsts);
}

/* --- the field */

static bool take_max_age(uint64_t *age, struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		if (!ascii_is_digit(value.p[i]))
			return false;
	if (!num_decimal(value, UINT64_MAX, age))
		*age = UINT64_MAX;
	return value.n > 0;
}

/* A directive's value, unquoted; false when it is neither a token nor a whole
 * quoted-string. */
static bool read_value(struct buf *out, struct str value)
{
	size_t end = 1;

	if (!str_starts(value, STR("\""))) {
		buf_add_str(out, value);
		return value_is_token(value);
	}
	while (end < value.n && value.p[end] != '"')
		end += value.p[end] == '\\' ? 2 : 1;
	value_unquote(out, value);
	return end + 1 == value.n;
}

/* Bits of the directives that have been seen. */
enum directive { MAX_AGE = 1, SUBDOMAINS = 2 };

static bool take_directive(
	struct hsts_policy *policy, struct str text, unsigned *seen)
{
	struct str name, value;
	bool has_value = str_cut(text, '=', &name, &value);
	struct buf plain;
	bool good;

	name = value_trim(name);
	buf_init(&plain, text.n + 1);
	good = value_is_token(name) &&
		(!has_value || read_value(&plain, value_trim(value)));
	if (good && str_eq_nocase(name, STR("max-age"))) {
		good = has_value && !(*seen & MAX_AGE) &&
			take_max_age(&policy->max_age, buf_str(&plain));
		*seen |= MAX_AGE;
	} else if (good && str_eq_nocase(name, STR("includeSubDomains"))) {
		good = !has_value && !(*seen & SUBDOMAINS);
		policy->subdomains = true;
		*seen |= SUBDOMAINS;
	}
	good = good && !plain.failed;
	buf_fini(&plain);
	return good;
}

/* The length of what stands before the first ';' that is in no quotes. */
static size_t directive_length(struct str s)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < s.n && (quoted || s.p[i] != ';'); i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		else if (quoted && s.p[i] == '\\')
			i++;
	}
	return i < s.n ? i : s.n;
}

bool hsts_parse(struct hsts_policy *policy, struct str value)
{
	unsigned seen = 0;

	*policy = (struct hsts_policy){ 0 };
	while (value.n) {
		size_t n = directive_length(value);
		struct str text = value_trim(str_first(value, n));

		if (text.n && !take_directive(policy, text, &seen))
			return false;
		value = str_from(value, n + 1);
	}
	return seen & MAX_AGE;
}

/* --- the list; its lock is held */

static struct str without_dot(struct str host)
{
	while (host.n > 1 && host.p[host.n - 1] == '.')
		host.n--;
	return host;
}

/* FNV-1a, of lower-case letters */
static uint64_t hash(struct str host)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < host.n; i++) {
		value ^= (unsigned char)ascii_lower(host.p[i]);
		value *= UINT64_C(0x100000001b3);
	}
	return value;
}

/* The slot of `host`, or the empty one where it would be. */
static size_t *find_slot(const struct hsts *hsts, struct str host)
{
	size_t at = (size_t)hash(host);

	for (;; at++) {
		size_t *slot = &hsts->slots[at & (hsts->slot_count - 1)];
		const struct entry *entry;

		if (!*slot)
			return slot;
		entry = &hsts->entries[*slot - 1];
		if (str_eq_nocase((struct str){ entry->host, entry->n }, host))
			return slot;
	}
}

static struct entry *find(const struct hsts *hsts, struct str host)
{
	size_t place = hsts->slot_count ? *find_slot(hsts, host) : 0;

	return place ? &hsts->entries[place - 1] : NULL;
}

/* Room for one more entry, with at most half of the slots taken. */
static int grow(struct hsts *hsts)
{
	size_t cap = hsts->cap ? hsts->cap * 2 : 16;
	struct entry *entries;
	size_t *slots;

	if (hsts->n < hsts->cap)
		return 0;
	entries = reallocarray(hsts->entries, cap, sizeof(*entries));
	if (!entries)
		return -ERR_OUT_OF_MEMORY;
	hsts->entries = entries;
	slots = calloc(cap * 2, sizeof(*slots));
	if (!slots)
		return -ERR_OUT_OF_MEMORY;
	free(hsts->slots);
	hsts->slots = slots;
	hsts->slot_count = cap * 2;
	hsts->cap = cap;
	for (size_t i = 0; i < hsts->n; i++) {
		struct str host = { entries[i].host, entries[i].n };

		*find_slot(hsts, host) = i + 1;
	}
	return 0;
}

static struct entry *add(struct hsts *hsts, struct str host)
{
	struct entry *entry;

	if (grow(hsts) < 0)
		return NULL;
	entry = &hsts->entries[hsts->n];
	*entry = (struct entry){ .n = host.n, .expires = FORGOTTEN };
	entry->host = str_dup(host);
	if (!entry->host)
		return NULL;
	for (size_t i = 0; i < host.n; i++)
		entry->host[i] = ascii_lower(host.p[i]);
	*find_slot(hsts, host) = ++hsts->n;
	return entry;
}

int hsts_note(struct hsts *hsts, struct str host,
	const struct hsts_policy *policy, int64_t now)
{
	struct entry *entry;
	int error = 0;

	host = without_dot(host);
	lock_take(hsts->lock);
	entry = find(hsts, host);
	if (policy->max_age && !entry && !(entry = add(hsts, host)))
		error = -ERR_OUT_OF_MEMORY;
	if (entry) {
		entry->noted = true;
		entry->subdomains = policy->subdomains;
		entry->expires = FORGOTTEN;
		if (policy->max_age > (uint64_t)(UNLIMITED - now))
			entry->expires = UNLIMITED;
		else if (policy->max_age)
			entry->expires = now + (int64_t)policy->max_age;
	}
	lock_give(hsts->lock);
	return error;
}

bool hsts_knows(struct hsts *hsts, struct str host, int64_t now)
{
	struct str domain = without_dot(host), label;
	bool self = true, known = false;

	lock_take(hsts->lock);
	while (domain.n && !known) {
		const struct entry *entry = find(hsts, domain);

		known = entry && entry->expires > now &&
			(self || entry->subdomains);
		self = false;
		str_cut(domain, '.', &label, &domain);
	}
	lock_give(hsts->lock);
	return known;
}

/* --- files */

/* "YYYYMMDD HH:MM:SS" */
static bool read_time(struct str s, int64_t *time)
{
	static const char form[] = "YYYYMMDD HH:MM:SS";
	static const struct {
		int at, n, min, max;
	} parts[] = { { 0, 4, 1, 9999 }, { 4, 2, 1, 12 }, { 6, 2, 1, 31 },
		{ 9, 2, 0, 23 }, { 12, 2, 0, 59 }, { 15, 2, 0, 60 } };
	int values[6];
	struct date date;

	if (s.n != sizeof(form) - 1 || s.p[8] != ' ' || s.p[11] != ':' ||
		s.p[14] != ':')
		return false;
	for (int i = 0; i < 6; i++) {
		struct str digits = { s.p + parts[i].at, (size_t)parts[i].n };
		uint64_t value;

		if (!num_decimal(digits, (uint64_t)parts[i].max, &value) ||
			(int)value < parts[i].min)
			return false;
		values[i] = (int)value;
	}
	date = (struct date){ .year = values[0],
		.month = values[1],
		.day = values[2],
		.hour = values[3],
		.minute = values[4],
		.second = values[5] };
	*time = date_join(&date);
	return true;
}

/* One line that is being read. */
struct line {
	struct str host;
	bool subdomains;
	int64_t expires;
	const char *why; /* what is wrong with it */
	const char *where; /* and at which byte */
};

static bool reject(struct line *line, const char *where, const char *why)
{
	line->where = where;
	line->why = why;
	return false;
}

static bool read_line(struct line *line, struct str text)
{
	struct str rest, time;

	if (!str_cut(text, ' ', &line->host, &rest))
		return reject(
			line, text.p + text.n, "there is no time behind it");
	line->subdomains = str_starts(line->host, STR("."));
	line->host = without_dot(str_from(line->host, line->subdomains));
	if (line->host.n == 0)
		return reject(line, text.p, "there is no host");
	rest = str_trim(rest);
	time = str_from(rest, 1);
	if (time.n == 0 || rest.p[0] != '"' || time.p[--time.n] != '"')
		return reject(line, rest.p, "the time is not in quotes");
	line->expires = UNLIMITED;
	if (!str_eq(time, STR("unlimited")) && !read_time(time, &line->expires))
		return reject(line, time.p,
			"the time is not YYYYMMDD HH:MM:SS or unlimited");
	return true;
}

static int keep(struct hsts *hsts, const struct line *line)
{
	struct entry *entry = find(hsts, line->host);

	if (!entry && !(entry = add(hsts, line->host)))
		return -ERR_OUT_OF_MEMORY;
	if (entry->noted)
		return 0;
	if (line->expires > entry->expires)
		entry->expires = line->expires;
	entry->subdomains |= line->subdomains;
	return 0;
}

int hsts_load(struct hsts *hsts, struct str content, int64_t now,
	struct hsts_skips *skips)
{
	int error = 0;

	*skips = (struct hsts_skips){ 0 };
	lock_take(hsts->lock);
	for (size_t number = 1; content.n && error == 0; number++) {
		struct str text;
		struct line line;
		const char *start = content.p;

		str_cut(content, '\n', &text, &content);
		text = value_trim(text);
		if (text.n == 0 || text.p[0] == '#')
			continue;
		if (read_line(&line, text)) {
			if (line.expires > now)
				error = keep(hsts, &line);
		} else if (skips->count++ == 0) {
			skips->line = number;
			skips->byte = (size_t)(line.where - start);
			skips->why = line.why;
		}
	}
	lock_give(hsts->lock);
	return error;
}

/* No year has more than four digits here. */
static void write_time(struct buf *out, int64_t time)
{
	struct date date;

	if (time >= INT64_C(253402300800)) {
		buf_add_text(out, "unlimited");
		return;
	}
	date_split(time, &date);
	buf_printf(out, "%04d%02d%02d %02d:%02d:%02d", date.year, date.month,
		date.day, date.hour, date.minute, date.second);
}

void hsts_save(struct hsts *hsts, int64_t now, struct buf *out)
{
	/* To the byte what curl's files begin with. */
	buf_add_text(out,
		"# Your HSTS cache. https://curl.se/docs/hsts.html\n"
		"# This file was generated by libcurl! Edit at your own "
		"risk.\n");
	lock_take(hsts->lock);
	for (size_t i = 0; i < hsts->n; i++) {
		const struct entry *entry = &hsts->entries[i];

		if (entry->expires <= now)
			continue;
		if (entry->subdomains)
			buf_add_char(out, '.');
		buf_add(out, entry->host, entry->n);
		buf_add_text(out, " \"");
		write_time(out, entry->expires);
		buf_add_text(out, "\"\n");
	}
	lock_give(hsts->lock);
}
