/*
 * The code that all scenarios use. A scenario is a function that runs in a
 * driver. It starts programs; a program is a function that opens a group and
 * makes something go wrong. Then the scenario checks how the program ended and
 * what its ranks wrote into the shared state. The driver checks that no process
 * of the program is left.
 */
#ifndef FAULT_RUNNER_H
#define FAULT_RUNNER_H

#include "clock.h"
#include "cohort.h"
#include "pace.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

enum { RANKS_MAX = 64, SENTENCE_BYTES = 1200, NOT_RETURNED = -1 };

/* Written by one rank, read by the driver. */
struct slot {
	_Atomic int step; /* the last step that it reached */
	pid_t pid;
	pid_t parent;
	int status; /* of the call in question, or NOT_RETURNED */
	bool right; /* its data were */
	double began;
	double returned;
	char sentence[SENTENCE_BYTES];
};

/* Shared by the driver and all processes of its programs, and cleared when a
 * program is started. */
struct shared_state {
	_Atomic int failures; /* of the scenario: never cleared */
	_Atomic int strays;   /* anything that must not happen, counted */
	/* By the monitor, once it has started all peers: see allocations.c. */
	_Atomic int allocations;
	double event; /* time of the event that ranks must notice */
	struct slot slots[RANKS_MAX];
};

extern struct shared_state *shared;

/* Under the sanitizers mappings and memory are not the library's alone. */
#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

/* Say what is wrong, from any process; the scenario fails, and goes on. */
#define EXPECT(holds, ...) \
	runner_expect((holds), __FILE__, __LINE__, __VA_ARGS__)
bool runner_expect(bool holds, const char *file, int line, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

/* The time from `begin` to `end` is within `bound` seconds times the machine's
 * slowdown; see pace.h. */
#define EXPECT_WITHIN(begin, end, bound, format, ...)               \
	EXPECT(pace_within((begin), (end), (bound)), format ": %s", \
	       __VA_ARGS__, pace_compared())

/* Print what was measured. */
void figure(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* This cannot be tried here. */
_Noreturn void skip(const char *why);

/* In a program: open a group of mp, and write this process's id into the shared
 * state. */
cohort *enter(int size, double timeout);

/* In a program: what a call in question returned. */
void keep(int rank, cohort_status status);

/* Whether the scenario runs over sockets, where no rank leaves a call before all
 * others have entered it. */
bool over_sockets(void);

/* Whether a rank's sentence has these words. */
bool said(int rank, const char *words);

/* A rank got COHORT_EPEER, with the cause, soon after shared->event; *slowest
 * is raised to how soon. */
void expect_told(int rank, const char *cause, double *slowest);

/* Ranks, and the driver, wait for each other without the library. */
void reach(int rank, int step);
void await(int rank, int step);
void await_all(int size, int step);
void ranks_barrier(const cohort *group, int step);

/* Fill so many bytes of the heap with small blocks, as programs do that have
 * many objects. They stay. */
void fill_heap(size_t bytes);

/* Wait until a process is stopped. */
void await_stopped(pid_t pid);

struct ending {
	int code;         /* as a shell sees it: 128 + n for signal n */
	double root_gone; /* when rank 0 had ended */
	double all_gone;  /* when the last process had */
};

/* In the driver. The program leads a process group of its own. */
pid_t start(void (*program)(void));
struct ending finish(void);
struct ending run(void (*program)(void));

#endif
