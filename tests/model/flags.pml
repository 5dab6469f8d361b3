/*
 * Meetings by flags: meet_flags in src/mp/shm/rendezvous.c, for ranks that fit the
 * cores; and what the collectives build on it: places used in turns.
 *
 * Every meeting carries all that can lie in such a place: a slot (or a flag's
 * payload, or a ring's place), written before the meeting and read by all
 * after it; and a result as in allreduce_blocks.c, written after a meeting and
 * read by all after the next. A place has two halves, written and read one by
 * one: a reader that is overtaken finds the wrong meeting's in one of them.
 * The payload is that of one rank, the root, which is another in each meeting.
 *
 * Must fail: ONE_SLOT, ONE_FLAG: one place instead of two by parity.
 *            EARLY: the flag is raised before the slot is filled.
 *            ROOT_ONLY: a rank waits for the root's flag only.
 */
#ifndef N
#define N 2
#endif
#ifndef MEETINGS
#define MEETINGS 4
#endif

#define PLACE(m) ((m) % 2)
#ifdef ONE_SLOT
#define SLOT(m) 0
#else
#define SLOT(m) PLACE(m)
#endif
#ifdef ONE_FLAG
#define FLAG(m) 0
#else
#define FLAG(m) PLACE(m)
#endif

typedef desk {
	byte meeting[2];   /* flags[].meeting */
	byte signature[2]; /* here: the number of the call */
	byte payload[4];   /* two places of two halves: which meeting's */
	byte slot[4];      /* the same */
	byte result[4]
}
desk desks[N];

#define ROOT(m) ((m) % N)

inline fill_slot()
{
	if
	:: me == ROOT(m) ->
		desks[me].payload[2 * FLAG(m)] = m;
		desks[me].payload[2 * FLAG(m) + 1] = m
	:: else
	fi;
	desks[me].slot[2 * SLOT(m)] = m;
	desks[me].slot[2 * SLOT(m) + 1] = m
}

/* raise_flag */
inline raise_flag()
{
	desks[me].signature[FLAG(m)] = m;
	desks[me].meeting[FLAG(m)] = m
}

/* meet_flags, and await without the waiting: see sleep.pml. */
inline meet_flags()
{
	raise_flag();
	r = 0;
	do
#ifdef ROOT_ONLY
	:: r < N && r != ROOT(m) && r != me -> r++
	:: r < N && (r == ROOT(m) || r == me) ->
#else
	:: r < N ->
#endif
		desks[r].meeting[FLAG(m)] >= m;
		assert(desks[r].signature[FLAG(m)] == m); /* goes_with */
		r++
	:: else -> break
	od
}

/* What is read after a meeting: this one's slots, as by exchange_small of
 * allgatherv.c; the results of the one before, as by copy_shares. */
inline read_all()
{
	assert(desks[ROOT(m)].payload[2 * FLAG(m)] == m);
	assert(desks[ROOT(m)].payload[2 * FLAG(m) + 1] == m);
	r = 0;
	do
	:: r < N ->
		assert(desks[r].slot[2 * SLOT(m)] == m);
		assert(desks[r].slot[2 * SLOT(m) + 1] == m);
		assert(desks[r].result[2 * PLACE(m - 1)] == m - 1);
		assert(desks[r].result[2 * PLACE(m - 1) + 1] == m - 1);
		r++
	:: else -> break
	od
}

/* As by reduce_share. */
inline fill_result()
{
	desks[me].result[2 * PLACE(m)] = m;
	desks[me].result[2 * PLACE(m) + 1] = m
}

proctype Rank(byte me)
{
	byte m = 1;
	byte r;

	do
	:: m <= MEETINGS ->
#ifdef EARLY
		meet_flags();
		fill_slot();
#else
		fill_slot();
		meet_flags();
#endif
		read_all();
		fill_result();
		m++
	:: else -> break
	od
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
