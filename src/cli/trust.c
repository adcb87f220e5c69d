#include "cli/trust.h"

#include <stdlib.h>

/* NULL when it is not set, or empty. */
static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

void trust_environment(struct tls_config *tls)
{
	if (tls->ca_file || tls->ca_path || tls->insecure)
		return;
	tls->ca_file = variable("CURL_CA_BUNDLE");
	if (tls->ca_file)
		return;
	tls->ca_file = variable("SSL_CERT_FILE");
	tls->ca_path = variable("SSL_CERT_DIR");
}
