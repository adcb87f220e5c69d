#include "cli/options.h"

#include <stdlib.h>
#include <sys/socket.h>

enum field_class { CLASS_NONE, CLASS_BOOL, CLASS_TEXT, CLASS_INTEGER };

/* --- the table */

#define BOOL OPTION_BOOL, 0, 0
#define STRING OPTION_STRING, 0, 0
#define NUMBER(min, max) OPTION_NUMBER, min, max
#define SECONDS OPTION_SECONDS, 0, 0
#define SIZE OPTION_SIZE, 0, 0
#define CUSTOM OPTION_CUSTOM, 0, 0
#define SWITCH OPTION_SWITCH, 0, 0
#define ACTION OPTION_ACTION, 0, 0
#define OP(field) offsetof(struct options, field), 0
#define ALL(field) offsetof(struct command, field), OPTION_GLOBAL
#define NONE 0, 0
#define EVERY 0, OPTION_GLOBAL
#define SECRET OPTION_SECRET
#define PATH OPTION_PATH
#define ROW(name, letter, flags, kind, min, max, offset, global) \
	{ name, letter, kind, (flags) | (global), offset, min, max },
#define ROW_OF(...) ROW(__VA_ARGS__)
#define OPTION(id, kind, field, flags, letter, name, ...) \
	ROW_OF(name, letter, flags, kind, field)

const struct option_row option_table[OPTION_COUNT] = {
#include "cli/options.def"
};

#undef BOOL
#undef STRING
#undef NUMBER
#undef SECONDS
#undef SIZE
#undef CUSTOM
#undef SWITCH
#undef ACTION
#undef OP
#undef ALL
#undef NONE
#undef EVERY

/* A row whose KIND does not fit the type of its FIELD does not compile. */
#define BOOL CLASS_BOOL
#define STRING CLASS_TEXT
#define NUMBER(min, max) CLASS_INTEGER
#define SECONDS CLASS_INTEGER
#define SIZE CLASS_INTEGER
#define CUSTOM CLASS_NONE
#define SWITCH CLASS_NONE
#define ACTION CLASS_NONE
#define CLASS_OF(lvalue) \
	_Generic((lvalue), bool                                                \
		 : CLASS_BOOL, const char *                                    \
		 : CLASS_TEXT, int64_t                                         \
		 : CLASS_INTEGER)
#define OP(field) CLASS_OF(((struct options *)0)->field)
#define ALL(field) CLASS_OF(((struct command *)0)->field)
#define NONE CLASS_NONE
#define EVERY CLASS_NONE
#define OPTION(id, kind, field, ...) \
	_Static_assert((int)(kind) == (int)(field), #id);

#include "cli/options.def"

/* --- finding a row */

enum option_id option_id(const struct option_row *row)
{
	return (enum option_id)(row - option_table);
}

static int compare_name(struct str name, const struct option_row *row)
{
	int order = strncmp(name.p, row->name, name.n);

	return order ? order : -(row->name[name.n] != '\0');
}

static const struct option_row *find_exact(struct str name)
{
	size_t low = 0, high = OPTION_COUNT;

	if (name.n == 0 || name.n >= sizeof(option_table->name))
		return NULL;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare_name(name, &option_table[middle]);

		if (order == 0)
			return &option_table[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct option_row *option_find(struct str name, bool *on)
{
	const struct option_row *row = find_exact(name);
	char opposite[sizeof(row->name)] = "no-";

	*on = row != NULL;
	if (row)
		return row;
	if (str_starts(name, STR("no-"))) {
		name = str_from(name, 3);
		return str_starts(name, STR("no-")) ? NULL : find_exact(name);
	}
	if (name.n + 3 >= sizeof(opposite))
		return NULL;
	memcpy(opposite + 3, name.p, name.n);
	return find_exact((struct str){ opposite, name.n + 3 });
}

const struct option_row *option_find_letter(char letter)
{
	if (letter)
		for (size_t i = 0; i < OPTION_COUNT; i++)
			if (option_table[i].letter == letter)
				return &option_table[i];
	return NULL;
}

bool option_negatable(const struct option_row *row)
{
	return row->kind == OPTION_BOOL || row->kind == OPTION_SWITCH;
}

bool option_takes_argument(const struct option_row *row)
{
	return !option_negatable(row) && row->kind != OPTION_ACTION &&
		option_id(row) != OPTION_ID_help;
}

/* Whether `name` is among `names`, which have a blank on either side. */
static bool is_among(struct str names, struct str name)
{
	char key[48] = " ";

	if (name.n == 0 || name.n + 2 > sizeof(key) || str_find(name, ' ') >= 0)
		return false;
	memcpy(key + 1, name.p, name.n);
	key[name.n + 1] = ' ';
	return str_search(names, (struct str){ key, name.n + 2 }) >= 0;
}

const char *option_out_of_scope(struct str name)
{
#define OUT_OF_SCOPE(names, reason)     \
	if (is_among(STR(names), name)) \
		return reason;
#include "cli/options.def"
	return NULL;
}

bool option_never_so(struct str name)
{
#define NEVER_SO(names)                        \
	return str_starts(name, STR("no-")) && \
		is_among(STR(names), str_from(name, 3));
#include "cli/options.def"
}

/* --- values */

void options_init(struct options *o)
{
	*o = (struct options){
		.http_minor = 1,
		.max_redirs = 50,
		.tcp_nodelay = true,
		.auth = AUTH_BASIC,
		.proxy_auth = AUTH_BASIC,
		.expect100_timeout_ms = 1000,
		.count = -1,
		.wait_ms = -1,
		.speed_limit = -1,
		.speed_time = -1,
		.family = AF_UNSPEC,
		.proto = REDIRECT_HTTP | REDIRECT_HTTPS,
		.proto_redir = REDIRECT_HTTP | REDIRECT_HTTPS,
	};
	buf_init(&o->data, LIMIT_REQUEST_BODY);
	buf_init(&o->query, LIMIT_URL);
}

void options_fini(struct options *o)
{
	free(o->targets);
	free(o->headers.items);
	free(o->proxy_headers.items);
	free(o->cookies.items);
	free(o->hsts.items);
	free(o->resolve.items);
	free(o->detours);
	free(o->checksums.items);
	if (o->form)
		form_fini(o->form);
	free(o->form);
	free(o->pieces);
	buf_fini(&o->data);
	buf_fini(&o->query);
}

int strings_add(struct strings *list, const char *text)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 8;
		const char **items = reallocarray(
			list->items, cap, sizeof(*items));

		if (!items)
			return -ERR_OUT_OF_MEMORY;
		list->items = items;
		list->cap = cap;
	}
	list->items[list->n++] = text;
	return 0;
}
