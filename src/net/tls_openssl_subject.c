#include "net/tls_openssl_subject.h"

#include "base/ascii.h"
#include "base/utf8.h"

/* Tags of DER (X.690). */
#define DER_BOOLEAN 0x01
#define DER_INTEGER 0x02
#define DER_BIT_STRING 0x03
#define DER_OCTET_STRING 0x04
#define DER_NULL 0x05
#define DER_OID 0x06
#define DER_UTF8_STRING 0x0c
#define DER_NUMERIC_STRING 0x12
#define DER_PRINTABLE_STRING 0x13
#define DER_T61_STRING 0x14
#define DER_IA5_STRING 0x16
#define DER_UTC_TIME 0x17
#define DER_GENERALIZED_TIME 0x18
#define DER_SEQUENCE 0x30
#define DER_SET 0x31
#define DER_VERSION 0xa0 /* [0] of TBSCertificate */
#define DER_EXTENSIONS 0xa3 /* [3] of it */

#define UTC_TIME_SIZE 13 /* "260101000000Z" */
#define GENERALIZED_TIME_SIZE 15

#define FNV_BASIS 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

/* Read tag and length at the front of `in`: the bytes that both have, or 0.
 * Lengths that are indefinite or of more than three bytes are refused. */
static size_t read_header(struct str in, unsigned char *tag, size_t *n)
{
	size_t lengths;

	if (in.n < 2)
		return 0;
	*tag = (unsigned char)in.p[0];
	*n = (unsigned char)in.p[1];
	if (*n < 0x80)
		return 2;
	lengths = *n & 0x7f;
	if (lengths == 0 || lengths > 3 || in.n < 2 + lengths)
		return 0;
	*n = 0;
	for (size_t i = 0; i < lengths; i++)
		*n = *n << 8 | (unsigned char)in.p[2 + i];
	return 2 + lengths;
}

static unsigned char next_tag(struct str in)
{
	return in.n ? (unsigned char)in.p[0] : 0;
}

/* Take the whole element with `tag` from the front of `in`. */
static bool take(struct str *in, unsigned char tag, struct str *content)
{
	unsigned char found;
	size_t n, header = read_header(*in, &found, &n);

	if (!header || found != tag || in->n - header < n)
		return false;
	*content = str_first(str_from(*in, header), n);
	*in = str_from(*in, header + n);
	return true;
}

/* One spelling only: neither a zero byte nor one of all ones too many. */
static bool take_integer(struct str *in)
{
	struct str digits;
	unsigned first, second;

	if (!take(in, DER_INTEGER, &digits) || !digits.n)
		return false;
	if (digits.n == 1)
		return true;
	first = (unsigned char)digits.p[0];
	second = (unsigned char)digits.p[1] >> 7;
	return !(first == 0 && second == 0) && !(first == 0xff && second == 1);
}

/* Numbers of seven bits a byte, none of which begins with zeros. */
static bool take_oid(struct str *in, struct str *oid)
{
	bool begins = true;

	if (!take(in, DER_OID, oid) || !oid->n)
		return false;
	for (size_t i = 0; i < oid->n; i++) {
		unsigned byte = (unsigned char)oid->p[i];

		if (begins && byte == 0x80)
			return false;
		begins = byte < 0x80;
	}
	return begins;
}

static bool take_bits(struct str *in)
{
	struct str bits;

	return take(in, DER_BIT_STRING, &bits) && bits.n &&
		(unsigned char)bits.p[0] < 8;
}

/* AlgorithmIdentifier (RFC 5280 section 4.1.1.2). */
static bool take_algorithm(struct str *in)
{
	struct str algorithm, part;
	bool fine;

	if (!take(in, DER_SEQUENCE, &algorithm) || !take_oid(&algorithm, &part))
		return false;
	switch (next_tag(algorithm)) {
	case DER_NULL:
		fine = take(&algorithm, DER_NULL, &part) && !part.n;
		break;
	case DER_OID:
		fine = take_oid(&algorithm, &part);
		break;
	case DER_SEQUENCE:
		fine = take(&algorithm, DER_SEQUENCE, &part);
		break;
	default:
		fine = true;
	}
	return fine && !algorithm.n;
}

static bool take_name(struct str *in, struct str *name)
{
	struct str whole = *in, content;
	uint64_t fingerprint;

	if (!take(in, DER_SEQUENCE, &content))
		return false;
	*name = str_first(whole, whole.n - in->n);
	return tls_subject_fingerprint(*name, &fingerprint);
}

static bool take_time(struct str *in)
{
	struct str text;

	if (next_tag(*in) == DER_UTC_TIME)
		return take(in, DER_UTC_TIME, &text) && text.n == UTC_TIME_SIZE;
	return take(in, DER_GENERALIZED_TIME, &text) &&
		text.n == GENERALIZED_TIME_SIZE;
}

static bool take_validity(struct str *in)
{
	struct str times;

	return take(in, DER_SEQUENCE, &times) && take_time(&times) &&
		take_time(&times) && !times.n;
}

static bool take_key(struct str *in)
{
	struct str key;

	return take(in, DER_SEQUENCE, &key) && take_algorithm(&key) &&
		take_bits(&key) && !key.n;
}

static bool take_version(struct str *in)
{
	struct str version;

	if (next_tag(*in) != DER_VERSION)
		return true;
	return take(in, DER_VERSION, &version) && take_integer(&version) &&
		!version.n;
}

static bool take_extension(struct str *in)
{
	struct str extension, part;

	if (!take(in, DER_SEQUENCE, &extension) || !take_oid(&extension, &part))
		return false;
	if (next_tag(extension) == DER_BOOLEAN &&
		(!take(&extension, DER_BOOLEAN, &part) || part.n != 1))
		return false;
	return take(&extension, DER_OCTET_STRING, &part) && !extension.n;
}

static bool take_extensions(struct str *in)
{
	struct str outer, list;

	if (!in->n)
		return true;
	if (!take(in, DER_EXTENSIONS, &outer) ||
		!take(&outer, DER_SEQUENCE, &list) || outer.n)
		return false;
	while (list.n)
		if (!take_extension(&list))
			return false;
	return true;
}

bool tls_subject_find(struct str der, struct str *name)
{
	struct str certificate, signed_part, issuer;

	return take(&der, DER_SEQUENCE, &certificate) && !der.n &&
		take(&certificate, DER_SEQUENCE, &signed_part) &&
		take_algorithm(&certificate) && take_bits(&certificate) &&
		!certificate.n && take_version(&signed_part) &&
		take_integer(&signed_part) && take_algorithm(&signed_part) &&
		take_name(&signed_part, &issuer) &&
		take_validity(&signed_part) && take_name(&signed_part, name) &&
		take_key(&signed_part) && take_extensions(&signed_part) &&
		!signed_part.n;
}

static uint64_t mix(uint64_t hash, unsigned char byte)
{
	return (hash ^ byte) * FNV_PRIME;
}

static uint64_t mix_bytes(uint64_t hash, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		hash = mix(hash, (unsigned char)bytes.p[i]);
	return hash;
}

/* Only ASCII letters and digits count, lower-cased: all that a comparison may
 * ignore or convert is among the rest. */
static uint64_t mix_text(uint64_t hash, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (ascii_is_alnum(text.p[i]))
			hash = mix(hash, (unsigned char)ascii_lower(text.p[i]));
	return hash;
}

/* Take the kinds of string in which an ASCII character is the byte it is. */
static bool take_string(struct str *in, struct str *text)
{
	unsigned char tag = next_tag(*in);

	switch (tag) {
	case DER_UTF8_STRING:
		return take(in, tag, text) && utf8_valid(*text);
	case DER_NUMERIC_STRING:
	case DER_PRINTABLE_STRING:
	case DER_T61_STRING:
	case DER_IA5_STRING:
		return take(in, tag, text);
	default:
		return false;
	}
}

/* AttributeTypeAndValue: an OID and a string. */
static bool take_attribute(struct str *in, uint64_t *hash)
{
	struct str attribute, type, text;

	if (!take(in, DER_SEQUENCE, &attribute) ||
		!take_oid(&attribute, &type) ||
		!take_string(&attribute, &text) || attribute.n)
		return false;
	*hash = mix_text(mix_bytes(FNV_BASIS, type), text);
	return true;
}

/* The attributes' hashes are added up, for those of one RDN are in no order. */
bool tls_subject_fingerprint(struct str name, uint64_t *fingerprint)
{
	struct str parts, part;
	uint64_t hash;

	*fingerprint = 0;
	if (!take(&name, DER_SEQUENCE, &parts) || name.n)
		return false;
	while (parts.n) {
		if (!take(&parts, DER_SET, &part))
			return false;
		while (part.n) {
			if (!take_attribute(&part, &hash))
				return false;
			*fingerprint += hash;
		}
	}
	return true;
}
