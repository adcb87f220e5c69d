/* Peers that answer what a text says, in the place of all of the network: for
 * programs linked with -Wl,--wrap=dial_tcp,--wrap=dial_addresses,
 * --wrap=tls_load. The n-th connection that is made, wherever it leads, is the
 * n-th one of the text; TLS is taken as agreed on. It is net/replay that hands
 * the bytes on, so what it can do is what can be written.
 *
 * The text is what the peers send, with '~' before what else they do:
 *
 *   ~~   sends a tilde
 *   ~|   sends the rest in another piece, which another read gets
 *   ~>   waits until more has been asked, or until nothing else is left to do
 *   ~.   closes the connection
 *   ~!   resets it
 *   ~/   closes it as TLS must not be closed, without a word
 *   ~?   falls silent: neither closes nor sends
 *   ~N   (0 to 9) takes 2^N ms, or 9 minutes for 9, whenever it is waited for
 *   ~w   cannot be sent to when it is asked once more than it waits for
 *   ~x   is not to be reached: the connection is refused
 *   ~t   has no certificate that can be trusted
 *
 * ~. ~! ~/ and ~? end a connection, and what follows is the next one's; that of
 * the last is closed. Where there is none left, connections are refused. */
#ifndef TESTS_SUPPORT_ANSWERS_H
#define TESTS_SUPPORT_ANSWERS_H

#include "base/buf.h"

/* What has become of a connection. */
struct dialed {
	char host[256];
	uint16_t port;
	struct buf sent; /* by the program */
	bool failed; /* the last read was told so */
};

/* Read the text; it is not needed afterwards. One at a time. No read gets more
 * than `step` bytes; 0: any number. */
void answers_begin(struct str text, size_t step);

/* Forget it, with all that came of it. */
void answers_end(void);

/* The connections that were made, those refused not counted. */
size_t answers_dialed(void);
const struct dialed *answers_dial(size_t index);

/* Connection whose stream was read from last; NULL: none was. */
const struct dialed *answers_last_read(void);

#endif
