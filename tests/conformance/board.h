/* When the ranks of mp came to a call, and when they left it. The memory is shared
 * without the library, because ranks use it when their group is broken. */
#ifndef CONFORMANCE_BOARD_H
#define CONFORMANCE_BOARD_H

struct board;

/* Before cohort_open, so that the peers inherit it. */
struct board *board_map(void);

/* A barrier without the library: when a rank returns from it, all ranks have left
 * the calls before. */
void board_meet(struct board *board, int rank, int size);

void board_come(struct board *board, int rank);
void board_gone(struct board *board, int rank);

/* Rank 0 waits until all ranks have left the call, prints the time from the last
 * arrival to the last departure (without rank `late`), and checks that it is less
 * than a second times the machine's slowdown. Prints the program's last line. */
void board_tell(struct board *board, const char *name, int rank, int size,
                int late);

#endif
