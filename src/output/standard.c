#include "output/standard.h"

#include <pthread.h>
#include <stdbool.h>

#include "output/descriptor.h"

static pthread_mutex_t output = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t messages = PTHREAD_MUTEX_INITIALIZER;
static bool drawn; /* a line without its newline; under `messages` */

void standard_output_take(void)
{
	pthread_mutex_lock(&output);
}

void standard_output_give(void)
{
	pthread_mutex_unlock(&output);
}

/* Under the lock. A meter that cannot be shown is no reason to fail. */
static void end_line(int fd)
{
	if (drawn)
		(void)descriptor_write_str(fd, STR("\n"));
	drawn = false;
}

int standard_message(int fd, struct str lines)
{
	int failed;

	pthread_mutex_lock(&messages);
	end_line(fd);
	failed = descriptor_write_str(fd, lines);
	pthread_mutex_unlock(&messages);
	return failed;
}

void standard_draw(int fd, struct str line)
{
	pthread_mutex_lock(&messages);
	(void)descriptor_write_str(fd, line);
	drawn = true;
	pthread_mutex_unlock(&messages);
}

void standard_draw_end(int fd)
{
	pthread_mutex_lock(&messages);
	end_line(fd);
	pthread_mutex_unlock(&messages);
}

void standard_silence(void)
{
	pthread_mutex_lock(&messages);
}
