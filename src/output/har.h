/* --har: HTTP Archive 1.2, every hop an entry, retries and rounds of
 * authentication too. Opens in a browser's developer tools. */
#ifndef OUTPUT_HAR_H
#define OUTPUT_HAR_H

#include "output/ledger.h"

/* Append what comes before the first entry, up to its "[". */
void har_begin(struct buf *out, const char *creator, const char *version);

/* Append one hop of the ledger as an entry, without a comma around it. Secrets
 * are redacted unless `secrets`: values of credentials and cookies, passwords
 * in URLs. Bodies are text when all that was kept of them is UTF-8, else
 * base64. What HAR has no name for begins with '_': _error, _findings. */
void har_entry(struct buf *out, const struct ledger_hop *h, bool secrets);

/* Append what comes behind the last entry. */
void har_end(struct buf *out);

#endif
