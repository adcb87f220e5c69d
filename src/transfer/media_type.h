/* Which media type a file has, by its name. */
#ifndef TRANSFER_MEDIA_TYPE_H
#define TRANSFER_MEDIA_TYPE_H

#include "base/str.h"

/* The media type (RFC 9110 section 8.3.1) that goes with the extension of
 * `file_name`, in either case of its letters; NULL when it is none of those
 * that curl knows too. */
const char *media_type_of(struct str file_name);

#endif
