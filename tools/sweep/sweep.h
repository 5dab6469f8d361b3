#ifndef TOOLS_SWEEP_SWEEP_H
#define TOOLS_SWEEP_SWEEP_H

/* `cohort sweep`: argv[0] is the subcommand. Returns the exit status. */
int sweep_main(int argc, char *argv[]);

#endif
