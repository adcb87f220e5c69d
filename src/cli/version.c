#include "cli/run.h"
#include "http/coding.h"
#include "net/tls.h"
#include <config.h>

/* Name and version are the first two words, for programs that look. */
static void describe(struct buf *out)
{
	struct error ignored;
	const struct tls_functions *tls = tls_load(&ignored);

	buf_add_text(out, PACKAGE_NAME " " PACKAGE_VERSION);
	if (tls)
		buf_printf(out, " %s", tls->version());
	buf_printf(out, "\nProtocols: http%s\n", tls ? " https" : "");
	buf_printf(out, "Content codings: %s\n", coding_accepted());
}

int run_version(const struct console *console)
{
	struct buf text;
	int code;

	buf_init(&text, LIMIT_ERROR_TEXT);
	describe(&text);
	code = console_show(console, &text);
	buf_fini(&text);
	return code;
}
