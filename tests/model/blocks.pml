/*
 * An allreduce in blocks: src/mp/shm/allreduce_blocks.c, with the barrier of
 * flat.pml. The blocks take turns in the places of a ring. Before a rendezvous
 * a rank writes its contributions to the other shares of a block into the
 * block's place; after it the result of its own share, where its own
 * contribution would be. After the rendezvous it reads the contributions of the
 * others to its share, and their results of the block before.
 *
 * IN_PLACE: the place also holds its own contribution, until the result
 * overwrites it: the buffer of the program is overwritten by the result.
 *
 * An entry of a place is the number of its block. A rank must find the number
 * that it expects.
 *
 * Must fail: TWO_PLACES with IN_PLACE: a ring has two places, not three.
 * (Without IN_PLACE two are enough.) NO_LAST: there is no rendezvous between
 * the last results and their readers.
 */
#ifndef N
#define N 2
#endif
#ifndef BLOCKS
#define BLOCKS 5
#endif
#ifdef TWO_PLACES
#define PLACES 2
#else
#define PLACES 3
#endif

/* Rank r's ring: an entry for each place and share q; q == r is its result. */
typedef ring {
	byte entry[PLACES * N]
}
ring rings[N];
byte arrived[N];

#define ENTRY(r, block, q) rings[r].entry[((block) % PLACES) * N + (q)]

#if N == 2
#define ALL(what) (what(0) && what(1))
#else
#define ALL(what) (what(0) && what(1) && what(2))
#endif
#define HAS_ARRIVED(q) (arrived[q] >= m)

inline rendezvous_join()
{
	m++;
	arrived[me] = m;
	ALL(HAS_ARRIVED)
}

inline contribute()
{
	q = 0;
	do
	:: q < N && q != me -> ENTRY(me, block, q) = block; q++
	:: q < N && q == me ->
#ifdef IN_PLACE
		ENTRY(me, block, me) = BLOCKS + block;
#endif
		q++
	:: else -> break
	od
}

inline copy_shares(b)
{
	q = 0;
	do
	:: q < N -> assert(ENTRY(q, b, q) == b || q == me); q++
	:: else -> break
	od
}

inline reduce_share()
{
	q = 0;
	do
	:: q < N -> assert(ENTRY(q, block, me) == block || q == me); q++
	:: else -> break
	od;
#ifdef IN_PLACE
	assert(ENTRY(me, block, me) == BLOCKS + block);
#endif
	ENTRY(me, block, me) = block
}

proctype Rank(byte me)
{
	byte m;
	byte q;
	byte block = 1;

	do
	:: block <= BLOCKS ->
		contribute();
		rendezvous_join();
		if
		:: block > 1 -> copy_shares(block - 1)
		:: else
		fi;
		reduce_share();
		block++
	:: else -> break
	od;
#ifndef NO_LAST
	rendezvous_join();
#endif
	copy_shares(BLOCKS)
}

init
{
	byte i;

	atomic {
		for (i : 0 .. N - 1) {
			run Rank(i)
		}
	}
}
