/* Keeping the library's code in memory. */
#ifndef COHORT_COMMON_BASE_PIN_LIBRARY_H
#define COHORT_COMMON_BASE_PIN_LIBRARY_H

/*
 * Keep the shared object that holds the library's code in memory until the
 * process ends, whatever the program unloads. Exit handlers, handlers of
 * signals and of forks, and threads outlive the last group; they would run code
 * that is gone. libcohort.so is linked so that it stays; this function is for a
 * plug-in that contains the static library.
 */
void pin_library(void);

#endif
