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
byte wakes;
bool asleep[N]; /* the futex's queue */

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
		wakes++
	};
	d_step {
		for (i : 0 .. N - 1) {
			asleep[i] = false
		}
		i = 0
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

/* barrier_everywhere: every processor at a time of its own, in any order. */
inline barrier_everywhere()
{
	due = (1 << N) - 1;
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
		sleepers++
	};
	announced = true;
#if !defined(FENCE) && !defined(NEITHER)
	barrier_everywhere();
#endif
	mine = wakes
}

/* FUTEX_WAIT: the kernel compares and queues in one step. */
inline sleep_a_little()
{
	if
	:: atomic { wakes == mine -> asleep[me] = true };
		!asleep[me]
	:: wakes != mine
	fi;
	mine = wakes
}

/* The loop of await with idle_step; between two looks of a rank that does not
 * sleep yet nothing happens that matters. */
inline await(r)
{
	announced = false;
	do
	:: word[r] >= m -> break
	:: word[r] < m ->
		if
		:: !announced ->
			announce();
#ifdef NO_LOOK
			sleep_a_little()
#endif
		:: announced ->
#ifdef LATE_WAKES
			mine = wakes;
#endif
			sleep_a_little()
		fi
	od;
	/* idle_end */
	if
	:: announced ->
		d_step {
			FLUSH(me);
			sleepers--
		}
	:: else
	fi
}

proctype Rank(byte me)
{
	byte m = 1;
	byte r;
	byte i;
	byte due;
	byte mine;
	bool announced;

	do
	:: m <= MEETINGS ->
		stored[me] = m; /* raise_flag */
		idle_wake();
		r = 0;
		do
		:: r < N && r != me -> await(r); r++
		:: r == me -> r++
		:: r == N -> break
		od;
		m++
	:: else -> break
	od
}

init
{
	byte i;

	atomic {
		for (i : 0 .. N - 1) {
			run Buffer(i);
			run Rank(i)
		}
	}
}
