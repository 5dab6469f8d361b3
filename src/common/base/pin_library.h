/* Keeping the library's code in memory. */
#ifndef COHORT_COMMON_BASE_PIN_LIBRARY_H
#define COHORT_COMMON_BASE_PIN_LIBRARY_H

/*
 * Keep the shared object that holds the library's code in memory until the process
 * ends, whatever the program unloads. Exit handlers, handlers of signals and of
 * forks, threads, and other processes' expectations outlive the last group, and the
 * C library would call them where no code is any more. libcohort.so is linked so
 * that it stays; this is for a plug-in that has the static library in it.
 */
void pin_library(void);

#endif
