/* The parts of a head as HAR lists them: fields, cookies, the query. */
#ifndef OUTPUT_HAR_MESSAGE_H
#define OUTPUT_HAR_MESSAGE_H

#include "base/json.h"
#include "http/head.h"

/* A request or response head; borrows from its bytes. What is not there is an
 * empty str. */
struct har_message {
	struct str version; /* "HTTP/1.1" */
	struct str reason; /* of a response */
	struct head fields;
	bool failed; /* no memory was left for them */
};

/* Take `bytes`, a head as it went over the wire, apart; of one that is cut or
 * malformed, what stands before that. har_message_fini is due. */
void har_message_init(struct har_message *m, struct str bytes, bool request);
void har_message_fini(struct har_message *m);

/* The value of the first field of that name, or {NULL, 0}. */
struct str har_message_value(const struct har_message *m, struct str name);

/* "headers": all fields, as they came. */
void har_put_fields(struct json *j, const struct har_message *m, bool secrets);

/* "cookies": those of the fields called `name`, Cookie or Set-Cookie (RFC 6265
 * sections 4.2.1 and 5.2). */
void har_put_cookies(struct json *j, const struct har_message *m,
	struct str name, bool secrets);

/* "queryString": the pairs of the URL's query, as they are written there. */
void har_put_query(struct json *j, struct str url);

#endif
