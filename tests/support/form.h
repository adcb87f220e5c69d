/* Forms as the bytes that are sent. */
#ifndef TESTS_SUPPORT_FORM_H
#define TESTS_SUPPORT_FORM_H

#include "transfer/form_body.h"

/* Append what the upload of `body` gives until its end, each boundary as "<1>",
 * "<2>" and so on in the order of their appearance, that of the Content-Type
 * field first. It must be as long as it says, and the same once more after
 * rewinding, unless the length is unknown. */
void form_append_shown(struct buf *out, struct form_body *body);

/* Append all that the upload gives from now on, as it is. Returns what its
 * `next` returned last: 0 or a negative error. */
int form_append_rest(struct buf *out, struct form_body *body, struct error *e);

#endif
