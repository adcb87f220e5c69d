/* What answers say of another attempt: two heads, the first of a body that
 * broke off, the second of what came to the request for its rest. No wait is
 * longer than the longest, and nothing goes on without a validator and a
 * matching status. */
#include <stdlib.h>

#include "policy/continuation.h"
#include "policy/retry.h"

#define NOW 784111777

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_wait(const struct head *head)
{
	int64_t seconds = retry_after(head, NOW);

	check(seconds >= 0 && seconds <= RETRY_AFTER_MAX);
}

static void check_answer(
	const struct continuation *c, const struct head *head, bool coded)
{
	/* Where the rest begins is not told, so try what may be. */
	for (uint64_t offset = 0; offset < 16; offset++)
		switch (continuation_answer(c, head, offset, coded)) {
		case CONTINUATION_REST:
			check(head->status == 206);
			break;
		case CONTINUATION_WHOLE:
			check(head->status == 200);
			break;
		case CONTINUATION_OTHER:
			break;
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size };
	struct continuation c;
	struct head head;
	ssize_t used;

	head_init(&head);
	continuation_init(&c);
	used = head_parse(in, &head, NULL, NULL);
	if (used > 0) {
		bool coded = head.n % 2;

		check_wait(&head);
		continuation_note(&c, &head, coded);
		check(c.obstacle || (head.status == 200 && c.validator.n > 0));
		check(str_find(buf_str(&c.validator), '\n') < 0);
		used = head_parse(
			str_from(in, (size_t)used), &head, NULL, NULL);
		if (used > 0 && !c.obstacle) {
			check_wait(&head);
			check_answer(&c, &head, coded);
		}
	}
	continuation_fini(&c);
	head_fini(&head);
	return 0;
}
