#include "policy/netrc.h"

#include "base/ascii.h"

struct place {
	size_t line; /* from 1 */
	size_t byte; /* of the line, from 0 */
};

struct reader {
	struct str left; /* what is not read yet */
	struct place at; /* where that begins */
	struct buf word; /* the last word read, unquoted */
	struct place word_at;
	struct error *e;
};

struct search {
	struct str host, login;
	struct netrc_entry *best; /* so far */
	struct netrc_entry current; /* the entry that is being read */
	bool fits; /* its machine is the host, or it is a default that counts */
};

void netrc_init(struct netrc_entry *entry)
{
	buf_init(&entry->login, LIMIT_CONFIG_LINE);
	buf_init(&entry->password, LIMIT_CONFIG_LINE);
	entry->has_login = entry->has_password = false;
}

void netrc_fini(struct netrc_entry *entry)
{
	buf_fini(&entry->login);
	buf_fini(&entry->password);
	entry->has_login = entry->has_password = false;
}

/* --- words */

static int refuse(const struct reader *r, struct place at, const char *why)
{
	return error_set(r->e, ERR_READ, "%s in line %zu at byte offset %zu",
		why, at.line, at.byte);
}

static void skip(struct reader *r)
{
	if (r->left.p[0] == '\n')
		r->at = (struct place){ r->at.line + 1, 0 };
	else
		r->at.byte++;
	r->left = str_from(r->left, 1);
}

static void skip_line(struct reader *r)
{
	while (r->left.n && r->left.p[0] != '\n')
		skip(r);
	if (r->left.n)
		skip(r);
}

/* Up to the next word. A '#' in front of a value is part of it: passwords may
 * begin with one. */
static void skip_blanks(struct reader *r, bool comments)
{
	while (r->left.n) {
		if (comments && r->left.p[0] == '#')
			skip_line(r);
		else if (ascii_is_space(r->left.p[0]))
			skip(r);
		else
			return;
	}
}

static char unescape(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

/* The rest of a word whose first quote is read already. */
static int read_quoted(struct reader *r)
{
	while (r->left.n && r->left.p[0] != '\n') {
		char c = r->left.p[0];

		if (c == '\0')
			return refuse(r, r->at, "a NUL byte");
		skip(r);
		if (c == '"') {
			if (r->left.n && !ascii_is_space(r->left.p[0]))
				return refuse(r, r->at,
					"text behind a closing quote");
			return 1;
		}
		if (c == '\\' && r->left.n && r->left.p[0] != '\n' &&
			r->left.p[0] != '\0') {
			c = unescape(r->left.p[0]);
			skip(r);
		}
		buf_add_char(&r->word, c);
	}
	return refuse(r, r->word_at, "a quoted word without its closing quote");
}

/* Returns 1 with r->word, 0 at the end of the content, or an error. */
static int read_word(struct reader *r, bool comments)
{
	buf_clear(&r->word);
	skip_blanks(r, comments);
	if (r->left.n == 0)
		return 0;
	r->word_at = r->at;
	if (r->left.p[0] == '"') {
		skip(r);
		return read_quoted(r);
	}
	while (r->left.n && !ascii_is_space(r->left.p[0])) {
		if (r->left.p[0] == '\0')
			return refuse(r, r->at, "a NUL byte");
		buf_add_char(&r->word, r->left.p[0]);
		skip(r);
	}
	return 1;
}

/* Read the word that belongs to `keyword`, the one just read. */
static int read_value(struct reader *r, const char *keyword)
{
	struct place at = r->word_at;
	int result = read_word(r, false);

	if (result < 0)
		return result;
	if (result == 0)
		return error_set(r->e, ERR_READ,
			"'%s' without a value in line %zu at byte offset %zu",
			keyword, at.line, at.byte);
	return buf_check(&r->word, "word of a netrc file", r->e);
}

/* A macro goes on to an empty line. */
static int skip_macro(struct reader *r)
{
	int error = read_value(r, "macdef");

	if (error < 0)
		return error;
	skip_line(r);
	while (r->left.n && r->left.p[0] != '\n' &&
		!str_starts(r->left, STR("\r\n")))
		skip_line(r);
	return 0;
}

/* --- entries */

static void move(struct buf *to, struct buf *from)
{
	buf_fini(to);
	*to = *from;
	buf_init(from, LIMIT_CONFIG_LINE);
}

/* An entry without a login is for everybody who has one. */
static bool serves(const struct search *s, const struct netrc_entry *entry)
{
	return !s->login.p || !entry->has_login ||
		str_eq(buf_str(&entry->login), s->login);
}

/* The entry that was read has come to its end: keep it when it is better than
 * the best. True when no other can be better than it. */
static bool end_entry(struct search *s)
{
	struct netrc_entry *now = &s->current, *best = s->best;
	bool any = best->has_login || best->has_password;
	bool whole = now->has_password && (now->has_login || s->login.p);
	bool better = whole || (!any && (now->has_login || now->has_password));

	if (!s->fits || !better || !serves(s, now))
		return false;
	move(&best->login, &now->login);
	move(&best->password, &now->password);
	best->has_login = now->has_login;
	best->has_password = now->has_password;
	return whole;
}

static void begin_entry(struct search *s, bool fits)
{
	buf_clear(&s->current.login);
	buf_clear(&s->current.password);
	s->current.has_login = s->current.has_password = false;
	s->fits = fits;
}

static int read_secret(
	struct reader *r, const char *keyword, struct buf *to, bool *has)
{
	int error = read_value(r, keyword);

	if (error < 0)
		return error;
	move(to, &r->word);
	*has = true;
	return 0;
}

static bool is_word(const struct reader *r, const char *name)
{
	return str_eq_nocase(buf_str(&r->word), str_of(name));
}

/* Act on the keyword in r->word. Returns 1 when the search is over, 0, or an
 * error. */
static int read_keyword(struct reader *r, struct search *s)
{
	int error;

	if (is_word(r, "machine")) {
		if (end_entry(s))
			return 1;
		error = read_value(r, "machine");
		begin_entry(s, str_eq_nocase(buf_str(&r->word), s->host));
		return error;
	}
	if (is_word(r, "default")) {
		if (end_entry(s))
			return 1;
		begin_entry(s, !s->best->has_login && !s->best->has_password);
		return 0;
	}
	if (is_word(r, "login"))
		return read_secret(
			r, "login", &s->current.login, &s->current.has_login);
	if (is_word(r, "password"))
		return read_secret(r, "password", &s->current.password,
			&s->current.has_password);
	if (is_word(r, "account"))
		return read_value(r, "account");
	return is_word(r, "macdef") ? skip_macro(r) : 0;
}

static int search_all(struct reader *r, struct search *s)
{
	int result;

	while ((result = read_word(r, true)) > 0) {
		result = buf_check(&r->word, "word of a netrc file", r->e);
		if (result == 0)
			result = read_keyword(r, s);
		if (result != 0)
			return result;
	}
	if (result == 0)
		end_entry(s);
	return result;
}

int netrc_find(struct netrc_entry *entry, struct str content, struct str host,
	struct str login, struct error *e)
{
	struct reader r = { .left = content, .at = { .line = 1 }, .e = e };
	struct search s = { .host = host, .login = login, .best = entry };
	int result;

	netrc_init(entry);
	netrc_init(&s.current);
	buf_init(&r.word, LIMIT_CONFIG_LINE);
	result = search_all(&r, &s);
	buf_fini(&r.word);
	netrc_fini(&s.current);
	if (result < 0)
		return result;
	return entry->has_login || entry->has_password;
}
