#include "cli/colour.h"

#include <stdlib.h>

bool colour_choose(struct command *c, const char *word)
{
	static const struct {
		const char *word;
		enum sink_colour colour;
	} choices[] = {
		{ "auto", SINK_COLOUR_AUTO },
		{ "always", SINK_COLOUR_ALWAYS },
		{ "never", SINK_COLOUR_NEVER },
	};

	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		if (strcmp(word, choices[i].word) == 0) {
			c->colour = choices[i].colour;
			return true;
		}
	return false;
}

bool colour_understood(void)
{
	const char *term = getenv("TERM");

	return !term || (*term && strcmp(term, "dumb") != 0);
}

enum sink_colour colour_wanted(const struct command *c)
{
	const char *no_colour = getenv("NO_COLOR");

	if (c->colour != SINK_COLOUR_AUTO)
		return c->colour;
	return c->no_styled_output || (no_colour && *no_colour) ||
			!colour_understood()
		? SINK_COLOUR_NEVER
		: SINK_COLOUR_AUTO;
}
