/* When the ranks of mp entered a call, and when they left it. The memory is shared
 * without the library, because ranks use it when their group is broken. */
#ifndef CONFORMANCE_CALL_TIMES_H
#define CONFORMANCE_CALL_TIMES_H

struct call_times;

/* Before cohort_open, so that the peers inherit it. */
struct call_times *call_times_map(void);

/* A barrier without the library: when a rank returns from it, all ranks have left
 * the calls before. */
void call_times_barrier(struct call_times *times, int rank, int size);

/* A rank says that others may go on, and one waits for the first `ranks` ranks. */
void call_times_pass(struct call_times *times, int rank);
void call_times_await_passes(struct call_times *times, int ranks);

void call_times_enter(struct call_times *times, int rank);
void call_times_leave(struct call_times *times, int rank);

/* Rank 0 waits until all ranks have left the call, prints the time from the last
 * arrival to the last departure (without rank `late`), and checks that it is less
 * than a second times the machine's slowdown. Prints the program's last line. */
void call_times_report(struct call_times *times, const char *name, int rank,
                       int size, int late);

#endif
