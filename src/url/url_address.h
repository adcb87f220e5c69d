/* IP addresses as they stand in URLs, from text to bits and back. */
#ifndef URL_URL_ADDRESS_H
#define URL_URL_ADDRESS_H

#include <stdint.h>

#include "base/buf.h"

/* An IPv4 address in any of the forms that inet_aton(3) takes: one to four
 * numbers, decimal, octal ("0...") or hexadecimal ("0x..."), the last of which
 * fills all bytes left. False when `s` is none of them. */
bool address_read_ipv4(struct str s, uint32_t *address);

/* Append the dotted quad. */
void address_print_ipv4(struct buf *out, uint32_t address);

/* An IPv6 address without zone or brackets (RFC 4291 section 2.2). */
bool address_read_ipv6(struct str s, uint16_t groups[static 8]);

/* Append the address in the form of RFC 5952 sections 4 and 5. */
void address_print_ipv6(struct buf *out, const uint16_t groups[static 8]);

#endif
