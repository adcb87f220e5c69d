/* Bytes and heads handed to a sink's port, for its tests. */
#ifndef TESTS_SUPPORT_SINKING_H
#define TESTS_SUPPORT_SINKING_H

#include "output/sink.h"
#include "support/table.h"

/* A piece of a body. */
static inline int sink_put(
	struct sink_port port, const char *text, struct error *e)
{
	struct iovec iov = { (char *)text, strlen(text) };

	return port.ops->body(port.sink, &iov, 1, e);
}

/* Parse a head, or what does not begin as one does: trailers. */
static inline void sink_parse(struct head *head, const char *text)
{
	struct str in = str_of(text);

	head_init(head);
	if (str_starts(in, STR("HTTP/")))
		assert_int_equal(head_parse(in, head, NULL, NULL), in.n);
	else
		assert_int_equal(
			head_parse_trailers(in, head, NULL, NULL), in.n);
}

/* A head behind which a body follows. */
static inline int sink_put_head(
	struct sink_port port, const char *text, struct error *e)
{
	struct head head;
	int error;

	sink_parse(&head, text);
	error = port.ops->head(port.sink, &head, true, e);
	head_fini(&head);
	return error;
}

#endif
