/*
 * Sleep and wake: src/mp/shm/backoff.c, and await in src/mp/shm/rendezvous.c. Ranks
 * meet, and sleep, if they like, until all have come: by flags, of which each
 * is a word that its own rank writes; or, with COUNTED, the last to come
 * writes one word for all. The tick of 20 ms that ends every sleep is left
 * out: a wake-up that is lost is a rank that sleeps for ever, an invalid end
 * state.
 *
 * A store is seen by others only when it leaves the processor's store buffer,
 * sooner or later. A word counts meetings, so the buffer is what lies between
 * the word in memory and the one that was stored last. Additions to shared
 * counters find the buffer empty. What a waker needs is that its store is seen
 * before it reads `sleepers`:
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

#ifdef COUNTED
byte flags;
byte complete;
byte stored[N]; /* what rank r is about to write there; 0: nothing */
#define WORD(r) complete
#define IN_BUFFER(r) (stored[r] > 0)
#else
byte flags[N];  /* their meeting numbers */
byte stored[N]; /* as their own ranks see them */
#define WORD(r) flags[r]
#define IN_BUFFER(r) (flags[r] < stored[r])
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

/* One store leaves the buffer. The last to come has one at most: it counted
 * itself after its store before. */
inline drain(q)
{
#ifdef COUNTED
	assert(complete < stored[q]);
	complete = stored[q];
	stored[q] = 0
#else
	flags[q]++
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

inline idle_wake()
{
#ifdef FENCE
	d_step { flush(me) };
#endif
	if
	:: sleepers == 0
	:: sleepers > 0 -> control_wake()
	fi
}

/* barrier_everywhere: every processor at a time of its own, in any order; this
 * one's buffer is empty. */
inline barrier_everywhere()
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

inline announce()
{
	d_step {
		flush(me);
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

/* What this rank has read of `wakes` is forgotten, so as not to tell states
 * apart. */
inline idle_end()
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

/* The loop of await with idle_step. A rank may be about to announce at any
 * time, since whatever it has seen before, it looks again. */
inline await(r)
{
	do
	:: WORD(r) >= m -> break
	:: WORD(r) < m ->
		if
		:: !announced ->
			announce();
#ifdef NO_LOOK
			sleep_a_little()
#endif
		:: announced ->
#ifdef LATE_WAKES
			moved[me] = false;
#endif
			sleep_a_little()
		fi
	od;
	idle_end()
}

#ifdef COUNTED
inline meet_all()
{
	d_step {
		flush(me);
		flags++;
		last = (flags == m * N)
	};
	if
	:: last ->
		stored[me] = m; /* meet_release */
		idle_wake()
	:: !last -> await(0)
	fi;
	last = false
}
#else
inline meet_all()
{
	stored[me] = m; /* raise_flag */
	idle_wake();
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
	:: m <= MEETINGS ->
		meet_all();
		m++
	:: m > MEETINGS -> break
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
