/* Every case, in the order in which they are run. */
#ifndef FAULT_TASKS_CASES_H
#define FAULT_TASKS_CASES_H

#define CASE_MAP(X)     \
	X(crashes)      \
	X(all_crash)    \
	X(few_tasks)    \
	X(clean_state)

#define DECLARE(name) void case_##name(void);
CASE_MAP(DECLARE)
#undef DECLARE

#endif
