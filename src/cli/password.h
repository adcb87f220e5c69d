/* Asking for a password on the terminal. */
#ifndef CLI_PASSWORD_H
#define CLI_PASSWORD_H

#include "base/error.h"

/* "USER:PASSWORD" with the password typed, unseen, on /dev/tty for the `whose`
 * ("host" or "proxy") password of `user`, which `option` has given; the
 * caller's to free. A signal that ends the program does so when the terminal
 * shows again what is typed. NULL with ERR_READ in `e` when there is no
 * terminal, ERR_TOO_LARGE, ERR_OUT_OF_MEMORY. */
char *password_ask(const char *option, const char *whose, const char *user,
	struct error *e) CHECKED;

#endif
