/* SOCKS: the input's first byte says which kind the proxy is of, "4", "a", "5"
 * or "h", and with a user "A" or "H"; the rest is what it says. */
#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "proxy/socks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
	if (!good)
		abort();
}

struct proxy_stream {
	struct stream base;
	struct str bytes; /* not read yet */
	size_t step; /* at most so many at once */
	size_t written;
};

static ssize_t proxy_read(struct stream *s, void *to, size_t n, struct error *e)
{
	struct proxy_stream *p = (struct proxy_stream *)s;

	(void)e;
	expect(n > 0);
	if (n > p->step)
		n = p->step;
	if (n > p->bytes.n)
		n = p->bytes.n;
	if (n)
		memcpy(to, p->bytes.p, n);
	p->bytes = str_from(p->bytes, n);
	return (ssize_t)n;
}

static ssize_t proxy_write(
	struct stream *s, const struct iovec *iov, int n, struct error *e)
{
	struct proxy_stream *p = (struct proxy_stream *)s;

	(void)n;
	(void)e;
	p->written += iov[0].iov_len;
	return (ssize_t)iov[0].iov_len;
}

static const struct stream_ops proxy_ops = {
	.read = proxy_read,
	.write = proxy_write,
};

static struct proxy proxy_of(char kind)
{
	struct proxy p = { .kind = PROXY_SOCKS4, .host = (char *)"p" };

	if (kind == 'a' || kind == 'A')
		p.kind = PROXY_SOCKS4A;
	else if (kind == '5')
		p.kind = PROXY_SOCKS5;
	else if (kind == 'h' || kind == 'H')
		p.kind = PROXY_SOCKS5H;
	if (kind == 'A' || kind == 'H') {
		p.user = (char *)"u";
		p.password = (char *)"p";
	}
	return p;
}

/* The length of a handshake that succeeded, from its bytes alone. */
static size_t length_of(const struct proxy *p, struct str bytes)
{
	size_t at = 2;

	if (p->kind == PROXY_SOCKS4 || p->kind == PROXY_SOCKS4A)
		return 8;
	if (bytes.p[1] == 2)
		at += 2;
	if (bytes.p[at + 3] == 1)
		return at + 10;
	if (bytes.p[at + 3] == 4)
		return at + 22;
	return at + 7 + (unsigned char)bytes.p[at + 4];
}

static int run(const struct proxy *p, struct str bytes, size_t step,
	size_t *left, struct error *e)
{
	struct proxy_stream s = { .base = { .ops = &proxy_ops, .fd = -1 },
		.bytes = bytes,
		.step = step };
	struct net_config net = { 0 };
	bool named = p->kind == PROXY_SOCKS4A || p->kind == PROXY_SOCKS5H;
	int result = socks_connect(&s.base, p, &net,
		named ? "a.test" : "192.0.2.1", 80, NULL, DEADLINE_NONE, e);

	*left = s.bytes.n;
	expect(s.written > 0);
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct error e = { 0 }, stepped = { 0 };
	size_t left, stepped_left;
	struct proxy p;
	int result;

	if (size == 0)
		return 0;
	p = proxy_of(bytes.p[0]);
	bytes = str_from(bytes, 1);
	result = run(&p, bytes, SIZE_MAX, &left, &e);
	if (result == 0) {
		expect(e.code == 0);
		expect(bytes.n - left == length_of(&p, bytes));
	} else {
		expect(result == -ERR_PROXY && e.code == ERR_PROXY);
		expect(strstr(e.text, "; connecting to ") != NULL);
	}
	/* However it is cut, it means the same. */
	for (size_t step = 1; step <= 3; step++) {
		expect(run(&p, bytes, step, &stepped_left, &stepped) == result);
		expect(stepped_left >= left);
		expect(result < 0 || stepped_left == left);
	}
	return 0;
}
