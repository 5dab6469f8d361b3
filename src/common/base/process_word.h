/*
 * The number of a process in memory that processes share, with a check. Whoever
 * reads the number passes it to kill: a stray write of one word must not choose
 * which processes are killed. kill(-1) would end all that the user may end.
 */
#ifndef COHORT_COMMON_BASE_PROCESS_WORD_H
#define COHORT_COMMON_BASE_PROCESS_WORD_H

#include <stdint.h>
#include <sys/types.h>

/* The word for a process, or for a process group. */
uint64_t process_word(pid_t number);

/* The number in a word; 0 if the word was not made by process_word in this
 * process, or in one that was forked from the same program. Otherwise it is
 * above 1. */
pid_t process_word_read(uint64_t word);

#endif
