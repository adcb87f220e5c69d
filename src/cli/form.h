/* -F and --form-string: parts of a form in curl's syntax. */
#ifndef CLI_FORM_H
#define CLI_FORM_H

#include "cli/apply.h"
#include "transfer/form.h"

/* Add what the argument of `use` says to `form`:
 *
 *   NAME=CONTENT      a part; the content may be in double quotes
 *   NAME=@FILE        a file as one; NAME=@FILE,FILE several as a multipart
 *   NAME=<FILE        the content of a file as that of a part
 *   NAME=(            a multipart that takes what follows, until
 *   =)                which ends it
 *
 * NAME may be empty and FILE be "-", standard input: its bytes are read here
 * unless it is a regular file. Behind each CONTENT, FILE and '(' there may be
 * ;type=TYPE ;filename=NAME ;headers=FIELD ;headers=@FILE ;encoder=ENCODING, of
 * which the first has all up to another of them for parameters. With `string`
 * all behind the first '=' is content.
 *
 * Warnings go to `c`. Returns 0, or with the option and the byte of its
 * argument named in `e`, counted from 1, -ERR_USAGE, -ERR_READ, -ERR_TOO_LARGE
 * or -ERR_OUT_OF_MEMORY: `form` is then as it was. */
int form_add(struct form *form, bool string, const struct option_use *use,
	struct command *c, struct error *e) CHECKED;

#endif
