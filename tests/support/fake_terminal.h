/* Standard output and standard error as a terminal that is none, whose bytes go
 * to a file: for programs linked with -Wl,--wrap=isatty,--wrap=write,
 * --wrap=writev. */
#ifndef TESTS_SUPPORT_FAKE_TERMINAL_H
#define TESTS_SUPPORT_FAKE_TERMINAL_H

/* From now on isatty is true of all descriptors but standard input, and what is
 * written to standard output goes to `fd`; -1: no more. */
void fake_terminal_set(int fd);

#endif
