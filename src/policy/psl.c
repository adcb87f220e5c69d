#include "policy/psl.h"

#include "base/ascii.h"
#include "base/limits.h"
#include "base/module.h"

int psl_is_public(struct str domain)
{
	const struct psl_functions *psl;
	char lower[LIMIT_COOKIE_HOST + 1];
	struct error ignored;

	if (domain.n && domain.p[domain.n - 1] == '.')
		domain.n--;
	if (domain.n > LIMIT_COOKIE_HOST)
		return true; /* no such name can be registered */
	if (str_find(domain, '.') < 0)
		return !str_eq_nocase(domain, STR("localhost"));
	psl = module_load("psl", &ignored);
	if (!psl)
		return LISTS_PUBLIC_SUFFIXES ? PSL_UNKNOWN : 0;
	for (size_t i = 0; i < domain.n; i++)
		lower[i] = ascii_lower(domain.p[i]);
	lower[domain.n] = '\0';
	return psl->is_public(lower);
}
