/* Every case, in the order in which they are run. */
#ifndef FAULT_TASKS_CASES_H
#define FAULT_TASKS_CASES_H

#define CASE_MAP(X)                 \
	X(crashes)                  \
	X(all_crash)                \
	X(few_tasks)                \
	X(clean_state)              \
	X(grandchildren)            \
	X(timeout_heeded)           \
	X(timeout_ignored)          \
	X(timeout_clean_up)         \
	X(timeout_stopped)          \
	X(timeout_moved)            \
	X(timeout_each)             \
	X(timeout_close)            \
	X(retries)                  \
	X(failures_are_not_retried) \
	X(second_attempt)           \
	X(children_die_at_once)     \
	X(program_waits)            \
	X(interrupted)              \
	X(no_descriptors)           \
	X(builds_that_fail)         \
	X(output)                   \
	X(output_together)          \
	X(stdin_taken)              \
	X(groups_in_tasks)          \
	X(output_closed)            \
	X(results_too_large)        \
	X(sentences_too_long)       \
	X(bad_jobs)                 \
	X(bad_journals)             \
	X(journal_elsewhere)        \
	X(closed_to_somebody)       \
	X(no_fork_for_a_while)      \
	X(no_fork)                  \
	X(journal_files)            \
	X(journal_in_use)           \
	X(journal_of_killed)        \
	X(journal_of_crashes)       \
	X(journal_full)             \
	X(suspended)                \
	X(scribbles)                \
	X(scribbles_anywhere)       \
	X(every_task_once)          \
	X(skewed)                   \
	X(clump)                    \
	X(in_a_row)                 \
	X(terminated)               \
	X(terminated_early)         \
	X(parameters_written)       \
	X(parameters_once)          \
	X(results_read)             \
	X(results_once)             \
	X(results_copied)           \
	X(results_unwritable)

#define DECLARE(name) void case_##name(void);
CASE_MAP(DECLARE)
#undef DECLARE

/* In a program of its own: a sweep with a journal that is in use. */
int second_sweep(const char *journal);

/* In a program of its own: a task starts a process, writes its number to the file
 * `pid`, and kills its rank; if the file is there already, it does not. */
int killed_sweep(const char *journal, const char *pid);

/* In a program of its own: an isolated task calls cohort_abort with 7. Returns if
 * that has no effect. */
int abort_in_task(void);

/* In a group of 2 or 3 ranks: rank 1 ends in a task. */
void die_in_task(const char *in_which_way);

/* In a group of 3 ranks on mp: rank 1 is killed in a task. `deaths` is "one"; "two":
 * rank 2 is killed in a task that rank 1 has left; "stopped": a signal stops the
 * sweep then; "scribbles": the task destroys a result before; "retried" or "in_vain":
 * the task has another attempt, which succeeds or fails. `journal` may be NULL. */
void outlive(const char *deaths, const char *journal);

/* On serial, with the journal of that sweep, which has left so many tasks. */
void resume_outlived(const char *journal, int left);

/* The last rank's job differs from the others in a field. */
void differ(const char *field);

#endif
