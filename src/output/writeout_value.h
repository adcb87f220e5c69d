/* The values that -w can show: the table of writeout.def and what it names. */
#ifndef OUTPUT_WRITEOUT_VALUE_H
#define OUTPUT_WRITEOUT_VALUE_H

#include "http/head.h"
#include "output/writeout.h"
#include "url/url.h"

enum writeout_type {
	WRITEOUT_TEXT,
	WRITEOUT_ARRAY,
	WRITEOUT_INT,
	WRITEOUT_STATUS,
	WRITEOUT_LONG,
	WRITEOUT_SIZE,
	WRITEOUT_PORT,
	WRITEOUT_FLAG,
	WRITEOUT_TIME,
	WRITEOUT_GIVEN,
	WRITEOUT_USED,
	WRITEOUT_STRING,
	WRITEOUT_NUMBER,
	WRITEOUT_DIRECTIVE,
	WRITEOUT_FUNCTION
};

enum writeout_directive {
	DIRECTIVE_HEADER_JSON,
	DIRECTIVE_JSON,
	DIRECTIVE_ONERROR,
	DIRECTIVE_STDERR,
	DIRECTIVE_STDOUT
};

enum writeout_function { FUNCTION_HEADER, FUNCTION_OUTPUT, FUNCTION_TIME };

/* A URL that is parsed when a part of it is first asked for. */
struct writeout_url {
	bool tried, valid;
	struct url url;
};

/* What the values are read from. */
struct writeout_source {
	const struct writeout_context *context;
	bool head_tried, head_valid;
	struct head head; /* of the last response */
	struct writeout_url given, used;
	int failed; /* 0, or ERR_OUT_OF_MEMORY: a value is not all */
};

struct writeout_row {
	const char *name;
	enum writeout_type type;
	int choice; /* a part of a URL, a directive or a function */
	size_t offset; /* of the field in struct facts */
	bool (*string)(struct writeout_source *s, struct buf *out);
	int64_t (*number)(struct writeout_source *s);
};

void writeout_source_init(
	struct writeout_source *s, const struct writeout_context *context);
void writeout_source_fini(struct writeout_source *s);

/* The row of "%{name}", or NULL. */
const struct writeout_row *writeout_find(struct str name);

/* The row of the function that `text`, behind its '%', begins with as
 * "name{"; `*argument` is set to the offset behind the brace. NULL when it is
 * none. */
const struct writeout_row *writeout_find_function(
	struct str text, size_t *argument);

/* Append a value as text: nothing when there is none. */
void writeout_value(struct writeout_source *s, const struct writeout_row *row,
	struct buf *out);

/* Append all values as one JSON object: %{json}. */
void writeout_json(struct writeout_source *s, struct buf *out);

/* The parsed head of the last response, NULL without one. */
const struct head *writeout_head(struct writeout_source *s);

/* Append the value of %header{argument}: "NAME", of the last response, or
 * "NAME:all:SEPARATOR", of those that led to it (`earlier`, whose heads follow
 * each other) too: then true is returned. `head` may be NULL. */
bool writeout_header(struct str earlier, const struct head *head,
	struct str argument, struct buf *out);

/* Append %{header_json}; `head` may be NULL. */
void writeout_header_json(const struct head *head, struct buf *out);

/* Append the time `now` (microseconds since 1970) in UTC, as strftime(3) does
 * in the POSIX locale; %f is six digits of microseconds, %z "+0000", %Z "UTC".
 * An unknown conversion stays as it is. */
void writeout_time(struct buf *out, struct str format, int64_t now);

#endif
