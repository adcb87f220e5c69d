/* A parsed command line, and what it says as one text to compare. */
#ifndef TESTS_SUPPORT_COMMAND_H
#define TESTS_SUPPORT_COMMAND_H

#include "cli/parse.h"

#define RUN_WORDS_MAX 24

struct run {
	char *argv[RUN_WORDS_MAX + 2];
	int argc;
	struct command command;
	struct error error;
	int result; /* of command_parse */
};

/* Parse "minifetch" and `words` (NULL behind the last). Each word is copied
 * into an allocation of exactly its size, so that overreads are seen and
 * secrets can be wiped. */
void run_words(struct run *run, const char *const *words);
void run_fini(struct run *run);

/* Fail unless the parser succeeded and all that differs from the initial values
 * is `wanted`: " NAME=VALUE" of each option in the order of the table, what has
 * no field of its own, then the targets as "<URL>OUTPUT"; operations are parted
 * by "NEXT". The first blank is left out. */
void assert_described(const struct run *run, const char *wanted);

/* Fail unless the messages, each with a newline behind, are `wanted`. */
void assert_messages(const struct run *run, const char *wanted);

#endif
