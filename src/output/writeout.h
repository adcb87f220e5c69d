/* -w: what is printed after a transfer, from a template with curl's variables.
 * The variables are listed once, in writeout.def. */
#ifndef OUTPUT_WRITEOUT_H
#define OUTPUT_WRITEOUT_H

#include "base/clock.h"
#include "transfer/facts.h"

struct writeout_context {
	const struct facts *facts;
	const struct error *error; /* code 0: success */
	const char *file; /* %{filename_effective}; NULL: none */
	const char *url; /* as given, for %{url} and %{url.*} */
	long url_number; /* %{urlnum} */
	long transfer_id; /* %{xfer_id} */
	int out_fd, err_fd; /* for %{stdout} and %{stderr} */
	int64_t deadline; /* of writes that have to wait; 0: none */
	bool out_safe, err_safe; /* terminals: escape what the peer sent */
	bool file_safe; /* do so where %output{} names a terminal */
	struct buf *warnings; /* whole lines for the user; NULL: dropped */
};

/* Whether `template` shows the server's certificates, or how many they are. */
bool writeout_wants_certificates(struct str template);

/* Expand `template` and write it where it says (stdout first). Unknown
 * variables are left out with a warning, as curl does; what stands behind an
 * %output{} that cannot be opened goes where it went before, with a warning.
 * Returns 0, -ERR_WRITE, or as buf_check when the text is too large for the
 * memory. */
int writeout(struct str template, const struct writeout_context *context,
	struct error *e) CHECKED;

#endif
