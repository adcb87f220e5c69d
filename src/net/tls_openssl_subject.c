#include "net/tls_openssl_subject.h"

#include "base/ascii.h"

/* Tags of DER (X.690). */
#define DER_INTEGER 0x02
#define DER_OID 0x06
#define DER_SEQUENCE 0x30
#define DER_SET 0x31
#define DER_VERSION 0xa0 /* [0] of TBSCertificate */
#define DER_UNIVERSAL_STRING 0x1c
#define DER_BMP_STRING 0x1e

#define FNV_BASIS 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

struct element {
	unsigned char tag;
	size_t header; /* bytes of tag and length */
	size_t n; /* bytes of content */
};

/* Read tag and length at the front of `in`; the content may reach past it.
 * Lengths that are indefinite or of more than three bytes are refused. */
static bool read_header(struct str in, struct element *out)
{
	size_t lengths;

	if (in.n < 2)
		return false;
	out->tag = (unsigned char)in.p[0];
	out->n = (unsigned char)in.p[1];
	out->header = 2;
	if (out->n < 0x80)
		return true;
	lengths = out->n & 0x7f;
	if (lengths == 0 || lengths > 3 || in.n < 2 + lengths)
		return false;
	out->n = 0;
	for (size_t i = 0; i < lengths; i++)
		out->n = out->n << 8 | (unsigned char)in.p[2 + i];
	out->header += lengths;
	return true;
}

/* Step into the element with `tag` at the front of `in`, of which the end may
 * be missing. */
static bool enter(struct str *in, unsigned char tag)
{
	struct element e;

	if (!read_header(*in, &e) || e.tag != tag)
		return false;
	*in = str_first(str_from(*in, e.header), e.n);
	return true;
}

/* Take the whole element with `tag`, header and all, from the front of `in`. */
static bool take(struct str *in, unsigned char tag, struct str *element)
{
	struct element e;

	if (!read_header(*in, &e) || e.tag != tag || in->n - e.header < e.n)
		return false;
	*element = str_first(*in, e.header + e.n);
	*in = str_from(*in, e.header + e.n);
	return true;
}

bool tls_subject_find(struct str der, struct str *name)
{
	struct str skipped;

	if (!enter(&der, DER_SEQUENCE) || !enter(&der, DER_SEQUENCE))
		return false;
	if (der.n && (unsigned char)der.p[0] == DER_VERSION &&
		!take(&der, DER_VERSION, &skipped))
		return false;
	return take(&der, DER_INTEGER, &skipped) && /* serial number */
		take(&der, DER_SEQUENCE, &skipped) && /* signature algorithm */
		take(&der, DER_SEQUENCE, &skipped) && /* issuer */
		take(&der, DER_SEQUENCE, &skipped) && /* validity */
		take(&der, DER_SEQUENCE, name);
}

static uint64_t mix(uint64_t hash, unsigned char byte)
{
	return (hash ^ byte) * FNV_PRIME;
}

/* Only ASCII letters and digits count, lower-cased: all that a comparison may
 * ignore or convert is among the rest. `width` bytes make a character. */
static uint64_t mix_text(uint64_t hash, struct str text, size_t width)
{
	for (size_t i = 0; i + width <= text.n; i += width) {
		const char *character = text.p + i;
		size_t zeros = 0;

		while (zeros < width - 1 && character[zeros] == 0)
			zeros++;
		if (zeros == width - 1 && ascii_is_alnum(character[zeros]))
			hash = mix(hash,
				(unsigned char)ascii_lower(character[zeros]));
	}
	return hash;
}

static size_t character_width(unsigned char tag)
{
	if (tag == DER_BMP_STRING)
		return 2;
	return tag == DER_UNIVERSAL_STRING ? 4 : 1;
}

/* AttributeTypeAndValue: an OID and a string. */
static bool mix_attribute(struct str attribute, uint64_t *hash)
{
	struct str type;
	struct element value;

	if (!enter(&attribute, DER_SEQUENCE) ||
		!take(&attribute, DER_OID, &type) ||
		!read_header(attribute, &value) ||
		attribute.n != value.header + value.n)
		return false;
	for (size_t i = 0; i < type.n; i++)
		*hash = mix(*hash, (unsigned char)type.p[i]);
	*hash = mix_text(*hash, str_from(attribute, value.header),
		character_width(value.tag));
	return true;
}

bool tls_subject_fingerprint(struct str name, uint64_t *fingerprint)
{
	struct str part, attribute;

	*fingerprint = FNV_BASIS;
	if (!enter(&name, DER_SEQUENCE))
		return false;
	while (name.n) {
		if (!take(&name, DER_SET, &part) || !enter(&part, DER_SET))
			return false;
		while (part.n)
			if (!take(&part, DER_SEQUENCE, &attribute) ||
				!mix_attribute(attribute, fingerprint))
				return false;
	}
	return true;
}
