/*
 * Notice the end of a rank early. SIGCHLD, a pidfd and a closed socket tell of
 * it only after the kernel has freed the memory of the process, which takes a
 * second for a few gigabytes. The kernel handles robust mutexes before that. So
 * each rank holds one, in its record, for as long as it lives; when the thread
 * that locked it ends, the kernel marks the mutex and wakes a waiter.
 *
 * The process may live on: only that thread has ended, or the process called
 * exec. So a rank that finds the mark asks /proc whether the process is ending.
 * If /proc does not tell, the monitor does, when the memory is free.
 *
 * A process that writes a core file does so before the kernel marks anything.
 * So a rank that waits asks /proc for that now and then, and so do ranks in a
 * sweep (core_watch.h). Linux tells the signal
 * there since 6.0; on older kernels the end is noticed when the file is
 * written.
 */
#ifndef COHORT_MP_LIVENESS_H
#define COHORT_MP_LIVENESS_H

#include "control_page.h"

/* This process is rank `rank`; the calling thread locks its mutex. Without
 * robust mutexes the end of the rank is noticed later. */
void liveness_begin(struct control_page *control, int rank);

/* Unlock the mutex, before the control page is unmapped. False if another
 * thread, which lives, has locked it: that thread's list of robust mutexes
 * leads through the page, so the page has to stay. */
bool liveness_end(struct control_page *control, int rank);

/* The kernel has marked the rank's mutex. One load. */
bool liveness_is_marked(const struct rank_record *record);

/* Whether the kernel will mark the rank's mutex: it is locked, by a thread that
 * lives. One load. */
bool liveness_can_mark(const struct rank_record *record);

/* The end of a rank. */
struct liveness_ending {
	bool signalled;
	int end;      /* number of the signal, or exit status */
	pid_t parent; /* of its process, now; not above 0 while it is reaped */
};

/* Whether the process of the rank, whose mutex is marked, is ending. False also
 * if /proc does not tell, or if it ends with status 0. */
bool liveness_find_end(const struct rank_record *record,
                       struct liveness_ending *ending);

/* Whether the process of the rank is writing a core file: it will end. Costs as
 * much as reading a file of /proc, and if the process exits at the same moment,
 * the caller may be the one that frees its memory. */
bool liveness_find_dump(const struct rank_record *record,
                        struct liveness_ending *ending);

/* Sleep until control->wakes is not `value` any more, until rank `rank` is
 * marked, or for `ms` milliseconds, which are less than 1000. */
void liveness_sleep(struct control_page *control, int rank, uint32_t value,
                    int ms);

enum liveness_slept {
	LIVENESS_WOKEN,
	LIVENESS_TIME_OVER,
	/* The kernel has no such call, a filter refuses it, or there are too
	 * many ranks. */
	LIVENESS_CANNOT_SLEEP
};

enum { LIVENESS_WATCHED_MOST = 127 };

/* Sleep until *word, of this process, is not `value`, until the number of
 * marked ranks is not `marks`, until a signal comes, or for so many seconds.
 * May end earlier. */
enum liveness_slept liveness_sleep_any(const struct control_page *control,
                                       int size, int marks,
                                       const _Atomic uint32_t *word,
                                       uint32_t value, double seconds);

#endif
