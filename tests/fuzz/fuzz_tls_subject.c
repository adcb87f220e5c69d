/* Subjects of certificates: found inside, the same when what follows is cut
 * off, and with the fingerprint of the same name in the other letter case. */
#include <stdint.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "net/tls_openssl_subject.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_cut(struct str der, struct str name)
{
	struct str cut = str_first(der, (size_t)(name.p + name.n - der.p));
	struct str again;

	check(tls_subject_find(cut, &again));
	check(again.p == name.p && again.n == name.n);
	cut.n--;
	check(!tls_subject_find(cut, &again));
}

/* Only the last letter: another could be a length or part of a type. */
static void check_case(struct str name, uint64_t fingerprint)
{
	char *copy = malloc(name.n);
	uint64_t other;

	check(copy != NULL);
	memcpy(copy, name.p, name.n);
	copy[name.n - 1] = ascii_upper(copy[name.n - 1]);
	if (tls_subject_fingerprint((struct str){ copy, name.n }, &other))
		check(other == fingerprint);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str der = { (const char *)data, size }, name;
	uint64_t fingerprint;

	if (tls_subject_find(der, &name)) {
		check(name.p >= der.p && name.p + name.n <= der.p + der.n);
		check_cut(der, name);
	} else {
		name = der;
	}
	if (tls_subject_fingerprint(name, &fingerprint)) {
		check(name.n >= 2);
		if (name.n > 2)
			check_case(name, fingerprint);
	}
	return 0;
}
