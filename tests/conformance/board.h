/* When the ranks of mp came to a call, and when they left it: in memory that
 * they share without the library, which they need when it is broken. */
#ifndef CONFORMANCE_BOARD_H
#define CONFORMANCE_BOARD_H

struct board;

/* Before cohort_open, so that the peers inherit it. */
struct board *board_map(void);

/* A barrier that is none of the library's: when a rank is through with it,
 * all have left the calls before. */
void board_meet(struct board *board, int rank, int size);

void board_come(struct board *board, int rank);
void board_gone(struct board *board, int rank);

/* Rank 0 waits until all have gone, prints how long they took after the last
 * of them had come (but for `late`, which is no part of it), and checks that
 * it was less than a second. Ends with the program's last line. */
void board_tell(struct board *board, const char *name, int rank, int size,
                int late);

#endif
