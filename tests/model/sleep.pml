/*
 * Sleep and wake: src/mp/shm/backoff.c, and await.c. Ranks join one rendezvous
 * after another, and may sleep until all have arrived. In the flat barrier each
 * rank writes a word of its own; with COUNTED the last rank to arrive writes
 * one word for all. In C every sleep ends after 20 ms; here it does not, so a
 * rank that misses its wake-up sleeps for ever, which is an invalid end state.
 *
 * Other ranks see a store only when it leaves the processor's store buffer,
 * sooner or later. A word is the number of a rendezvous, so the buffer is the
 * difference between the word in memory and the one that was stored last.
 * Additions to shared counters empty the buffer first. A waker's store must be
 * visible before the waker reads `sleepers`:
 *
 *	(nothing)  the sleeper's membarrier empties all buffers, one by one
 *	FENCE      the waker's fence does, where the kernel has no membarrier
 *
 * Must fail: NEITHER: neither of the two. NO_LOOK: a rank sleeps at once when
 * it has announced that, without reading the word again. LATE_WAKES: it reads
 * `wakes` after reading the word again.
 */
#ifndef N
#define N 2
#endif
#ifndef RENDEZVOUS
#define RENDEZVOUS 3
#endif

#ifdef COUNTED
byte arrived;
byte complete;
byte stored[N]; /* what rank r is about to write there; 0: nothing */
#define WORD(r) complete
#define IN_BUFFER(r) (stored[r] > 0)
#else
byte arrived[N];  /* numbers of rendezvous */
byte stored[N]; /* as their own ranks see them */
#define WORD(r) arrived[r]
#define IN_BUFFER(r) (arrived[r] < stored[r])
#endif
byte sleepers;
bool moved[N];  /* `wakes` is not what this rank has read */
bool asleep[N]; /* the futex's queue */

#if N == 2
#define FOR_ALL(what, value) what[0] = value; what[1] = value
#else
#define FOR_ALL(what, value) \
	what[0] = value; what[1] = value; what[2] = value
#endif

/* One store leaves the buffer. The last rank to arrive has one at most: it
 * added itself to the counter after its store before, which emptied the
 * buffer. */
inline drain(q)
{
#ifdef COUNTED
	assert(complete < stored[q]);
	complete = stored[q];
	stored[q] = 0
#else
	arrived[q]++
#endif
}

inline flush(q)
{
	do
	:: IN_BUFFER(q) -> drain(q)
	:: else -> break
	od
}

/* Buffers empty by themselves. */
proctype Buffer(byte q)
{
end:	do
	:: d_step { IN_BUFFER(q) -> drain(q) }
	od
}

/* control_wake: FUTEX_WAKE ends every sleep at once. */
inline control_wake()
{
	d_step {
		flush(me);
		FOR_ALL(moved, true)
	};
	d_step { FOR_ALL(asleep, false) }
}

inline backoff_wake()
{
#ifdef FENCE
	d_step { flush(me) };
#endif
	if
	:: sleepers == 0
	:: sleepers > 0 -> control_wake()
	fi
}

/* membarrier_everywhere: every processor at a time of its own, in any order;
 * this one's buffer is empty. */
inline membarrier_everywhere()
{
	due = ((1 << N) - 1) & ~(1 << me);
	do
	:: d_step { due & 1 -> flush(0); due = due & ~1 }
	:: d_step { due & 2 -> flush(1); due = due & ~2 }
#if N > 2
	:: d_step { due & 4 -> flush(2); due = due & ~4 }
#endif
	:: due == 0 -> break
	od
}

inline announce_sleep()
{
	d_step {
		flush(me);
		sleepers++;
		announced = true
	};
#if !defined(FENCE) && !defined(NEITHER)
	membarrier_everywhere();
#endif
	moved[me] = false
}

/* FUTEX_WAIT: the kernel compares and queues in one step. */
inline sleep_until_woken()
{
	if
	:: d_step { !moved[me] -> asleep[me] = true };
		d_step { !asleep[me] -> moved[me] = false }
	:: d_step { moved[me] -> moved[me] = false }
	fi
}

/* Forget the value of `wakes` that this rank has read, so that there are fewer
 * states. */
inline backoff_end()
{
	d_step {
		if
		:: announced ->
			flush(me);
			sleepers--;
			announced = false;
			moved[me] = true
		:: else
		fi
	}
}

/* The loop of await_backing_off with backoff_step. A rank may announce its
 * sleep at any time, because it reads the word again after that. */
inline await(r)
{
	do
	:: WORD(r) >= m -> break
	:: WORD(r) < m ->
		if
		:: !announced ->
			announce_sleep();
#ifdef NO_LOOK
			sleep_until_woken()
#endif
		:: announced ->
#ifdef LATE_WAKES
			moved[me] = false;
#endif
			sleep_until_woken()
		fi
	od;
	backoff_end()
}

#ifdef COUNTED
inline rendezvous_join()
{
	d_step {
		flush(me);
		arrived++;
		last = (arrived == m * N)
	};
	if
	:: last ->
		stored[me] = m; /* counted_barrier_release */
		backoff_wake()
	:: !last -> await(0)
	fi;
	last = false
}
#else
inline rendezvous_join()
{
	stored[me] = m; /* rendezvous_announce */
	backoff_wake();
	do
	:: d_step { r < N && (r == me || WORD(r) >= m) -> r++ }
	:: r < N && r != me && WORD(r) < m -> await(r)
	:: r == N -> break
	od;
	r = 0
}
#endif

proctype Rank(byte me)
{
	byte m = 1;
	byte r;
	byte due;
	bool announced;
	bool last;

	do
	:: m <= RENDEZVOUS ->
		rendezvous_join();
		m++
	:: m > RENDEZVOUS -> break
	od
}

init
{
	byte i;

	atomic {
		for (i : 0 .. N - 1) {
			moved[i] = true;
			run Buffer(i);
			run Rank(i)
		}
	}
}
