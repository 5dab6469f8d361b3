/* Every scenario. CMakeLists.txt reads this list too: one a line. */
#ifndef FAULT_JOURNAL_SCENARIOS_H
#define FAULT_JOURNAL_SCENARIOS_H

#define SCENARIO_MAP(X)      \
	X(killed)            \
	X(failing_calls)     \
	X(full_disk)         \
	X(small_files)       \
	X(order)             \
	X(short_io)          \
	X(failing_reads)     \
	X(children)          \
	X(killed_children)   \
	X(killed_sharers)    \
	X(sharing_children)  \
	X(sharers_failing)   \
	X(sharers_syncs)     \
	X(sharers_followed)  \
	X(inherited_lock)    \
	X(syncs)             \
	X(syncs_of_children) \
	X(no_thread)         \
	X(signals)           \
	X(no_streams)        \
	X(other_user)        \
	X(other_reader)      \
	X(strange_lock)      \
	X(strange_files)     \
	X(strange_writes)    \
	X(no_flock)          \
	X(no_lock)           \
	X(no_modes)          \
	X(giants)            \
	X(not_writable)      \
	X(read_only)         \
	X(many_files)        \
	X(million)

#define DECLARE(name) void scenario_##name(void);
SCENARIO_MAP(DECLARE)
#undef DECLARE

#endif
