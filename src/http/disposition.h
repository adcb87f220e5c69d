/* The file name in a Content-Disposition field (RFC 6266, RFC 8187). */
#ifndef HTTP_DISPOSITION_H
#define HTTP_DISPOSITION_H

#include <stdbool.h>

#include "base/buf.h"

/* Append the name that `value` gives, byte by byte as the server means it: who
 * makes a file of that name has to make it a harmless one first. filename*
 * comes before filename when its charset is UTF-8 or ISO-8859-1 and it is well
 * formed; it is appended as UTF-8. Of filename the quotes are taken off, double
 * or single, closed or not, and quoted-pairs undone unless the backslash stands
 * in a path of DOS; percent-encoding stays, as RFC 6266 has it. A parameter
 * that is there twice counts the first time. The disposition type may be
 * missing. False, and nothing appended, when there is no name or an empty one,
 * and when memory is out: `out` has failed then. */
bool disposition_name(struct buf *out, struct str value);

#endif
