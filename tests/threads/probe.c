/* Whether a program with a thread sanitizer comes up on this machine. */
#include <pthread.h>

static void *begin(void *arg)
{
	return arg;
}

int main(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, begin, NULL) ||
	       pthread_join(thread, NULL);
}
