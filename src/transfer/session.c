#include "transfer/session.h"

#include <stdlib.h>

#include "proxy/proxy.h"

struct tls_entry {
	struct tls_config config; /* first: its address is the entry's */
	struct tls_context *context; /* NULL until it is needed */
	struct tls_entry *next;
};

struct proxy_entry {
	struct proxy proxy; /* first: its address is the entry's */
	struct proxy_entry *next;
};

struct text_entry {
	char *text;
	struct text_entry *next;
};

struct session {
	struct pool pool;
	pthread_mutex_t lock; /* of what follows */
	struct tls_entry *tls;
	struct proxy_entry *proxies;
	struct text_entry *texts;
};

struct session *session_new(struct error *e)
{
	struct session *s = calloc(1, sizeof(*s));

	if (!s) {
		error_memory(e);
		return NULL;
	}
	pool_init(&s->pool);
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	pool_fini(&s->pool);
	while (s->tls) {
		struct tls_entry *entry = s->tls;

		s->tls = entry->next;
		if (entry->context)
			tls_load(NULL)->context_free(entry->context);
		free(entry);
	}
	while (s->proxies) {
		struct proxy_entry *entry = s->proxies;

		s->proxies = entry->next;
		proxy_fini(&entry->proxy);
		free(entry);
	}
	while (s->texts) {
		struct text_entry *entry = s->texts;

		s->texts = entry->next;
		explicit_bzero(entry->text, strlen(entry->text));
		free(entry->text);
		free(entry);
	}
	pthread_mutex_destroy(&s->lock);
	free(s);
}

struct pool *session_pool(struct session *s)
{
	return &s->pool;
}

static bool text_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool tls_config_equal(
	const struct tls_config *a, const struct tls_config *b)
{
	return a->insecure == b->insecure && a->no_alpn == b->no_alpn &&
		a->no_resumption == b->no_resumption &&
		a->status == b->status && a->min_version == b->min_version &&
		a->max_version == b->max_version &&
		text_equal(a->ca_file, b->ca_file) &&
		text_equal(a->ca_path, b->ca_path) &&
		text_equal(a->crl_file, b->crl_file) &&
		text_equal(a->ciphers, b->ciphers) &&
		text_equal(a->ciphers13, b->ciphers13) &&
		text_equal(a->curves, b->curves) &&
		a->cert_type == b->cert_type && a->key_type == b->key_type &&
		text_equal(a->cert, b->cert) && text_equal(a->key, b->key) &&
		text_equal(a->password, b->password) &&
		text_equal(a->pinned_key, b->pinned_key);
}

const struct tls_config *session_tls_config(
	struct session *s, const struct tls_config *config, struct error *e)
{
	struct tls_entry *entry;

	pthread_mutex_lock(&s->lock);
	for (entry = s->tls; entry; entry = entry->next)
		if (tls_config_equal(&entry->config, config))
			break;
	if (!entry && (entry = calloc(1, sizeof(*entry)))) {
		entry->config = *config;
		entry->next = s->tls;
		s->tls = entry;
	}
	pthread_mutex_unlock(&s->lock);
	if (!entry)
		error_memory(e);
	return entry ? &entry->config : NULL;
}

const struct proxy *session_proxy(
	struct session *s, const struct proxy *proxy, struct error *e)
{
	struct proxy_entry *entry;

	pthread_mutex_lock(&s->lock);
	for (entry = s->proxies; entry; entry = entry->next)
		if (proxy_equal(&entry->proxy, proxy))
			break;
	if (!entry && (entry = calloc(1, sizeof(*entry)))) {
		if (proxy_copy(&entry->proxy, proxy, e) == 0) {
			entry->next = s->proxies;
			s->proxies = entry;
		} else {
			free(entry);
			entry = NULL;
		}
	}
	pthread_mutex_unlock(&s->lock);
	if (!entry)
		error_memory(e);
	return entry ? &entry->proxy : NULL;
}

const char *session_text(struct session *s, struct str text, struct error *e)
{
	struct text_entry *entry;

	pthread_mutex_lock(&s->lock);
	for (entry = s->texts; entry; entry = entry->next)
		if (str_eq(str_of(entry->text), text))
			break;
	if (!entry && (entry = calloc(1, sizeof(*entry)))) {
		entry->text = str_dup(text);
		if (entry->text) {
			entry->next = s->texts;
			s->texts = entry;
		} else {
			free(entry);
			entry = NULL;
		}
	}
	pthread_mutex_unlock(&s->lock);
	if (!entry)
		error_memory(e);
	return entry ? entry->text : NULL;
}

struct tls_context *session_tls_context(
	struct session *s, const struct tls_config *config, struct error *e)
{
	struct tls_entry *entry = (struct tls_entry *)config;
	const struct tls_functions *tls = tls_load(e);
	struct tls_context *context;

	if (!tls)
		return NULL;
	pthread_mutex_lock(&s->lock);
	if (!entry->context)
		entry->context = tls->context_new(config, e);
	context = entry->context;
	pthread_mutex_unlock(&s->lock);
	return context;
}
