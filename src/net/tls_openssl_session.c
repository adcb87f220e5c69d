#include "net/tls_openssl_session.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

void tls_sessions_init(struct tls_sessions *s)
{
	memset(s, 0, sizeof(*s));
	pthread_mutex_init(&s->lock, NULL);
}

/* Returns the session, which the slot no longer holds. */
static SSL_SESSION *empty_slot(struct tls_sessions *s, size_t i)
{
	SSL_SESSION *session = s->kept[i].session;

	free(s->kept[i].host);
	s->kept[i].host = NULL;
	s->kept[i].session = NULL;
	return session;
}

void tls_sessions_fini(struct tls_sessions *s)
{
	for (size_t i = 0; i < TLS_SESSIONS; i++)
		SSL_SESSION_free(empty_slot(s, i));
	pthread_mutex_destroy(&s->lock);
}

void tls_sessions_put(
	struct tls_sessions *s, const char *host, const SSL_SESSION *session)
{
	char *key = str_dup(str_of(host));
	SSL_SESSION *copy = key ? SSL_SESSION_dup(session) : NULL;

	if (!copy) {
		free(key);
		return;
	}
	pthread_mutex_lock(&s->lock);
	SSL_SESSION_free(empty_slot(s, s->next));
	s->kept[s->next].host = key;
	s->kept[s->next].session = copy;
	s->next = (s->next + 1) % TLS_SESSIONS;
	pthread_mutex_unlock(&s->lock);
}

SSL_SESSION *tls_sessions_take(struct tls_sessions *s, const char *host)
{
	SSL_SESSION *found = NULL;

	pthread_mutex_lock(&s->lock);
	for (size_t n = 1; n <= TLS_SESSIONS && !found; n++) {
		size_t i = (s->next + TLS_SESSIONS - n) % TLS_SESSIONS;

		if (!s->kept[i].host || strcmp(s->kept[i].host, host) != 0)
			continue;
		found = s->kept[i].session;
		if (SSL_SESSION_get_protocol_version(found) >= TLS1_3_VERSION)
			empty_slot(s, i);
		else
			found = SSL_SESSION_dup(found);
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}
