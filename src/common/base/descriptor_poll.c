#define _GNU_SOURCE /* ppoll */
#include "descriptor_poll.h"

#include "refused_call.h"

#include <limits.h>
#include <string.h>
#include <sys/select.h>

enum {
	FDS_MOST = 16384, /* numbers that the sets have room for */
	WORD_BITS = 8 * sizeof(unsigned long),
	PAUSE_MS = 5
};

/* pselect takes sets of any length, as long as they have all numbers below its
 * first argument; fd_set and its macros stop at 1024. */
struct big_set {
	unsigned long words[FDS_MOST / WORD_BITS];
};

static void set_add(struct big_set *set, int fd)
{
	set->words[(unsigned)fd / WORD_BITS] |= 1UL << (unsigned)fd % WORD_BITS;
}

static bool set_has(const struct big_set *set, int fd)
{
	return set->words[(unsigned)fd / WORD_BITS] >>
	           (unsigned)fd % WORD_BITS &
	       1;
}

/* The end of a connection makes its descriptor readable, as POLLHUP does. */
static int poll_by_select(struct pollfd polls[], nfds_t count,
                          const struct timespec *most, const sigset_t *mask)
{
	struct big_set readable = {0};
	struct big_set writable = {0};
	int ready = 0;
	int last = -1;

	for (nfds_t i = 0; i < count; i++) {
		const int fd = polls[i].fd;
		polls[i].revents = 0;
		if (fd < 0)
			continue;
		if (fd >= FDS_MOST) {
			errno = EINVAL;
			return -1;
		}
		if (polls[i].events & POLLIN)
			set_add(&readable, fd);
		if (polls[i].events & POLLOUT)
			set_add(&writable, fd);
		last = fd > last ? fd : last;
	}
	if (pselect(last + 1, (fd_set *)(void *)&readable,
	            (fd_set *)(void *)&writable, NULL, most, mask) < 0)
		return -1;
	for (nfds_t i = 0; i < count; i++) {
		const int fd = polls[i].fd;
		if (fd < 0)
			continue;
		if (set_has(&readable, fd))
			polls[i].revents |= POLLIN;
		if (set_has(&writable, fd))
			polls[i].revents |= POLLOUT;
		ready += polls[i].revents != 0;
	}
	return ready;
}

static void pause_most(const struct timespec *most)
{
	struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};

	if (most && most->tv_sec == 0 && most->tv_nsec < pause.tv_nsec)
		pause = *most;
	nanosleep(&pause, NULL);
}

int descriptor_poll(struct pollfd polls[], nfds_t count,
                    const struct timespec *most, const sigset_t *mask)
{
	int ready = ppoll(polls, count, most, mask);

	/* POSIX allows EAGAIN, for want of memory: as after a signal, the
	 * caller looks around and polls again. */
	if (ready < 0 && errno == EAGAIN) {
		pause_most(most);
		errno = EINTR;
	}
	if (ready >= 0 || (errno != EINVAL && !call_is_refused(errno)))
		return ready;
	const int number = errno;
	ready = poll_by_select(polls, count, most, mask);
	if (ready >= 0 || errno == EINTR)
		return ready;
	pause_most(most);
	errno = number;
	return -1;
}

int descriptor_poll_ms(struct pollfd polls[], nfds_t count, int most_ms)
{
	const struct timespec most = {
	    .tv_sec = most_ms / 1000,
	    .tv_nsec = most_ms % 1000 * 1000000L,
	};

	return descriptor_poll(polls, count, &most, NULL);
}
