/* A getaddrinfo for tests that takes the place of the system's in the program
 * that is linked with it. */
#ifndef TESTS_SUPPORT_NAMES_H
#define TESTS_SUPPORT_NAMES_H

/* What is answered to every question from now on. */
struct names_answer {
	const char *addresses; /* literals with a space between, in order; NULL:
				* `result` is the answer */
	int result; /* an EAI_ code */
	int system_errno; /* with EAI_SYSTEM */
	int flagged; /* the EAI_ code while AI_ADDRCONFIG is asked for, or 0 */
	int delay_ms;
};

/* Answer so; `answer` must last. NULL: fail every question, and the test with
 * it, for none may be asked. */
void names_set(const struct names_answer *answer);

/* How many questions were asked, and answered, since names_set. */
int names_asked(void);
int names_answered(void);

#endif
