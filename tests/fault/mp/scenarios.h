/* Every scenario; whether any others may run BESIDE it, or it is ALONE; and whether
 * it runs with EACH transport, or ANY will do. CMakeLists.txt reads this list too:
 * one a line.
 *
 * Bounds on time follow the machine's slowdown (pace.h), so most may run beside
 * others. ALONE are those that need gigabytes, measure time on the CPU, or work out
 * a group's timeout before the wait that it must not end: only one of them runs at a
 * time, and few other tests beside it (APART in ../../CMakeLists.txt). */
#ifndef FAULT_SCENARIOS_H
#define FAULT_SCENARIOS_H

#define SCENARIO_MAP(X)                            \
	X(open_malloc, BESIDE, EACH)               \
	X(open_calloc, BESIDE, EACH)               \
	X(open_mmap, BESIDE, EACH)                 \
	X(open_socketpair, BESIDE, EACH)           \
	X(open_fork, BESIDE, EACH)                 \
	X(open_clone, BESIDE, EACH)                \
	X(open_eventfd, BESIDE, EACH)              \
	X(open_sendmsg, BESIDE, EACH)              \
	X(open_recvmsg, BESIDE, EACH)              \
	X(open_descriptor_limit, BESIDE, EACH)     \
	X(open_process_limit, BESIDE, EACH)        \
	X(open_size_beyond_limit, BESIDE, ANY)     \
	X(open_peer_killed, BESIDE, EACH)          \
	X(open_monitor_killed, BESIDE, EACH)       \
	X(open_root_killed, BESIDE, EACH)          \
	X(open_many_times, ALONE, EACH)            \
	X(open_fails_many_times, BESIDE, EACH)     \
	X(close_twice, BESIDE, ANY)                \
	X(scoped_sizes, BESIDE, EACH)              \
	X(scoped_many_times, BESIDE, EACH)         \
	X(scoped_then_other, BESIDE, EACH)         \
	X(scoped_results, BESIDE, EACH)            \
	X(scoped_beside, BESIDE, EACH)             \
	X(scoped_copy, BESIDE, EACH)               \
	X(scoped_threads, BESIDE, EACH)            \
	X(scoped_output, BESIDE, ANY)              \
	X(scoped_faults, BESIDE, EACH)             \
	X(scoped_blocked, BESIDE, ANY)             \
	X(scoped_exit, BESIDE, ANY)                \
	X(scoped_mixed, BESIDE, EACH)              \
	X(close_in_copy, BESIDE, ANY)              \
	X(results_in_copy, BESIDE, EACH)           \
	X(two_threads, BESIDE, EACH)               \
	X(free_in_thread, BESIDE, EACH)            \
	X(call_left_asleep, BESIDE, EACH)          \
	X(stray_child, BESIDE, ANY)                \
	X(stray_chain, BESIDE, ANY)                \
	X(stray_offer, BESIDE, ANY)                \
	X(stray_claims, BESIDE, ANY)               \
	X(stray_words, BESIDE, EACH)               \
	X(kill_barrier, BESIDE, EACH)              \
	X(kill_bcast, BESIDE, EACH)                \
	X(kill_bcast_relayed, BESIDE, EACH)        \
	X(kill_gatherv, BESIDE, EACH)              \
	X(kill_gatherv_relayed, BESIDE, EACH)      \
	X(kill_allgatherv, BESIDE, EACH)           \
	X(kill_allreduce, BESIDE, EACH)            \
	X(kill_bcast_object, BESIDE, EACH)         \
	X(kill_allgather_objects, BESIDE, EACH)    \
	X(kill_scatter, BESIDE, EACH)              \
	X(kill_gather, BESIDE, EACH)               \
	X(kill_gather_to_root, BESIDE, EACH)       \
	X(kill_close, BESIDE, EACH)                \
	X(kill_second_open, BESIDE, EACH)          \
	X(kill_large_bcast, ALONE, ANY)            \
	X(kill_large_gatherv, ALONE, ANY)          \
	X(kill_large_allgatherv, ALONE, ANY)       \
	X(kill_large_allreduce, ALONE, ANY)        \
	X(crash_abort, BESIDE, EACH)               \
	X(crash_segv, BESIDE, EACH)                \
	X(crash_exit, BESIDE, EACH)                \
	X(crash_exit_3, BESIDE, EACH)              \
	X(crash__exit, BESIDE, EACH)               \
	X(crash_exec, BESIDE, EACH)                \
	X(root_killed_computing, BESIDE, EACH)     \
	X(monitor_killed, BESIDE, EACH)            \
	X(large_rank_killed, ALONE, EACH)          \
	X(large_rank_killed_in_sweep, ALONE, EACH) \
	X(large_killed_old_kernel, ALONE, ANY)     \
	X(large_root_killed, ALONE, ANY)           \
	X(core_file, BESIDE, EACH)                 \
	X(core_file_in_sweep, BESIDE, EACH)        \
	X(opening_thread_ends, BESIDE, EACH)       \
	X(monitor_stopped, ALONE, EACH)            \
	X(monitor_killed_other_user, BESIDE, EACH) \
	X(monitor_memory, BESIDE, ANY)             \
	X(two_deaths, BESIDE, EACH)                \
	X(death_while_reporting, BESIDE, EACH)     \
	X(grandchildren, BESIDE, EACH)             \
	X(no_sigpipe, BESIDE, ANY)                 \
	X(stopped_before, ALONE, EACH)             \
	X(stopped_inside, ALONE, ANY)              \
	X(stopped_large, ALONE, ANY)               \
	X(stopped_and_continued, ALONE, EACH)      \
	X(stopped_then_exit, ALONE, ANY)           \
	X(stopped_all, ALONE, EACH)                \
	X(sixteen_on_one_core, ALONE, EACH)        \
	X(crowd_is_warned_of, BESIDE, ANY)         \
	X(crowd_cpu, ALONE, ANY)                   \
	X(sixty_four_ranks, BESIDE, EACH)          \
	X(waiting_uses_no_cpu, ALONE, EACH)        \
	X(close_against_collective, ALONE, EACH)   \
	X(bad_argument, ALONE, EACH)               \
	X(refusals_in_a_row, BESIDE, EACH)         \
	X(mismatch_beside_refusals, BESIDE, EACH)  \
	X(early_death, BESIDE, ANY)                \
	X(early_refusal, BESIDE, ANY)              \
	X(early_row, ALONE, ANY)                   \
	X(inside_task, BESIDE, ANY)                \
	X(low_memory, BESIDE, EACH)                \
	X(calls_without_memory, BESIDE, ANY)       \
	X(small_calls_memory, BESIDE, ANY)         \
	X(many_sweeps_memory, BESIDE, ANY)         \
	X(file_size_limit, BESIDE, EACH)           \
	X(no_dev_shm, BESIDE, EACH)                \
	X(many_descriptors, BESIDE, EACH)          \
	X(few_descriptors, BESIDE, ANY)            \
	X(descriptors_taken, BESIDE, EACH)         \
	X(no_standard_streams, BESIDE, EACH)       \
	X(monitor_holds_nothing, BESIDE, ANY)      \
	X(short_transfers, BESIDE, EACH)           \
	X(beyond_uint_max, ALONE, ANY)             \
	X(single_copy_refused, BESIDE, ANY)        \
	X(single_copy_filtered, BESIDE, ANY)       \
	X(single_copy_owner_killed, BESIDE, ANY)   \
	X(single_copy_given_up, ALONE, ANY)        \
	X(single_copy_unmapped, BESIDE, ANY)       \
	X(nothing_named, BESIDE, EACH)             \
	X(sigchld_ignored, BESIDE, EACH)           \
	X(wait_for_any_child, BESIDE, EACH)        \
	X(own_children, BESIDE, EACH)              \
	X(ctrl_c, BESIDE, EACH)                    \
	X(ctrl_c_while_starting, BESIDE, ANY)      \
	X(signals_and_errno, BESIDE, EACH)         \
	X(signals_and_errno_serial, BESIDE, ANY)   \
	X(errno_when_broken, BESIDE, EACH)         \
	X(errno_of_threads, BESIDE, EACH)          \
	X(exit_after_refusal, BESIDE, EACH)        \
	X(exit_first_nonzero, BESIDE, ANY)         \
	X(exit_root_nonzero, BESIDE, ANY)          \
	X(exit_signalled_peer, BESIDE, ANY)        \
	X(exit_root_waits, BESIDE, ANY)            \
	X(exit_handlers, BESIDE, ANY)              \
	X(exit_stdout_once, BESIDE, ANY)           \
	X(abort_by_root, BESIDE, EACH)             \
	X(abort_by_peer, BESIDE, EACH)             \
	X(abort_while_root_computes, BESIDE, EACH) \
	X(abort_while_root_leaves, BESIDE, EACH)   \
	X(abort_in_copy, BESIDE, EACH)

#define SCENARIO_DECLARE(name, company, transport) void scenario_##name(void);
SCENARIO_MAP(SCENARIO_DECLARE)
#undef SCENARIO_DECLARE

#endif
