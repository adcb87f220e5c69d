#include "policy/redirect.h"

bool redirect_asked(const struct head *head)
{
	if (head->status < 300 || head->status > 399)
		return false;
	if (head->status >= 304 && head->status <= 306)
		return false;
	return head_value(head, STR("Location")).n > 0;
}

enum redirect_method redirect_method(
	const struct redirect_config *config, int status, struct str method)
{
	bool post = str_eq(method, STR("POST"));

	switch (status) {
	case 301:
		return post && !config->keep_post_301 ? REDIRECT_GET
						      : REDIRECT_SAME;
	case 302:
		return post && !config->keep_post_302 ? REDIRECT_GET
						      : REDIRECT_SAME;
	case 303:
		if (str_eq(method, STR("GET")) || str_eq(method, STR("HEAD")))
			return REDIRECT_SAME;
		return post && config->keep_post_303 ? REDIRECT_SAME
						     : REDIRECT_GET;
	default:
		return REDIRECT_SAME;
	}
}

static bool protocol_allowed(unsigned protocols, struct str scheme)
{
	if (str_eq(scheme, STR("http")))
		return protocols & REDIRECT_HTTP;
	if (str_eq(scheme, STR("https")))
		return protocols & REDIRECT_HTTPS;
	return false;
}

int redirect_next(const struct redirect_config *config,
	const struct url *current, const struct head *head, long done,
	const struct url_options *options, struct url *next, struct error *e)
{
	if (config->max >= 0 && done >= config->max)
		return error_set(e, ERR_REDIRECTS,
			"Maximum (%ld) redirects followed", config->max);
	return url_resolve(
		next, current, head_value(head, STR("Location")), options, e);
}

int redirect_check(const struct redirect_config *config, const struct url *next,
	struct error *e)
{
	if (protocol_allowed(config->protocols, next->scheme))
		return 0;
	return error_set(e, ERR_UNSUPPORTED_PROTOCOL,
		"Protocol \"%.*s\" not supported or disabled in a redirect",
		STR_FMT(next->scheme));
}
