#ifndef TOOLS_RUN_RUN_H
#define TOOLS_RUN_RUN_H

/* `cohort run`. On success it does not return: the program takes its place. */
int run_main(int argc, char *argv[]);

#endif
