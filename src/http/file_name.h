/* The name of a file that a server or a URL suggests, as it may be used here.
 */
#ifndef HTTP_FILE_NAME_H
#define HTTP_FILE_NAME_H

#include <stdbool.h>

#include "base/buf.h"
#include "http/head.h"

/* Append `name` as one harmless path component: what stands in front of the
 * last slash or backslash is cut off, controls (C0, DEL, C1) and the characters
 * that turn the direction of text become '_', and so does a dot at the front,
 * so it is not hidden. False, and nothing appended, when nothing is left or it
 * is "." or "..". */
bool file_name_safe(struct buf *out, struct str name);

/* Append the name for -O: the last segment of a URL's path that is not empty,
 * its percent-encoding as it is, and no dot at its front. False, and nothing
 * appended, when there is none or it is "." or "..". */
bool file_name_from_path(struct buf *out, struct str path);

/* The same, made harmless, from a reference to a URL as Location has it (RFC
 * 3986 section 4.1). */
bool file_name_from_reference(struct buf *out, struct str reference);

/* The harmless name in the Content-Disposition fields of a head: the first that
 * has a name that can be used. False when there is none, and
 * when memory is out: `out` has failed then. */
bool file_name_from_head(struct buf *out, const struct head *head);

#endif
