/*
 * What the cases share. A case is a function that every rank of a group calls;
 * it runs sweeps in which something goes wrong, and looks at the results, at
 * what the tasks have left on the board, and at what is left of them.
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

/* What tasks leave, of all ranks: they are all on this machine. */
struct board {
	_Atomic int began[TASKS_MOST]; /* how often each task did */
	_Atomic int done;              /* tasks that came to their end */
	_Atomic int note;              /* a case's own */
	_Atomic int64_t slowest; /* ns from a death to the rank's next task */
	struct {
		_Atomic int64_t died; /* when a task was to die; 0: none has */
		_Atomic int used;     /* a case's own */
		_Atomic pid_t pid;    /* of whom a task has left behind */
	} ranks[RANKS_MOST];
};

struct setting {
	cohort *group;
	int rank;
	int size;
	int nodes; /* that the ranks are, or are said to be, spread over */
	const char *program;
	char folder[PATH_BYTES]; /* that all ranks share, empty for a case */
	struct board *board;
};

extern struct setting here;

/* Under the sanitizers memory is not limited as it is elsewhere. */
#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* Before all else. */
void check_begin(void);

/* Open a group, as the environment says, and set all that is here. */
void check_enter(void);

/* Before the group is closed: remove the folder. */
void check_leave(void);

/* Say what is wrong, on any rank or in a child; the program will fail, and goes
 * on. */
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

/* The call has to succeed, or nothing can go on. */
#define MUST(call) check_must((call), #call)
void check_must(cohort_status status, const char *call);

/* What was measured, once for all ranks. */
void figure(const char *format, ...) PRINTF_LIKE(1, 2);

/* All ranks come here. */
void meet(void);

/* Whether a process is gone, or will be soon; one that nobody has taken the
 * status of is. */
bool is_gone(pid_t pid);

/* What this process has open, has for children, and maps to share: in words,
 * so that a difference can be seen. */
enum { HOLDINGS_BYTES = 16384 };
void holdings(char text[HOLDINGS_BYTES]);

/* A path in the folder. */
void path_of(char path[PATH_BYTES], const char *name);

/* What is in the folder is removed. On the root only. */
void folder_empty(void);

/* The folder itself, too, by the root. */
void folder_remove(void);

#endif
