#include "net/tls_openssl_pem.h"

#include "base/base64.h"

/* OpenSSL reads longer lines in parts, of which each could begin with BEGIN. */
#define LINE_MAX_BYTES 200

/* Longer than any program writes them (64; MIME has 76). */
#define BASE64_LINE_MAX 76

#define BEGIN STR("-----BEGIN CERTIFICATE-----")
#define END STR("-----END CERTIFICATE-----")
#define ANY_BEGIN STR("-----BEGIN")

/* Take a line without its LF or CRLF; false when it is in doubt. */
static bool take_line(struct str *text, struct str *line)
{
	str_cut(*text, '\n', line, text);
	if (line->n > LINE_MAX_BYTES || str_find(*line, '\0') >= 0)
		return false;
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

/* Decode the lines up to END. */
static bool take_base64(struct str *text, struct buf *der)
{
	struct str line;
	bool padded = false;

	buf_clear(der);
	while (text->n) {
		if (!take_line(text, &line))
			return false;
		if (str_eq(line, END))
			return true;
		if (!line.n || line.n > BASE64_LINE_MAX || padded ||
			!base64_decode(der, line))
			return false;
		padded = line.p[line.n - 1] == '=';
	}
	return false;
}

enum tls_pem tls_pem_next(struct str *text, struct str *pem, struct buf *der)
{
	struct str line;

	while (text->n) {
		struct str rest = *text;

		if (!take_line(text, &line))
			return TLS_PEM_DOUBT;
		if (str_eq(line, BEGIN)) {
			if (!take_base64(text, der))
				return TLS_PEM_DOUBT;
			*pem = str_first(rest, rest.n - text->n);
			return TLS_PEM_CERTIFICATE;
		}
		if (str_search(line, ANY_BEGIN) >= 0)
			return TLS_PEM_DOUBT;
	}
	return TLS_PEM_END;
}
