#include "cli/manual.h"

enum category_index {
#define CATEGORY(id, name, help) INDEX_##id,
#include "cli/options.def"
	CATEGORY_COUNT
};

enum category_bits {
#define CATEGORY(id, name, help) id = 1 << INDEX_##id,
#include "cli/options.def"
	IMPORTANT = 1 << CATEGORY_COUNT
};

/* All texts in one constant struct, and their offsets: no pointer that would
 * have to be relocated at each start for texts that are hardly ever shown. */
struct texts {
#define OPTION(id, kind, field, flags, letter, name, arg, cats, help, manual) \
	char help_##id[sizeof(help)], argument_##id[sizeof(arg)],             \
		manual_##id[sizeof(manual)];
#include "cli/options.def"
};

static const struct texts texts = {
#define OPTION(id, kind, field, flags, letter, name, arg, cats, help, manual) \
	.help_##id = help, .argument_##id = arg, .manual_##id = manual,
#include "cli/options.def"
};

static const struct text_row {
	uint32_t help, argument, manual;
	uint32_t categories;
} text_table[OPTION_COUNT] = {
#define OPTION(id, kind, field, flags, letter, name, arg, cats, ...) \
	{ offsetof(struct texts, help_##id),                         \
		offsetof(struct texts, argument_##id),               \
		offsetof(struct texts, manual_##id), cats },
#include "cli/options.def"
};

const char *option_help(const struct option_row *row)
{
	return (const char *)&texts + text_table[option_id(row)].help;
}

const char *option_argument(const struct option_row *row)
{
	return (const char *)&texts + text_table[option_id(row)].argument;
}

void option_describe(struct buf *out, const struct option_row *row)
{
	const char *name = row->name;

	buf_add_text(
		out, (const char *)&texts + text_table[option_id(row)].manual);
	if (option_negatable(row) && strncmp(name, "no-", 3) == 0)
		buf_printf(out, "\n.Fl -%s\nundoes it.", name + 3);
	else if (option_negatable(row))
		buf_printf(out, "\n.Fl -no-%s\nundoes it.", name);
	if (row->flags & OPTION_GLOBAL)
		buf_add_text(out, "\nIt holds for all operations.");
}

bool option_important(const struct option_row *row)
{
	return text_table[option_id(row)].categories & IMPORTANT;
}

bool option_in_category(const struct option_row *row, unsigned category)
{
	return category < CATEGORY_COUNT &&
		(text_table[option_id(row)].categories & (1u << category));
}

const char *category_name(unsigned category)
{
	switch (category) {
#define CATEGORY(id, name, help) \
	case INDEX_##id:         \
		return name;
#include "cli/options.def"
	}
	return NULL;
}

const char *category_help(unsigned category)
{
	switch (category) {
#define CATEGORY(id, name, help) \
	case INDEX_##id:         \
		return help;
#include "cli/options.def"
	}
	return NULL;
}

/* --- mdoc as text */

/* Words filled into lines. */
struct fill {
	struct buf *out;
	size_t indent, column; /* column 0: the line has not begun */
};

static void fill_word(struct fill *f, struct str word, bool joined)
{
	if (!word.n)
		return;
	if (f->column && !joined && f->column + 1 + word.n > MANUAL_WIDTH) {
		buf_add_char(f->out, '\n');
		f->column = 0;
	}
	if (!f->column) {
		for (size_t i = 0; i < f->indent; i++)
			buf_add_char(f->out, ' ');
		f->column = f->indent;
	} else if (!joined) {
		buf_add_char(f->out, ' ');
		f->column++;
	}
	buf_add_str(f->out, word);
	f->column += word.n;
}

/* Append a word with its escapes resolved. */
static void add_unescaped(struct buf *out, struct str word)
{
	while (word.n) {
		if (*word.p != '\\') {
			buf_add_char(out, *word.p);
			word = str_from(word, 1);
		} else if (str_starts(word, STR("\\(dq"))) {
			buf_add_char(out, '"');
			word = str_from(word, 4);
		} else {
			if (str_starts(word, STR("\\e")))
				buf_add_char(out, '\\');
			word = str_from(word, 2);
		}
	}
}

static bool is_punctuation(struct str word)
{
	return word.n == 1 && strchr(".,:;)?!", *word.p);
}

/* A macro's arguments up to the punctuation behind them, as one word. */
static void fill_macro(
	struct fill *f, struct str rest, const char *before, const char *after)
{
	struct buf word;
	struct str part;
	bool first = true;

	buf_init(&word, LIMIT_CONFIG_LINE);
	buf_add_text(&word, before);
	while (rest.n) {
		str_cut(rest, ' ', &part, &rest);
		if (!first && !rest.n && is_punctuation(part)) {
			buf_add_text(&word, after);
			after = "";
		} else if (!first)
			buf_add_char(&word, ' ');
		add_unescaped(&word, part);
		first = false;
	}
	buf_add_text(&word, after);
	fill_word(f, buf_str(&word), false);
	buf_fini(&word);
}

/* "name section" as name(section) */
static void fill_reference(struct fill *f, struct str rest)
{
	struct str name, section;

	str_cut(rest, ' ', &name, &rest);
	str_cut(rest, ' ', &section, &rest);
	fill_word(f, name, false);
	fill_word(f, STR("("), true);
	fill_word(f, section, true);
	fill_word(f, STR(")"), true);
	fill_word(f, rest, true);
}

static void fill_line(struct fill *f, struct str line)
{
	struct str word;

	if (str_starts(line, STR(".Fl ")))
		fill_macro(f, str_from(line, 4), "-", "");
	else if (str_starts(line, STR(".Ar ")) || str_starts(line, STR(".Ev ")))
		fill_macro(f, str_from(line, 4), "", "");
	else if (str_starts(line, STR(".Ql ")))
		fill_macro(f, str_from(line, 4), "'", "'");
	else if (str_starts(line, STR(".Xr ")))
		fill_reference(f, str_from(line, 4));
	else if (!str_starts(line, STR(".")))
		while (line.n) {
			str_cut(line, ' ', &word, &line);
			fill_word(f, word, false);
		}
}

void manual_text(struct buf *out, struct str mdoc, size_t indent)
{
	struct fill f = { .out = out, .indent = indent };
	struct str line;

	while (mdoc.n) {
		str_cut(mdoc, '\n', &line, &mdoc);
		fill_line(&f, line);
	}
	if (f.column)
		buf_add_char(out, '\n');
}
