/* The signals that stop sweeps, in programs that ask for it. */
#ifndef COHORT_COMMON_SWEEP_SIGNAL_STOP_H
#define COHORT_COMMON_SWEEP_SIGNAL_STOP_H

#include "common/base/rank_states.h"
#include "common/base/stop_word.h"

/* One group in the list of those that have called cohort_stop_on_signals. All 0
 * but `states` at first. */
struct stop_listener {
	struct rank_states *states; /* the handler writes the signal here */
	bool armed;
	_Atomic(struct stop_listener *) next;
};

/* The signal that stops the sweeps of the ranks that share `states`; 0: none.
 * Cost: one load. */
static inline int signal_stop_pending(const struct rank_states *states)
{
	return stop_word_signal(
	    atomic_load_explicit(&states->stop, memory_order_relaxed));
}

/* From now on SIGINT and SIGTERM stop the listener's sweeps. Does nothing the
 * second time. False, with errno, if the system refuses the handlers: the
 * signals do what they did before. */
bool signal_stop_arm(struct stop_listener *listener);

/* Take the listener out of the list; the last one gives the program its own
 * handlers back. Does nothing if it is not armed. */
void signal_stop_disarm(struct stop_listener *listener);

/* In a child forked for tasks: the signals that stop sweeps end it. */
void signal_stop_forget(void);

#endif
