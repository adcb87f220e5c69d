/* What is wrong with a head that can be read: fields whose values say what
 * cannot be, or that are missing where RFC 9110 demands them. Only findings
 * come of it; how the message is read does not depend on it. */
#ifndef HTTP_REVIEW_H
#define HTTP_REVIEW_H

#include "http/head.h"

/* Look at the values of a parsed response head, and at what its status demands:
 * dates (section 5.6.7), Location (10.2.2), Content-Type (8.3), ETag (8.8.3),
 * Content-Range (14.4), challenges and the like. The offsets of findings count
 * from the start of the head. */
void review_head(const struct head *head, struct findings *found);

/* Look for fields that may not be sent as trailers (section 6.5.1); offsets
 * count from the start of the trailer section. */
void review_trailers(const struct head *trailers, struct findings *found);

#endif
