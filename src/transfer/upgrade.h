/* HSTS (RFC 6797) at work: http URLs that become https ones, and the field that
 * says so. */
#ifndef TRANSFER_UPGRADE_H
#define TRANSFER_UPGRADE_H

#include "policy/hsts.h"
#include "transfer/exchange.h"
#include "url/url.h"

/* Make an https URL of `url` when it is an http one and `hsts`, which may be
 * NULL, knows its host (RFC 6797 section 8.3); told to `o`. Returns 0, or
 * what url_parse fails with, `url` as it was. */
int upgrade_url(struct hsts *hsts, struct url *url, const struct observer *o,
	struct error *e) CHECKED;

/* Obey the Strict-Transport-Security field of the answer to `url`, if `hsts` is
 * not NULL and the answer came over TLS without a fault (section 8.1). Returns
 * 0 or -ERR_OUT_OF_MEMORY. */
int upgrade_note(struct hsts *hsts, const struct url *url,
	const struct exchange *x, struct error *e) CHECKED;

#endif
