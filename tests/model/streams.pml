/*
 * Streams: src/mp/shm/stream.c. Consecutive calls, each with any root:
 *
 *	BCAST   stream_bcast: fill and take
 *	GATHER  stream_send and stream_recv
 *	DIRECT  a gather from where the data are: direct_await and direct_done
 *	        in src/mp/shm/direct.c, which use the same counters
 *
 * of as many slices as a ring has places, or more. Each has one meeting before
 * the stream and nothing after it: the root of a broadcast and the sender of a
 * gather leave with slices in their ring that were not read yet.
 *
 * Slices have two halves, which name the call, the owner and the slice.
 *
 * Must fail: NO_MEETING: a call does not begin with a meeting.
 *            NO_WAIT: whoever fills does not wait for a place to be free.
 *            STALE: slices of broadcasts are numbered from 0 in each call.
 *            NO_AWAIT: a sender of DIRECT leaves at once.
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
	byte ring[2 * SLOTS];
	byte buffer /* of the program, where all can read it: of which call */
}
desk desks[N];

/* What all ranks know of each call. */
mtype = { BCAST, GATHER, DIRECT };
mtype kinds[CALLS];
byte roots[CALLS];
byte slices[CALLS];

/* See flags.pml. */
inline meet_all()
{
	desks[me].meeting = call + 1;
	r = 0;
	do
	:: r < N -> desks[r].meeting >= call + 1; r++
	:: else -> break
	od
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

inline direct_await()
{
	desks[me].sent++;
#ifndef NO_AWAIT
	desks[me].drained >= desks[me].sent
#endif
}

inline direct_done(owner)
{
	assert(desks[owner].buffer == call);
	desks[owner].drained++
}

/* With collect, of gatherv.c: in rank order. */
inline gather(root)
{
	r = 0;
	do
	:: me == root && r < N && r != me ->
		if
		:: kinds[call] == DIRECT -> direct_done(r)
		:: else -> stream_recv(r)
		fi;
		r++
	:: me == root && r == me -> r++
	:: me == root && r == N -> break
	:: me != root ->
		if
		:: kinds[call] == DIRECT -> direct_await()
		:: else -> stream_send()
		fi;
		break
	od
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
		desks[me].buffer = call;
#ifndef NO_MEETING
		meet_all();
#endif
		if
		:: kinds[call] == BCAST -> stream_bcast(roots[call])
		:: else -> gather(roots[call])
		fi;
		/* Forgotten, so as not to tell states apart. */
		atomic { begin = 0; k = 0; r = 0 };
		call++
	:: else -> break
	od
}

init
{
	byte i;
	byte x;

	atomic {
		for (i : 0 .. CALLS - 1) {
			select(x : 0 .. N - 1);
			roots[i] = x;
			slices[i] = SLICES;
			if
			:: kinds[i] = DIRECT
			:: kinds[i] = BCAST
			:: kinds[i] = GATHER
			:: kinds[i] = BCAST; slices[i] = SLICES - 1
			:: kinds[i] = GATHER; slices[i] = SLICES - 1
			fi
		}
		for (i : 0 .. N - 1) {
			run Rank(i)
		}
	}
}
