/*
 * How far apart the cores of two ranks are, while they are timed. A virtual machine
 * may move its cores: now they share a cache, and a second later they do not. So each
 * block of calls has the trip of a cache line beside it, and reports compare blocks of
 * the same distance only.
 */
#ifndef BENCH_DISTANCE_H
#define BENCH_DISTANCE_H

/* Collective. For two ranks on one machine; with others, or where they cannot share
 * memory, distance_now returns 0. */
void distance_open(void);

/* Seconds that a cache line takes from one rank's core to the other's: the least of a
 * few short runs. Collective, and takes less than 0.1 ms. */
double distance_now(void);

#endif
