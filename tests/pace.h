/*
 * The machine's slowdown while a test runs, so that a bound on time holds on a
 * busy or slow machine too. A thread samples all the while:
 *
 *   contention  wall time of some work beside its CPU time, and how late a
 *               sleeper wakes
 *   speed       CPU time of that work, and of touching fresh pages, beside
 *               what both take on the machine that the bounds were written on
 *
 * The product is the slowdown: at least 1, and 1 on a quiet machine. A test that
 * promises 100 ms fails if a call takes longer than 100 ms times the slowdown
 * during that call; with the address sanitizer, five times that. A limit that
 * only detects a hang is multiplied too.
 */
#ifndef COHORT_TESTS_PACE_H
#define COHORT_TESTS_PACE_H

#include <stdbool.h>

/* Start the thread. Processes that are forked after that read its samples. If
 * `path` is not NULL the samples lie in that file, for pace_read. */
void pace_begin(const char *path);

/* Read the samples that another program writes to the file. */
void pace_read(const char *path);

/* The slowdown of the last second, at least 1 and at most 20. Multiply a timeout
 * with it that a healthy call must not exceed. */
double pace_now(void);

/* The slowdown between two times of now(), at least 1. */
double pace_slowdown(double begin, double end);

/* Whether the time from `begin` to `end` is within `bound` seconds times the
 * slowdown between them. Times are those of now(). */
bool pace_within(double begin, double end, double bound);

/* What the last pace_within of this thread compared: "0.612 s; the bound is
 * 0.5 s, 3.8 s at this machine's slowdown of 7.6". */
const char *pace_compared(void);

#endif
