#include "transfer/media_type.h"

static bool ends_with(struct str s, struct str end)
{
	return s.n >= end.n && str_eq_nocase(str_from(s, s.n - end.n), end);
}

const char *media_type_of(struct str file_name)
{
	static const struct {
		const char *extension, *type;
	} known[] = {
		{ ".gif", "image/gif" },
		{ ".jpg", "image/jpeg" },
		{ ".jpeg", "image/jpeg" },
		{ ".png", "image/png" },
		{ ".svg", "image/svg+xml" },
		{ ".txt", "text/plain" },
		{ ".htm", "text/html" },
		{ ".html", "text/html" },
		{ ".pdf", "application/pdf" },
		{ ".xml", "application/xml" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (ends_with(file_name, str_of(known[i].extension)))
			return known[i].type;
	return NULL;
}
