#ifndef TOOLS_BENCH_BENCH_H
#define TOOLS_BENCH_BENCH_H

/* `cohort bench`. */
int bench_main(int argc, char *argv[]);

#endif
