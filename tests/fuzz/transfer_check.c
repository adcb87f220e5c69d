#include "fuzz/transfer_check.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/json_read.h"
#include "base/num.h"
#include "support/answers.h"

#define SECRET "S3cr3t"
#define CONTENT_MAX (256u << 20)

void transfer_must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_transfer: %s\n", what);
	abort();
}

/* There is one transfer, so that its exit code is the program's. */
static bool is_single(const struct transfer *t)
{
	return !(t->meaning & MANY) && t->n_urls == 1;
}

/* The content of a file; false when there is none. buf_fini is due. */
static bool read_file(const char *path, struct buf *content)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *room;

	buf_init(content, CONTENT_MAX);
	if (fd < 0)
		return false;
	transfer_must(fstat(fd, &st) == 0, "fstat");
	room = buf_reserve(content, (size_t)st.st_size + 1);
	transfer_must(room != NULL, "memory is out");
	content->n = (size_t)read(fd, room, (size_t)st.st_size);
	transfer_must(content->n == (size_t)st.st_size, "read");
	close(fd);
	return true;
}

/* --- secrets */

/* Whether `text` has `secret` in it. */
static bool has(struct str text, struct str secret)
{
	return str_search(text, secret) >= 0;
}

static struct str base64_at_front(struct str text)
{
	size_t n = 0;

	while (n < text.n && text.p[n] > ' ' && text.p[n] != '"' &&
		text.p[n] != '\\')
		n++;
	return str_first(text, n);
}

/* The same, also behind "Basic ". */
static bool reveals(struct str text, struct str secret)
{
	static const struct str basic = STR("Basic ");
	bool found = has(text, secret);
	ssize_t at;

	while (!found && (at = str_search(text, basic)) >= 0) {
		struct buf decoded;

		text = str_from(text, (size_t)at + basic.n);
		buf_init(&decoded, CONTENT_MAX);
		found = base64_decode(&decoded, base64_at_front(text)) &&
			has(buf_str(&decoded), secret);
		buf_fini(&decoded);
	}
	return found;
}

static unsigned origin_of(const struct dialed *d)
{
	struct str host = str_of(d->host);

	if (str_eq_nocase(host, STR("a.test")))
		return d->port == 80 ? A80 : d->port == 443 ? A443 : A8080;
	if (str_eq_nocase(host, STR("b.test")) &&
		(d->port == 80 || d->port == 443))
		return d->port == 80 ? B80 : B443;
	return 0;
}

/* Each secret went only where it belongs. */
static void check_sent(const struct transfer *t)
{
	unsigned upgraded = t->meaning & HSTS ? A443 | B443 : 0;
	const struct {
		struct str secret;
		unsigned origins;
	} secrets[] = {
		{ STR(SECRET "-urla"), A80 | upgraded },
		{ STR(SECRET "-urlb"), B443 },
		{ STR(SECRET "-neta"), A80 | A443 | A8080 },
		{ STR(SECRET "-netb"), B80 | B443 },
		{ STR(SECRET "-cookiea"), A80 | A443 | A8080 },
		{ STR(SECRET "-cookieb"), B443 },
		{ STR(SECRET "-user"), t->meaning | upgraded },
	};

	if (t->meaning & (TRUSTED | PROXY))
		return;
	for (size_t i = 0; i < answers_dialed(); i++) {
		const struct dialed *d = answers_dial(i);

		for (size_t j = 0; j < sizeof(secrets) / sizeof(*secrets); j++)
			transfer_must((secrets[j].origins & origin_of(d)) ||
					!reveals(buf_str(&d->sent),
						secrets[j].secret),
				"a secret is sent to another origin");
	}
}

static void check_shown(const struct transfer *t)
{
	static const char *const files[] = { "../output", "messages", "report",
		"har", "out", "head" };

	if (t->meaning & SHOWN)
		return;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct buf content;

		if (read_file(files[i], &content))
			transfer_must(!reveals(buf_str(&content), STR(SECRET)),
				files[i]);
		buf_fini(&content);
	}
}

/* Whether the peers themselves say what looks like a secret, in pieces or not:
 * that may come back to them, and be shown. */
static bool made_up(struct str answers)
{
	struct buf said;
	bool found;

	buf_init(&said, CONTENT_MAX);
	for (size_t i = 0; i < answers.n; i++)
		if (answers.p[i] != '~')
			buf_add_char(&said, answers.p[i]);
		else if (i + 1 < answers.n &&
			strchr("|>.!/?0123456789wxt", answers.p[i + 1]))
			i++;
	found = has(buf_str(&said), STR("3cr3t"));
	buf_fini(&said);
	return found;
}

static void check_secrets(const struct transfer *t)
{
	if (made_up(t->answers))
		return;
	check_sent(t);
	check_shown(t);
}

/* --- documents */

static bool is_json(struct str text)
{
	struct json_reader r;

	json_reader_init(&r, text);
	return json_read_any(&r) && json_read_end(&r);
}

static void check_documents(void)
{
	static const char *const documents[] = { "har", "json", "fields" };
	struct buf content;

	for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++) {
		if (read_file(documents[i], &content))
			transfer_must(is_json(buf_str(&content)), documents[i]);
		buf_fini(&content);
	}
	if (read_file("report", &content)) {
		struct str line, rest = buf_str(&content);

		while (str_cut(rest, '\n', &line, &rest))
			transfer_must(is_json(line), "report");
		transfer_must(rest.n == 0 && line.n == 0, "report");
	}
	buf_fini(&content);
}

/* --- files */

static bool is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* No file that is left behind is hidden, as temporary ones are. */
static void check_litter(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		transfer_must(is_shown(entry) ||
				strcmp(entry->d_name, ".") == 0 ||
				strcmp(entry->d_name, "..") == 0,
			"a temporary file is left");
	if (d)
		closedir(d);
}

/* What was there before is as it was, when nothing whole has come. */
static void check_old(const struct transfer *t)
{
	static const struct str old = STR(OLD_CONTENT);
	struct buf content;

	if (t->code == 0 || t->n_files != 1 || !is_single(t) ||
		(t->meaning & (FAIL_BODY | REMOVED | IN_PLACE)))
		return;
	transfer_must(read_file(t->file, &content), "the old file is gone");
	if (t->meaning & RESUMED)
		transfer_must(str_starts(buf_str(&content), old),
			"the old file's beginning has changed");
	else
		transfer_must(str_eq(buf_str(&content), old),
			"the old file has changed");
	buf_fini(&content);
}

/* --- exit codes */

/* The value of "NAME=VALUE" among what -w has told. */
static struct str fact(struct str facts, struct str name)
{
	ssize_t at = str_search(facts, name);
	struct str value, rest;

	if (at < 0)
		return (struct str){ 0 };
	str_cut(str_from(facts, (size_t)at + name.n), ' ', &value, &rest);
	return value;
}

static void check_whole(const struct transfer *t, struct str facts)
{
	struct str method = fact(facts, STR("method="));
	struct str length = fact(facts, STR("length="));
	struct str size = fact(facts, STR("size="));

	if (t->code != 0 || (t->meaning & (HEAD | LENIENT)) ||
		str_eq(method, STR("HEAD")) || length.n == 0 || length.n > 18 ||
		!str_eq(fact(facts, STR("coding=")), STR("\n")) ||
		!str_eq(fact(facts, STR("status=")), STR("200")))
		return;
	transfer_must(str_eq(length, size), "exit code 0 for a part");
}

static void check_code(const struct transfer *t)
{
	const struct dialed *last = answers_last_read();
	struct buf facts;
	char code[16];

	transfer_must(t->code >= 0 && t->code < 256, "no exit code");
	snprintf(code, sizeof(code), "%d", t->code);
	if (!is_single(t))
		return;
	transfer_must(t->code != 0 || !last || !last->failed,
		"exit code 0 when receiving has failed");
	if (read_file("facts", &facts)) {
		transfer_must(str_eq(fact(buf_str(&facts), STR("exit=")),
				      str_of(code)),
			"-w told of another exit code");
		check_whole(t, buf_str(&facts));
	}
	buf_fini(&facts);
}

/* --- what a terminal gets */

/* Bytes that one obeys, or that make a line another: controls but for the
 * line's own, and their 8-bit forms in UTF-8. */
static bool is_control(const char *at, size_t left)
{
	unsigned char c = (unsigned char)*at;

	if (c == 0xc2 && left > 1 && (unsigned char)at[1] < 0xa0)
		return true;
	return c == 0x7f || (c < ' ' && !memchr("\n\r\t", c, 3));
}

static void check_terminal(const struct transfer *t)
{
	static const char *const files[] = { "../output", "messages" };

	if ((t->meaning & (TERMINAL | COLOURED)) != TERMINAL)
		return;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct buf content;

		read_file(files[i], &content);
		for (size_t at = 0; at < content.n; at++)
			transfer_must(
				!is_control(content.p + at, content.n - at),
				"a control character gets to a terminal");
		buf_fini(&content);
	}
}

/* --- what was asked */

/* Where the head at the front of `sent` ends; 0: it does not. */
static size_t head_length(struct str sent)
{
	ssize_t at = str_search(sent, STR("\r\n\r\n"));

	return at < 0 ? 0 : (size_t)at + 4;
}

/* A line is one: nothing in it can be taken for the end of it. */
static void check_lines(struct str head)
{
	for (size_t i = 0; i < head.n; i++) {
		transfer_must(head.p[i] != '\0', "NUL is sent in a head");
		transfer_must((head.p[i] == '\r') ==
				(i + 1 < head.n && head.p[i + 1] == '\n'),
			"CR or LF is sent in a field");
	}
}

static void check_requests(const struct transfer *t)
{
	if (t->meaning & PROXY)
		return;
	for (size_t i = 0; i < answers_dialed(); i++) {
		struct str sent = buf_str(&answers_dial(i)->sent);
		size_t n;

		while ((n = head_length(sent)) > 0) {
			check_lines(str_first(sent, n));
			if (t->meaning & BODY)
				break;
			sent = str_from(sent, n);
		}
	}
}

/* --- the same again */

void result_take(struct result *r, const struct transfer *t)
{
	*r = (struct result){ .code = t->code, .single = is_single(t) };
	read_file("../output", &r->output);
	read_file("out", &r->file);
}

void result_fini(struct result *r)
{
	buf_fini(&r->output);
	buf_fini(&r->file);
}

void transfer_compare(const struct result *whole, const struct result *bytes)
{
	transfer_must(whole->code == bytes->code,
		"another exit code when it comes byte by byte");
	/* How much is seen of what failed depends on that. */
	if (whole->code != 0 || !whole->single)
		return;
	transfer_must(str_eq(buf_str(&whole->file), buf_str(&bytes->file)),
		"another file when it comes byte by byte");
	transfer_must(str_eq(buf_str(&whole->output), buf_str(&bytes->output)),
		"another output when it comes byte by byte");
}

/* --- all of it */

void transfer_check(const struct transfer *t)
{
	check_code(t);
	check_secrets(t);
	check_documents();
	check_litter(".");
	check_litter("dir");
	check_old(t);
	check_terminal(t);
	check_requests(t);
}

static void remove_tree(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	char below[1024];

	while (d && (entry = readdir(d))) {
		if (strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		if (unlink(below) < 0) {
			remove_tree(below);
			rmdir(below);
		}
	}
	if (d)
		closedir(d);
}

void transfer_clean(void)
{
	remove_tree(".");
}
