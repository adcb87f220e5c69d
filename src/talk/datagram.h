/* UDP: datagrams out, replies in, and whether there were as many as were due.
 */
#ifndef TALK_DATAGRAM_H
#define TALK_DATAGRAM_H

#include "talk/talk.h"

/* talk_client of an ENDPOINT_UDP, until `deadline`. The first address is sent
 * to; when it refuses before any reply has come, the next is, all anew (for
 * "localhost" has two, and a server often one). Datagrams that come while some
 * are still to be sent count as replies too. Returns as talk_client. */
int datagram_client(struct talk *t, int64_t deadline, struct error *e) CHECKED;

#endif
