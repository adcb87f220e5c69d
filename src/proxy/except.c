/* The hosts that no proxy is used for. */
#include "base/num.h"
#include "proxy/proxy.h"
#include "url/url_address.h"

struct ip {
	unsigned char bytes[16];
	size_t n; /* 4, 16, or 0: it is a name */
};

static struct ip ip_read(struct str text)
{
	struct ip ip = { .n = 0 };
	struct str zone;
	uint16_t groups[8];
	uint32_t v4;

	if (address_read_ipv4(text, &v4)) {
		for (; ip.n < 4; ip.n++)
			ip.bytes[ip.n] = (unsigned char)(v4 >> (24 - 8 * ip.n));
		return ip;
	}
	str_cut(text, '%', &text, &zone);
	if (!address_read_ipv6(text, groups))
		return ip;
	for (; ip.n < 16; ip.n++)
		ip.bytes[ip.n] =
			(unsigned char)(groups[ip.n / 2] >> (ip.n % 2 ? 0 : 8));
	return ip;
}

static bool same_bits(const struct ip *a, const struct ip *b, size_t bits)
{
	size_t whole = bits / 8;
	int rest = 0xff00 >> (bits % 8) & 0xff;

	if (memcmp(a->bytes, b->bytes, whole) != 0)
		return false;
	return !rest || ((a->bytes[whole] ^ b->bytes[whole]) & rest) == 0;
}

/* `entry` is an address or "ADDRESS/BITS". */
static bool has_ip(struct str entry, const struct ip *host)
{
	struct str address, digits;
	struct ip network;
	uint64_t bits = 8 * host->n;

	if (str_cut(entry, '/', &address, &digits) &&
		!num_decimal(digits, bits, &bits))
		return false;
	if (address.n > 2 && address.p[0] == '[' &&
		address.p[address.n - 1] == ']')
		address = str_first(str_from(address, 1), address.n - 2);
	network = ip_read(address);
	return network.n == host->n && same_bits(&network, host, (size_t)bits);
}

static struct str without_last_dot(struct str name)
{
	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	return name;
}

static bool has_name(struct str entry, struct str host)
{
	if (str_starts(entry, STR(".")))
		entry = str_from(entry, 1);
	entry = without_last_dot(entry);
	if (entry.n == 0 || entry.n > host.n ||
		!str_eq_nocase(str_from(host, host.n - entry.n), entry))
		return false;
	return entry.n == host.n || host.p[host.n - entry.n - 1] == '.';
}

bool proxy_excepts(const char *list, struct str host)
{
	struct str rest = str_of(list);
	struct ip ip = ip_read(host);

	if (str_eq(str_trim(rest), STR("*")))
		return true;
	host = without_last_dot(host);
	while (rest.n) {
		struct str entry;
		size_t n = 0;

		while (n < rest.n && !memchr(", \t", rest.p[n], 3))
			n++;
		entry = str_first(rest, n);
		rest = str_from(rest, n + 1);
		if (ip.n ? has_ip(entry, &ip) : has_name(entry, host))
			return true;
	}
	return false;
}
