/*
 * What an idle program sees of the machine while an attack goes on: how late a thread
 * wakes that has slept, and how long the disk takes to keep a few bytes. Two threads
 * measure that all the time, in shared nanoseconds.
 */
#ifndef STORM_WATCHER_H
#define STORM_WATCHER_H

#include <stdint.h>

/* Start the threads. The disk is that of `folder`. */
void watcher_begin(const char *folder);

/* The longest delay of a sample that overlaps the time between the two; waits for the
 * sample that has `end` in it. In nanoseconds. */
int64_t watcher_wake_delay(int64_t begin, int64_t end);
int64_t watcher_disk_delay(int64_t begin, int64_t end);

#endif
