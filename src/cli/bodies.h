/* The bodies of requests, as options have them: -d, -F, -T. */
#ifndef CLI_BODIES_H
#define CLI_BODIES_H

#include "cli/jobs.h"

/* -F, for all errands of the operation, whose request is filled otherwise: with
 * a Content-Type of the user's in the place of multipart/form-data. Returns 0,
 * -ERR_USAGE beside another body, or as form_body_new. */
int body_form(struct operation *o, struct error *e) CHECKED;

/* What `errand`, which has its URL, sends: the file of -T, whose name completes
 * a URL that ends in a slash, or with -Z a body of its own. Returns 0,
 * -ERR_USAGE for what cannot be together, -ERR_READ or -ERR_OUT_OF_MEMORY. */
int body_choose(struct errand *errand, struct error *e) CHECKED;

#endif
