/*
 * Sleep and wake: src/mp/shm/idle.c, and await in src/mp/shm/meet.c. Ranks
 * meet; each tells the others by a word of its own, and sleeps, if it likes,
 * until they have come. The tick of 20 ms that ends every sleep is left out: a
 * wake-up that is lost is a rank that sleeps for ever, an invalid end state.
 *
 * A store is seen by others only when it leaves the processor's store buffer.
 * A rank's word counts meetings, so the buffer is what lies between the word
 * in memory and the one that was stored last. Additions to shared counters
 * are stores with release order and so find the buffer empty. What a waker
 * needs is that its store is seen before it reads `sleepers`:
 *
 *	(nothing)  the sleeper's membarrier empties all buffers, one by one
 *	FENCE      the waker's fence does, where the kernel has no membarrier
 *
 * Must fail: NEITHER: neither of the two.
 *            NO_LOOK: the sleeper does not look again once it has announced.
 *            LATE_WAKES: it reads `wakes` after that look.
 */
#ifndef N
#define N 2
#endif
#ifndef MEETINGS
#define MEETINGS 3
#endif

byte word[N];   /* a flag's meeting number, in memory */
byte stored[N]; /* the same, as its own rank sees it */
byte sleepers;
bool moved[N];  /* `wakes` is not what this rank has read: true if it has not */
bool asleep[N]; /* the futex's queue */
hidden byte i;

#define FLUSH(r) word[r] = stored[r]

/* Buffers empty by themselves, sooner or later. */
proctype Buffer(byte r)
{
end:	do
	:: word[r] < stored[r] -> word[r]++
	od
}

/* control_wake: FUTEX_WAKE ends every sleep at once. */
inline control_wake()
{
	d_step {
		FLUSH(me);
		for (i : 0 .. N - 1) {
			moved[i] = true
		}
	};
	d_step {
		for (i : 0 .. N - 1) {
			asleep[i] = false
		}
	}
}

inline idle_wake()
{
#ifdef FENCE
	FLUSH(me);
#endif
	if
	:: sleepers == 0
	:: else -> control_wake()
	fi
}

/* barrier_everywhere: every processor at a time of its own, in any order; this
 * one's buffer is empty. */
inline barrier_everywhere()
{
	due = ((1 << N) - 1) & ~(1 << me);
	do
	:: d_step { due & 1 -> FLUSH(0); due = due & ~1 }
	:: d_step { due & 2 -> FLUSH(1); due = due & ~2 }
#if N > 2
	:: d_step { due & 4 -> FLUSH(2); due = due & ~4 }
#endif
	:: due == 0 -> break
	od
}

inline announce()
{
	d_step {
		FLUSH(me);
		sleepers++;
		announced = true
	};
#if !defined(FENCE) && !defined(NEITHER)
	barrier_everywhere();
#endif
	moved[me] = false
}

/* FUTEX_WAIT: the kernel compares and queues in one step. */
inline sleep_a_little()
{
	if
	:: d_step { !moved[me] -> asleep[me] = true };
		d_step { !asleep[me] -> moved[me] = false }
	:: d_step { moved[me] -> moved[me] = false }
	fi
}

/* idle_end */
inline idle_end()
{
	if
	:: d_step {
		announced ->
		FLUSH(me);
		sleepers--;
		announced = false;
		moved[me] = true
	}
	:: !announced
	fi
}

/* The loop of await with idle_step. A rank may be about to announce at any
 * time, since whatever it has seen before, it looks again. */
inline await(r)
{
	do
	:: word[r] >= m -> break
	:: !announced ->
		announce();
#ifdef NO_LOOK
		sleep_a_little()
#endif
	:: announced && word[r] < m ->
#ifdef LATE_WAKES
		moved[me] = false;
#endif
		sleep_a_little()
	od;
	idle_end()
}

proctype Rank(byte me)
{
	byte m = 1;
	byte r;
	byte due;
	bool announced;

	do
	:: m <= MEETINGS ->
		stored[me] = m; /* raise_flag */
		idle_wake();
		do
		:: r < N && r != me -> await(r); r++
		:: r == me -> r++
		:: r == N -> break
		od;
		r = 0;
		m++
	:: else -> break
	od
}

init
{
	atomic {
		for (i : 0 .. N - 1) {
			moved[i] = true;
			run Buffer(i);
			run Rank(i)
		}
	}
}
