#include "policy/challenge.h"

#include "base/ascii.h"
#include "http/value.h"

static struct str take_token(struct str s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_tchar(s.p[n]))
		n++;
	return str_first(s, n);
}

/* The list element is the scheme of a challenge, perhaps with its first
 * parameter or a token68 behind it, rather than one more parameter. */
static bool begins_challenge(struct str element, struct challenge *challenge)
{
	struct str scheme = take_token(element), rest;

	rest = value_trim(str_from(element, scheme.n));
	if (scheme.n == 0 || (rest.n && rest.p[0] == '='))
		return false;
	/* Nothing but white space ends a scheme. */
	if (rest.n && rest.p == scheme.p + scheme.n)
		return false;
	challenge->scheme = scheme;
	challenge->parameters = rest;
	return true;
}

bool challenge_next(struct str *list, struct challenge *challenge)
{
	struct challenge other;
	struct str element, ahead;

	do {
		if (!value_next(list, &element))
			return false;
	} while (!begins_challenge(element, challenge));
	ahead = *list;
	while (value_next(&ahead, &element) &&
		!begins_challenge(element, &other)) {
		struct str *parameters = &challenge->parameters;

		if (parameters->n == 0)
			*parameters = element;
		parameters->n = (size_t)(element.p + element.n - parameters->p);
		*list = ahead;
	}
	return true;
}

static bool parts_parameters(char c)
{
	return c == ',' || ascii_is_space(c);
}

/* The quoted-string at the front of `s`, empty when it does not end. */
static struct str take_quoted(struct str s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '"')
			return str_first(s, i + 1);
		if (s.p[i] == '\\')
			i++;
	}
	return str_first(s, 0);
}

static struct str take_unquoted(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '"' && !parts_parameters(s.p[n]))
		n++;
	return str_first(s, n);
}

int challenge_parameter(struct str *rest, struct str *name, struct str *value)
{
	struct str s = *rest;
	bool quoted;

	while (s.n && parts_parameters(s.p[0]))
		s = str_from(s, 1);
	*rest = s;
	if (s.n == 0)
		return 0;
	*name = take_token(s);
	s = value_trim(str_from(s, name->n));
	if (name->n == 0 || s.n == 0 || s.p[0] != '=')
		return -1;
	s = value_trim(str_from(s, 1));
	quoted = s.n && s.p[0] == '"';
	*value = quoted ? take_quoted(s) : take_unquoted(s);
	s = str_from(s, value->n);
	if ((quoted && value->n == 0) || (s.n && !parts_parameters(s.p[0])))
		return -1;
	*rest = s;
	return 1;
}
