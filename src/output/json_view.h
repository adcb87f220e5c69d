/* A body for a reader who looks at it: one JSON text, or several in one of the
 * ways that there are. */
#ifndef OUTPUT_JSON_VIEW_H
#define OUTPUT_JSON_VIEW_H

#include "output/json_style.h"

enum json_kind {
	JSON_NONE,
	JSON_TEXT, /* one text */
	JSON_LINES, /* a text a line */
	JSON_SEQUENCE, /* a text behind each RS (RFC 7464) */
	JSON_EVENTS, /* the data of each event of an event stream (WHATWG HTML,
		      * section 9.2) */
	JSON_ANY /* nobody has said that it is JSON; texts with line ends
		  * between */
};

/* What a Content-Type says: "application/..." and "text/..." with "json" in
 * its subtype, "+json" of any type (RFC 6839 section 3.1), text/event-stream;
 * JSON_ANY for what is none of them with `any`. Parameters do not matter. */
enum json_kind json_kind_of(struct str content_type, bool any);

struct json_view {
	struct json_style style; /* its public members are the caller's */
	/* private */
	enum json_kind kind;
	unsigned bom; /* bytes of a byte order mark */
	int line; /* of an event: where in it we are */
	unsigned matched; /* bytes of "data:" */
	bool begun; /* the data of this event */
	bool beside; /* ... and a line of something else after it */
};

/* Begin a body of that kind, which is not JSON_NONE; the public members of
 * v->style but separator, spans, resumes and margin are set by the caller
 * before. */
void json_view_begin(struct json_view *v, enum json_kind kind);

/* As json_style_add and json_style_end. */
size_t json_view_add(struct json_view *v, struct str in, struct buf *out);
void json_view_end(struct json_view *v, struct buf *out);

/* Whether a body that has come to its end was said to be JSON and is none, and
 * from which byte of it on. */
bool json_view_wrong(const struct json_view *v, uint64_t *at);

#endif
