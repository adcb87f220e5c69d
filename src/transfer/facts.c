#include "transfer/facts.h"

#include <stdlib.h>

void facts_init(struct facts *f)
{
	*f = (struct facts){ .expected = UINT64_MAX, .connection_id = -1 };
	buf_init(&f->heads, LIMIT_HEAD + LIMIT_TRAILERS);
	buf_init(&f->earlier, LIMIT_EARLIER);
}

void facts_fini(struct facts *f)
{
	free(f->url);
	free(f->scheme);
	free(f->method);
	free(f->redirect_url);
	free(f->referer);
	free(f->tls_chain);
	buf_fini(&f->heads);
	buf_fini(&f->earlier);
}
