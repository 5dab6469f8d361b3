/*
 * Streams: src/mp/shm/stream.c and gather_stream.c, and other users of the
 * rings and of the counters. Consecutive calls, each with any root:
 *
 *	BCAST      bcast_stream.c
 *	GATHER     gather_stream_send and gather_stream_recv
 *	ZERO_COPY  a gather from the senders' buffers: gather_stream_await_read
 *	           and gather_stream_was_read
 *	ALLGATHER  allgatherv_stream.c: all rings at the same time
 *	BLOCK      allreduce_blocks.c, of one block: the place in every ring
 *	           depends on the number of the rendezvous
 *
 * of as many slices as a ring has turns, or of one more. Before each call there
 * is a rendezvous, and after it nothing. So the root of a broadcast and the
 * sender of a gather leave with slices in their ring that others have yet to
 * read, and so do all ranks after an allgather or a block. Counters are never
 * reset.
 *
 * Slices have two halves, which name the call, the owner and the slice.
 *
 * Must fail: NO_RENDEZVOUS: a call does not begin with a rendezvous. NO_WAIT:
 * an owner does not wait until a place is free. EARLY: a slice is counted as
 * filled before it is. EARLY_TAKEN: a slice is counted as taken before it is.
 * STALE: slices of broadcasts are numbered from 0 in each call. NO_AWAIT: a
 * sender of ZERO_COPY leaves at once. FAR_AHEAD: in ALLGATHER ranks are as many
 * slices further in sending than in receiving as a ring has turns.
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
#define TURNS 2 /* slices in a ring */
#ifdef FAR_AHEAD
#define AHEAD TURNS
#else
#define AHEAD 1
#endif

/* 0: the place was never filled. */
#define NAME(call, owner, k) (1 + ((call) * N + (owner)) * SLICES + (k))

typedef rank_sync {
	byte number;
	byte filled;
	byte taken;
	byte sent;
	byte drained;
	byte ring[2 * TURNS];
	byte buffer /* of the program, which all can read: of which call */
}
rank_sync syncs[N];

/* All ranks know of each call: */
mtype = { BCAST, GATHER, ZERO_COPY, ALLGATHER, BLOCK };
mtype kinds[CALLS];
byte roots[CALLS];
byte slices[CALLS];

#if N == 2
#define ALL(what) (what(0) && what(1))
#else
#define ALL(what) (what(0) && what(1) && what(2))
#endif

/* See flat.pml. Numbers and counters only grow, so waiting for all at once is
 * the same as waiting for one after another. */
#define HAS_ARRIVED(q) (syncs[q].number >= m)

inline rendezvous_join()
{
	m++;
	syncs[me].number = m;
	ALL(HAS_ARRIVED)
}

/* One half, then the other half together with the counter: what a rank does
 * between those two steps it could also do before both. */
inline put(n, k, counter)
{
#ifdef EARLY
	counter = (n) + 1;
#endif
	syncs[me].ring[2 * ((n) % TURNS)] = NAME(call, me, k);
	d_step {
		syncs[me].ring[2 * ((n) % TURNS) + 1] = NAME(call, me, k);
		counter = (n) + 1
	}
}

inline get(owner, n, k, counter)
{
#ifdef EARLY_TAKEN
	counter = (n) + 1;
#endif
	assert(syncs[owner].ring[2 * ((n) % TURNS)] == NAME(call, owner, k));
	d_step {
		assert(syncs[owner].ring[2 * ((n) % TURNS) + 1] ==
		       NAME(call, owner, k));
		counter = (n) + 1
	}
}

/* Slice k, number begin + k. If USED, an earlier slice of this stream had its
 * place, and the readers have copied that once their counters reach AGAIN. */
#define USED (k >= TURNS)
#define AGAIN (begin + k - TURNS + 1)

#define HAS_TAKEN(q) (q == me || syncs[q].taken >= AGAIN)

/* With await_readers. */
inline send_slices()
{
	do
	:: k < slices[call] ->
#ifndef NO_WAIT
		!USED || ALL(HAS_TAKEN);
#endif
		put(begin + k, k, syncs[me].filled);
		k++
	:: else -> break
	od
}

inline recv_slices(root)
{
	do
	:: k < slices[call] ->
		syncs[root].filled >= begin + k + 1;
		get(root, begin + k, k, syncs[me].taken);
		k++
	:: else -> break
	od
}

inline bcast_stream(root)
{
	begin = streamed;
	streamed = streamed + slices[call];
#ifdef STALE
	begin = 0;
#endif
	if
	:: me == root -> send_slices()
	:: else -> recv_slices(root)
	fi
}

inline gather_stream_send()
{
	begin = syncs[me].sent;
	do
	:: k < slices[call] ->
#ifndef NO_WAIT
		!USED || syncs[me].drained >= AGAIN;
#endif
		put(begin + k, k, syncs[me].sent);
		k++
	:: else -> break
	od
}

inline gather_stream_recv(owner)
{
	begin = syncs[owner].drained;
	k = 0;
	do
	:: k < slices[call] ->
		syncs[owner].sent >= begin + k + 1;
		get(owner, begin + k, k, syncs[owner].drained);
		k++
	:: else -> break
	od
}

inline gather_stream_await_read()
{
	syncs[me].sent++;
#ifndef NO_AWAIT
	syncs[me].drained >= syncs[me].sent
#endif
}

inline gather_stream_was_read(owner)
{
	assert(syncs[owner].buffer == call);
	syncs[owner].drained++
}

/* The place depends on the number of the rendezvous. */
#define SWAPPED(q) \
	(syncs[q].ring[2 * (m % TURNS)] == NAME(call, q, 0) && \
	 syncs[q].ring[2 * (m % TURNS) + 1] == NAME(call, q, 0))

inline allreduce_blocks()
{
	syncs[me].ring[2 * ((m + 1) % TURNS)] = NAME(call, me, 0);
	syncs[me].ring[2 * ((m + 1) % TURNS) + 1] = NAME(call, me, 0);
	rendezvous_join();
	for (r : 0 .. N - 1) {
		assert(SWAPPED(r))
	}
}

/* Slice n of all others; for each its owner's counter is read. */
inline recv_slice(n)
{
	r = 0;
	do
	:: r < N && r == me -> r++
	:: r < N && r != me ->
		syncs[r].filled >= begin + (n) + 1;
		assert(syncs[r].ring[2 * ((begin + (n)) % TURNS)] ==
		       NAME(call, r, n));
		assert(syncs[r].ring[2 * ((begin + (n)) % TURNS) + 1] ==
		       NAME(call, r, n));
		r++
	:: else -> break
	od;
	syncs[me].taken = begin + (n) + 1
}

inline allgatherv_stream()
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
			put(begin + k, k, syncs[me].filled)
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

/* The root collects in rank order, as in gatherv.c. */
inline gather(root)
{
	r = 0;
	do
	:: me == root && r < N && r != me ->
		if
		:: kinds[call] == ZERO_COPY -> gather_stream_was_read(r)
		:: else -> gather_stream_recv(r)
		fi;
		r++
	:: me == root && r == me -> r++
	:: me == root && r == N -> break
	:: me != root ->
		if
		:: kinds[call] == ZERO_COPY -> gather_stream_await_read()
		:: else -> gather_stream_send()
		fi;
		break
	od
}

proctype Rank(byte me)
{
	byte call;
	byte m;
	byte streamed; /* slices of streams to all, so far */
	byte begin;
	byte k;
	byte r;

	do
	:: call < CALLS ->
		syncs[me].buffer = call;
#ifndef NO_RENDEZVOUS
		rendezvous_join();
#endif
		if
		:: kinds[call] == BCAST -> bcast_stream(roots[call])
		:: kinds[call] == ALLGATHER -> allgatherv_stream()
		:: kinds[call] == BLOCK -> allreduce_blocks()
		:: else -> gather(roots[call])
		fi;
		/* Forget them, so that there are fewer states. */
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
			:: kinds[i] = ZERO_COPY
			:: x == 0 -> kinds[i] = ALLGATHER
			:: x == 0 -> kinds[i] = BLOCK
			:: x == 0 -> kinds[i] = ALLGATHER; slices[i] = SLICES - 1
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
