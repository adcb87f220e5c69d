/* Several requests in one run of bytes, told apart as a server would. */
#ifndef HTTP_REQUEST_LIST_H
#define HTTP_REQUEST_LIST_H

#include "http/request_parse.h"

/* One of them; borrows from the bytes. */
struct request_part {
	struct str bytes; /* head and body */
	size_t head; /* bytes of the head; 0 when it is broken */
	bool head_method, connect_method; /* it is a HEAD, a CONNECT */
	bool upgrade; /* it asks for another protocol */
	struct error wrong; /* code 0: a server would take it as it is */
};

/* The next request at the front of `*rest`, which moves behind it. Where one
 * is broken or not whole nobody can say where the next would begin: it takes
 * all that is left. `found` (NULL is allowed) gets what is wrong, at offsets
 * from found->base, which moves behind the request. False when nothing is
 * left. */
bool request_list_next(
	struct str *rest, struct request_part *part, struct findings *found);

#endif
