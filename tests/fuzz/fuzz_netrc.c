/* netrc files: the input's first line is a login, empty for none, the rest the
 * file, in which the host "h" is looked for. */
#include <stdint.h>
#include <stdlib.h>

#include "policy/netrc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
	if (!good)
		abort();
}

/* Write a word so that it is read as it was. */
static void quote(struct buf *out, const struct buf *word)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < word->n; i++) {
		char c = word->p[i];

		if (c == '\n') {
			buf_add_text(out, "\\n");
			continue;
		}
		if (c == '"' || c == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, c);
	}
	buf_add_char(out, '"');
}

static void expect_equal(
	const struct netrc_entry *a, const struct netrc_entry *b)
{
	expect(a->has_login == b->has_login);
	expect(a->has_password == b->has_password);
	expect(str_eq(buf_str(&a->login), buf_str(&b->login)));
	expect(str_eq(buf_str(&a->password), buf_str(&b->password)));
}

/* What was found is found again when it is all that the file holds. */
static void check_again(const struct netrc_entry *found, size_t size)
{
	struct netrc_entry again;
	struct error e = { 0 };
	struct buf file;

	buf_init(&file, 4 * size + 100);
	buf_add_text(&file, "machine h");
	if (found->has_login) {
		buf_add_text(&file, " login ");
		quote(&file, &found->login);
	}
	if (found->has_password) {
		buf_add_text(&file, " password ");
		quote(&file, &found->password);
	}
	expect(!file.failed);
	expect(netrc_find(&again, buf_str(&file), STR("h"), str_of(NULL), &e) ==
		1);
	expect_equal(found, &again);
	netrc_fini(&again);
	buf_fini(&file);
}

/* Blanks and a comment in front of the file change nothing. */
static void check_moved(int result, const struct netrc_entry *found,
	struct str content, struct str login)
{
	struct netrc_entry moved;
	struct error e = { 0 };
	struct buf file;

	buf_init(&file, content.n + 100);
	buf_add_text(&file, " \t# machine h login \"\r\n\n");
	buf_add_str(&file, content);
	expect(netrc_find(&moved, buf_str(&file), STR("h"), login, &e) ==
		result);
	expect_equal(found, &moved);
	netrc_fini(&moved);
	buf_fini(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = { (const char *)data, size }, login, content;
	struct netrc_entry entry;
	struct error e = { 0 };
	int result;

	str_cut(input, '\n', &login, &content);
	if (login.n == 0)
		login = str_of(NULL);
	result = netrc_find(&entry, content, STR("h"), login, &e);
	if (result < 0) {
		expect(result == -ERR_READ && e.code == ERR_READ);
		expect(strstr(e.text, " in line ") != NULL);
	} else {
		expect(result == (entry.has_login || entry.has_password));
		expect(e.code == 0);
		check_moved(result, &entry, content, login);
	}
	if (result == 1) {
		if (login.p)
			expect(str_eq(buf_str(&entry.login), login));
		check_again(&entry, size);
	}
	netrc_fini(&entry);
	return 0;
}
