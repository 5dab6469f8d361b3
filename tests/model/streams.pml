/*
 * Streams: src/mp/shm/stream.c, and what else lies in a ring or uses the same
 * counters. Consecutive calls, each with any root:
 *
 *	BCAST     send_stream and recv_stream in bcast.c
 *	GATHER    stream_send and stream_recv
 *	DIRECT    a gather from where the data are: direct_await and
 *	          direct_done in src/mp/shm/zero_copy.c
 *	EXCHANGE  exchange_stream in allgatherv.c: everybody's ring at once
 *	BLOCK     reduce_blocks in allreduce_blocks.c, of one block: through
 *	          the place in every ring that a meeting's number gives
 *
 * of as many slices as a ring has places, or of one more. Each has one meeting
 * before it and nothing after it: the root of a broadcast and the sender of a
 * gather leave with slices in their ring that were not read yet, and so does
 * everybody after an exchange or a block. Counters are never reset.
 *
 * Slices have two halves, which name the call, the owner and the slice.
 *
 * Must fail: NO_MEETING: a call does not begin with a meeting.
 *            NO_WAIT: whoever fills does not wait for a place to be free.
 *            EARLY: a slice is counted as filled before it is.
 *            EARLY_TAKEN: a slice is counted as taken before it is.
 *            STALE: slices of broadcasts are numbered from 0 in each call.
 *            NO_AWAIT: a sender of DIRECT leaves at once.
 *            FAR_AHEAD: in EXCHANGE ranks are as many slices further in
 *            sending than in receiving as a ring has places.
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
#ifdef FAR_AHEAD
#define AHEAD SLOTS
#else
#define AHEAD 1
#endif

/* 0 is a place that was never filled. */
#define NAME(call, owner, k) (1 + ((call) * N + (owner)) * SLICES + (k))

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
mtype = { BCAST, GATHER, DIRECT, EXCHANGE, BLOCK };
mtype kinds[CALLS];
byte roots[CALLS];
byte slices[CALLS];

#if N == 2
#define ALL(what) (what(0) && what(1))
#else
#define ALL(what) (what(0) && what(1) && what(2))
#endif

/* See flags.pml. Flags and counters only grow: to wait for each in turn is to
 * wait for all at once. */
#define HAS_COME(q) (desks[q].meeting >= m)

inline meet_all()
{
	m++;
	desks[me].meeting = m;
	ALL(HAS_COME)
}

/* One half, then the other one with the counter that follows it: nothing that
 * a rank does between these two could not have been done before both. */
inline put(n, k, counter)
{
#ifdef EARLY
	counter = (n) + 1;
#endif
	desks[me].ring[2 * ((n) % SLOTS)] = NAME(call, me, k);
	d_step {
		desks[me].ring[2 * ((n) % SLOTS) + 1] = NAME(call, me, k);
		counter = (n) + 1
	}
}

inline get(owner, n, k, counter)
{
#ifdef EARLY_TAKEN
	counter = (n) + 1;
#endif
	assert(desks[owner].ring[2 * ((n) % SLOTS)] == NAME(call, owner, k));
	d_step {
		assert(desks[owner].ring[2 * ((n) % SLOTS) + 1] ==
		       NAME(call, owner, k));
		counter = (n) + 1
	}
}

/* Of number n = begin + k: the place was used before in this stream, until the
 * reader's counter is at least AGAIN. */
#define USED (k >= SLOTS)
#define AGAIN (begin + k - SLOTS + 1)

#define HAS_TAKEN(q) (q == me || desks[q].taken >= AGAIN)

/* With await_readers. */
inline send_stream()
{
	do
	:: k < slices[call] ->
#ifndef NO_WAIT
		!USED || ALL(HAS_TAKEN);
#endif
		put(begin + k, k, desks[me].filled);
		k++
	:: else -> break
	od
}

inline recv_stream(root)
{
	do
	:: k < slices[call] ->
		desks[root].filled >= begin + k + 1;
		get(root, begin + k, k, desks[me].taken);
		k++
	:: else -> break
	od
}

inline bcast_large(root)
{
	begin = streamed;
	streamed = streamed + slices[call];
#ifdef STALE
	begin = 0;
#endif
	if
	:: me == root -> send_stream()
	:: else -> recv_stream(root)
	fi
}

inline stream_send()
{
	begin = desks[me].sent;
	do
	:: k < slices[call] ->
#ifndef NO_WAIT
		!USED || desks[me].drained >= AGAIN;
#endif
		put(begin + k, k, desks[me].sent);
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
		get(owner, begin + k, k, desks[owner].drained);
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

/* Of a meeting's number; see flags.pml. */
#define SWAPPED(q) \
	(desks[q].ring[2 * (m % SLOTS)] == NAME(call, q, 0) && \
	 desks[q].ring[2 * (m % SLOTS) + 1] == NAME(call, q, 0))

inline reduce_blocks()
{
	desks[me].ring[2 * ((m + 1) % SLOTS)] = NAME(call, me, 0);
	desks[me].ring[2 * ((m + 1) % SLOTS) + 1] = NAME(call, me, 0);
	meet_all();
	for (r : 0 .. N - 1) {
		assert(SWAPPED(r))
	}
}

/* Slice n of all others, of which each reads its owner's counter for itself. */
inline recv_slice(n)
{
	r = 0;
	do
	:: r < N && r == me -> r++
	:: r < N && r != me ->
		desks[r].filled >= begin + (n) + 1;
		assert(desks[r].ring[2 * ((begin + (n)) % SLOTS)] ==
		       NAME(call, r, n));
		assert(desks[r].ring[2 * ((begin + (n)) % SLOTS) + 1] ==
		       NAME(call, r, n));
		r++
	:: else -> break
	od;
	desks[me].taken = begin + (n) + 1
}

inline exchange_stream()
{
	begin = streamed;
	streamed = streamed + slices[call];
	do
	:: k < slices[call] + AHEAD ->
		if
		:: k < slices[call] ->
#ifndef NO_WAIT
			!USED || ALL(HAS_TAKEN);
#endif
			put(begin + k, k, desks[me].filled)
		:: else
		fi;
		if
		:: k >= AHEAD -> recv_slice(k - AHEAD)
		:: else
		fi;
		k++
	:: else -> break
	od
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
	byte m;
	byte streamed; /* slices of streams to all so far */
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
		:: kinds[call] == BCAST -> bcast_large(roots[call])
		:: kinds[call] == EXCHANGE -> exchange_stream()
		:: kinds[call] == BLOCK -> reduce_blocks()
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
			:: x == 0 -> kinds[i] = EXCHANGE
			:: x == 0 -> kinds[i] = BLOCK
			:: x == 0 -> kinds[i] = EXCHANGE; slices[i] = SLICES - 1
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
