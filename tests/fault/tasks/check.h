/*
 * Helpers of the cases. A case is a function that every rank of a group calls.
 * It runs sweeps in which something goes wrong, and checks the results, the
 * counts that the tasks have left in shared memory, and that nothing else is
 * left.
 */
#ifndef FAULT_TASKS_CHECK_H
#define FAULT_TASKS_CHECK_H

#include "clock.h"
#include "cohort.h"
#include "pace.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

enum { TASKS_MOST = 1024, RANKS_MOST = 64, PATH_BYTES = 256 };

/* Memory that all ranks and their children share: all run on this machine. */
struct shared {
	_Atomic int began[TASKS_MOST]; /* attempts at each task */
	_Atomic int done;              /* attempts that ended as they should */
	_Atomic int note;              /* free for a case */
	_Atomic int64_t slowest; /* ns from a death to the rank's next task */
	struct {
		_Atomic int64_t died; /* when a task was to die; 0: none has */
		_Atomic int used;     /* free for a case */
		_Atomic pid_t pid;    /* of a process that a task has left */
	} ranks[RANKS_MOST];
};

struct setting {
	cohort *group;
	int rank;
	int size;
	int nodes; /* of the ranks, real or pretended */
	const char *program;
	char folder[PATH_BYTES]; /* of all ranks; empty when a case begins */
	struct shared *shared;
};

extern struct setting here;

/* Under the sanitizers memory is not limited as it is elsewhere. */
#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* The first call of the program. */
void check_begin(void);

/* Open a group, as the environment says, and fill `here`. */
void check_enter(void);

/* Before the group is closed: remove the folder. */
void check_leave(void);

/* Print a failure, on any rank or in a child. The program goes on, and fails at
 * its end. */
#define EXPECT(holds, ...) \
	check_expect(!!(holds), __FILE__, __LINE__, __VA_ARGS__)
bool check_expect(bool holds, const char *file, int line, const char *format,
                  ...) PRINTF_LIKE(4, 5);
int check_failures(void);

/* Something took `took` seconds, and has just ended: that is within `bound`
 * seconds times the machine's slowdown; see pace.h. */
#define EXPECT_WITHIN(took, bound, format, ...)                            \
	EXPECT(pace_within(now() - (took), now(), (bound)), format ": %s", \
	       __VA_ARGS__, pace_compared())

/* The machine's slowdown, the same on all ranks, which all call this. */
double agreed_pace(void);

/* The program cannot go on if the call fails. */
#define MUST(call) check_must((call), #call)
void check_must(cohort_status status, const char *call);

/* Print a measured figure, on rank 0 only. */
void figure(const char *format, ...) PRINTF_LIKE(1, 2);

/* Wait until all ranks have called it. */
void barrier(void);

/* Wait until a process has ended, for a while; whether it has. A zombie has
 * ended. */
bool is_gone(pid_t pid);

/* Describe the descriptors, children and shared mappings of this process in
 * text, so that a difference can be printed. */
enum { HOLDINGS_BYTES = 16384 };
void holdings(char text[HOLDINGS_BYTES]);

/* Write the lines that only one of two such texts has, or has more often. */
void holdings_compare(const char *before, const char *after,
                      char text[HOLDINGS_BYTES]);

/* The path of a file in the folder. */
void path_of(char path[PATH_BYTES], const char *name);

/* Remove all files in the folder. On the root only. */
void folder_empty(void);

/* Remove the folder as well. Only the root does it. */
void folder_remove(void);

#endif
