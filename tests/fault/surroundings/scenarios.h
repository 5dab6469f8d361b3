/* Surroundings of a program, each in a process of its own. */
#ifndef COHORT_TESTS_SURROUNDINGS_SCENARIOS_H
#define COHORT_TESTS_SURROUNDINGS_SCENARIOS_H

#include "guest.h"

/* Each makes the surroundings and runs the guest, with the path of a new journal. A
 * scenario has several numbers, from 0 up. */
/* descriptors.c */
enum guest_end run_closed(const char *journal, int number);
/* In two ranks that a launcher has started: rank 1 has open what rank 0 has
 * closed. */
enum guest_end run_closed_rank(const char *journal, int number);
/* sandbox.c */
extern const int sandbox_count;
enum guest_end run_sandboxed(const char *journal, int number);
/* In ranks that a launcher has started: all calls that MPI can do without are refused
 * after the open, the way of refusing by number. */
enum guest_end run_sandboxed_rank(const char *journal, int number);
enum guest_end run_without_polls(const char *journal, int number);
enum guest_end run_without_ends(const char *journal, int number);
/* limits.c */
enum guest_end run_without_descriptors(const char *journal, int number);
enum guest_end run_without_bytes(const char *journal, int number);
enum guest_end run_without_memory(const char *journal, int number);
enum guest_end run_with_output(const char *journal, int number);
/* readers.c */
enum guest_end run_reader(const char *journal, int number);
enum guest_end run_streams(const char *journal, int number);
/* locale.c */
enum guest_end run_comma(const char *journal, int number);

#endif
