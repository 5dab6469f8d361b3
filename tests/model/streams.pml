/*
 * Streams: src/mp/shm/stream.c. Consecutive calls, each a broadcast
 * (stream_bcast: fill and take) or a gather (stream_send and stream_recv) of
 * more slices than a ring has places, or fewer, each with any root; and each
 * with its one meeting before the stream, and nothing after it: the root of a
 * broadcast and the sender of a gather leave with slices in their ring that
 * were not read yet.
 *
 * Slices have two halves, which name the call, the owner and the slice.
 *
 * Must fail: NO_MEETING: a call does not begin with a meeting.
 *            NO_WAIT: whoever fills does not wait for a place to be free.
 *            STALE: counters begin at 0 in each call.
 */
#ifndef N
#define N 2
#endif
#ifndef CALLS
#define CALLS 3
#endif
#ifndef SLICES
#define SLICES 3 /* at most, in a call */
#endif
#define SLOTS 2 /* of a ring */

#define NAME(call, owner, k) (((call) * N + (owner)) * SLICES + (k))

typedef desk {
	byte meeting;
	byte filled;
	byte taken;
	byte sent;
	byte drained;
	byte ring[2 * SLOTS]
}
desk desks[N];

/* What all ranks know of each call. */
bool gathers[CALLS];
byte roots[CALLS];
byte slices[CALLS];

/* See flags.pml. */
inline meet_all()
{
#ifndef NO_MEETING
	desks[me].meeting = call + 1;
	r = 0;
	do
	:: r < N -> desks[r].meeting >= call + 1; r++
	:: else -> break
	od
#endif
}

inline put(n, k)
{
	desks[me].ring[2 * ((n) % SLOTS)] = NAME(call, me, k);
	desks[me].ring[2 * ((n) % SLOTS) + 1] = NAME(call, me, k)
}

inline get(owner, n, k)
{
	assert(desks[owner].ring[2 * ((n) % SLOTS)] == NAME(call, owner, k));
	assert(desks[owner].ring[2 * ((n) % SLOTS) + 1] ==
	       NAME(call, owner, k))
}

/* Of number n = begin + k: the place was used before in this stream, until the
 * reader's counter is at least AGAIN. */
#define USED (k >= SLOTS)
#define AGAIN (begin + k - SLOTS + 1)

/* With await_readers. */
inline fill()
{
	k = 0;
	do
	:: k < slices[call] ->
#ifndef NO_WAIT
		r = 0;
		do
		:: USED && r < N && r != me ->
			desks[r].taken >= AGAIN;
			r++
		:: USED && r == me -> r++
		:: !USED || r == N -> break
		od;
#endif
		put(begin + k, k);
		desks[me].filled = begin + k + 1;
		k++
	:: else -> break
	od
}

inline take(root)
{
	k = 0;
	do
	:: k < slices[call] ->
		desks[root].filled >= begin + k + 1;
		get(root, begin + k, k);
		desks[me].taken = begin + k + 1;
		k++
	:: else -> break
	od
}

inline stream_bcast(root)
{
	begin = streamed;
	streamed = streamed + slices[call];
#ifdef STALE
	begin = 0;
#endif
	if
	:: me == root -> fill()
	:: else -> take(root)
	fi
}

inline stream_send()
{
	begin = desks[me].sent;
	k = 0;
	do
	:: k < slices[call] ->
#ifndef NO_WAIT
		!USED || desks[me].drained >= AGAIN;
#endif
		put(begin + k, k);
		desks[me].sent = begin + k + 1;
		k++
	:: else -> break
	od
}

inline stream_recv(owner)
{
	begin = desks[owner].drained;
	k = 0;
	do
	:: k < slices[call] ->
		desks[owner].sent >= begin + k + 1;
		get(owner, begin + k, k);
		desks[owner].drained = begin + k + 1;
		k++
	:: else -> break
	od
}

/* With collect, of gatherv.c: in rank order. */
inline gather(root)
{
	if
	:: me == root ->
		r = 0;
		do
		:: r < N && r != me -> stream_recv(r); r++
		:: r == me -> r++
		:: r == N -> break
		od
	:: else -> stream_send()
	fi
}

proctype Rank(byte me)
{
	byte call;
	byte streamed; /* slices of broadcasts so far */
	byte begin;
	byte k;
	byte r;

	do
	:: call < CALLS ->
		meet_all();
		if
		:: gathers[call] -> gather(roots[call])
		:: else -> stream_bcast(roots[call])
		fi;
		/* Forgotten, so as not to tell states apart. */
		d_step { begin = 0; k = 0; r = 0 };
		call++
	:: else -> break
	od
}

/* Ranks are alike, but for the order in which a root drains them. */
init
{
	byte i;

	atomic {
		for (i : 0 .. CALLS - 1) {
			if
			:: gathers[i] = false
			:: gathers[i] = true
			fi;
			select(roots[i] : 0 .. N - 1);
			select(slices[i] : SLICES - 2 .. SLICES)
		}
		for (i : 0 .. N - 1) {
			run Rank(i)
		}
	}
}
