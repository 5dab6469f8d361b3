/* Every scenario, and whether it measures time: then it runs alone. */
#ifndef FAULT_JOURNAL_SCENARIOS_H
#define FAULT_JOURNAL_SCENARIOS_H

#define SCENARIO_MAP(X)             \
	X(killed, BESIDE)           \
	X(failing_calls, BESIDE)    \
	X(full_disk, BESIDE)        \
	X(small_files, BESIDE)      \
	X(order, BESIDE)            \
	X(short_io, BESIDE)         \
	X(children, BESIDE)         \
	X(killed_children, BESIDE)  \
	X(inherited_lock, BESIDE)   \
	X(syncs, ALONE)             \
	X(syncs_of_children, ALONE) \
	X(no_thread, ALONE)         \
	X(signals, BESIDE)          \
	X(no_streams, BESIDE)       \
	X(other_user, BESIDE)       \
	X(strange_lock, BESIDE)     \
	X(no_flock, BESIDE)         \
	X(not_writable, BESIDE)     \
	X(read_only, BESIDE)        \
	X(million, ALONE)

#define DECLARE(name, company) void scenario_##name(void);
SCENARIO_MAP(DECLARE)
#undef DECLARE

#endif
