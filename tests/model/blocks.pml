/*
 * An allreduce in blocks: reduce_blocks in src/mp/shm/allreduce_blocks.c, with
 * meetings as in flags.pml. The places of a ring are used in turns, one for each
 * block. Before a block's meeting a rank puts into its place what it brings to
 * the others' shares, and after it the result of its own share, which lies where
 * its own contribution would. What it reads after the meeting are the others'
 * contributions to its share, and their results of the block before.
 *
 * IN_PLACE: its own contribution lies there too, until the result is written
 * over it: since that is written over what the program has of it.
 *
 * An entry of a place is the number of its block: what it reads must be of the
 * right one.
 *
 * Must fail: TWO_PLACES with IN_PLACE: a ring has two places, not three. (Else
 *            two would do.)
 *            LATE_MEETING: results are read without the meeting after them.
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

/* Of rank r's ring: what lies in place p for share q; q == r is its result. */
typedef ring {
	byte entry[PLACES * N]
}
ring rings[N];
byte meetings[N];

#define ENTRY(r, block, q) rings[r].entry[((block) % PLACES) * N + (q)]

#if N == 2
#define ALL(what) (what(0) && what(1))
#else
#define ALL(what) (what(0) && what(1) && what(2))
#endif
#define HAS_COME(q) (meetings[q] >= m)

inline meet_all()
{
	m++;
	meetings[me] = m;
	ALL(HAS_COME)
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
		meet_all();
		if
		:: block > 1 -> copy_shares(block - 1)
		:: else
		fi;
		reduce_share();
		block++
	:: else -> break
	od;
#ifndef LATE_MEETING
	meet_all();
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
