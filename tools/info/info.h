#ifndef TOOLS_INFO_INFO_H
#define TOOLS_INFO_INFO_H

/* `cohort info`. */
int info_main(int argc, char *argv[]);

#endif
