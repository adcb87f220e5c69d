/* Marks a function, behind its arguments, whose result says whether it failed:
 * who does not look at it does not compile with --enable-werror. Where a
 * failure changes nothing, say so: ignore(f(x)). */
#ifndef BASE_CHECKED_H
#define BASE_CHECKED_H

#define CHECKED __attribute__((warn_unused_result))

static inline void ignore(long result)
{
	(void)result;
}

#endif
