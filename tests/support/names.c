#include "names.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <unistd.h>

#include "table.h"

static const struct names_answer *answer;
static atomic_int asked, answered;

void names_set(const struct names_answer *a)
{
	answer = a;
	asked = answered = 0;
}

int names_asked(void)
{
	return asked;
}

int names_answered(void)
{
	return answered;
}

static struct addrinfo *one_address(const char *literal)
{
	struct addrinfo *info = calloc(1, sizeof(*info));
	struct sockaddr_in6 *v6 = calloc(1, sizeof(*v6));
	struct sockaddr_in *v4 = (struct sockaddr_in *)v6;

	if (!info || !v6)
		abort();
	info->ai_addr = (struct sockaddr *)v6;
	if (inet_pton(AF_INET, literal, &v4->sin_addr) == 1) {
		info->ai_family = v4->sin_family = AF_INET;
		info->ai_addrlen = sizeof(*v4);
	} else if (inet_pton(AF_INET6, literal, &v6->sin6_addr) == 1) {
		info->ai_family = v6->sin6_family = AF_INET6;
		info->ai_addrlen = sizeof(*v6);
	} else {
		abort();
	}
	return info;
}

static struct addrinfo *list_of(const char *addresses, int family)
{
	struct addrinfo *first = NULL, **end = &first;
	char literal[INET6_ADDRSTRLEN];

	while (*addresses) {
		size_t n = strcspn(addresses, " ");

		if (n >= sizeof(literal))
			abort();
		memcpy(literal, addresses, n);
		literal[n] = '\0';
		addresses += n + strspn(addresses + n, " ");
		*end = one_address(literal);
		if (family == AF_UNSPEC || family == (*end)->ai_family) {
			end = &(*end)->ai_next;
			continue;
		}
		freeaddrinfo(*end);
		*end = NULL;
	}
	return first;
}

/* Asked in a thread that cmocka does not know, so what must not be aborts. */
int getaddrinfo(const char *node, const char *service,
	const struct addrinfo *hints, struct addrinfo **out)
{
	int result = 0;

	if (!answer || !node || service || hints->ai_socktype != SOCK_STREAM)
		abort();
	asked++;
	usleep((useconds_t)answer->delay_ms * 1000);
	if (hints->ai_flags & AI_ADDRCONFIG)
		result = answer->flagged;
	if (!result && answer->addresses)
		*out = list_of(answer->addresses, hints->ai_family);
	else if (!result)
		result = answer->result;
	errno = answer->system_errno;
	answered++;
	return result;
}

void freeaddrinfo(struct addrinfo *info)
{
	while (info) {
		struct addrinfo *next = info->ai_next;

		free(info->ai_addr);
		free(info);
		info = next;
	}
}
