/*
 * The counted barrier: src/mp/shm/counted_barrier.c, for more ranks than cores;
 * and the ways in which collectives use it:
 *
 *	REDUCED  allreduce_small in allreduce.c: the last rank to arrive reads
 *	         all slots, stores one result in `struct barrier`, and then
 *	         releases the others. There is one place for the result.
 *	JOINED   counted_barrier_join: the last rank releases the others at
 *	         once, and every rank reads all slots.
 *	BCAST    early_leave.c: the root waits for nobody, the others for the root
 *	GATHER   the root waits for all, the others for nobody; the last rank to
 *	         arrive reads the root's counts
 *
 * With LARGE, data of calls to which every rank brings some takes turns in FEW_SETS
 * places of its own (staging.h): all but the root of a gather, whose counts are
 * small, first wait until all have arrived at the rendezvous before.
 *
 * Every sequence of them is explored, or with ONLY one of them again and again, or
 * with ROWS the two that ranks leave early. ONE_ROOT: rank 0 is always the root.
 * Places have two halves, as in flat.pml.
 *
 * Must fail: ONE_SLOT: one slot instead of PLACES. FEW_PLACES: half of the places.
 * (One less would do: a rank has no use for an arrival once all are complete.)
 * ONE_COUNTER: ranks of all rendezvous add themselves to one counter. EARLY: the
 * last releases the others before it has combined. LATE_ARRIVAL: a rank adds
 * itself to the counter before it announces its arrival. NO_SETTLE: a rank that
 * leaves early never waits for those before. LARGE HASTY: nobody waits before
 * filling one of the few places.
 */
#ifndef N
#define N 2
#endif
#ifndef RENDEZVOUS
#define RENDEZVOUS 4
#endif

#ifndef EARLY_MOST
#define EARLY_MOST 1
#endif
#ifdef FEW_PLACES
#define PLACES (EARLY_MOST + 1)
#else
#define PLACES (2 * (EARLY_MOST + 1))
#endif
#define PLACE(m) ((m) % PLACES)
#ifdef ONE_SLOT
#define SLOT(m) 0
#else
#define SLOT(m) PLACE(m)
#endif

#define FEW_SETS 2

mtype = { REDUCED, JOINED, BCAST, GATHER };
mtype kinds[RENDEZVOUS + 1];

typedef rank_sync {
	byte number[PLACES];  /* arrivals[].number */
	/* places of two halves: of which rendezvous */
	byte slot[2 * (PLACES + FEW_SETS)]
}
rank_sync syncs[N];

/* struct barrier */
byte arrived[PLACES];
byte complete;
byte payload[2]; /* the halves of one place */

#ifdef ONE_ROOT
#define ROOT(m) 0
#else
#define ROOT(m) ((m) % N)
#endif
#define IS_ROOT (me == ROOT(m))

/* staging_is_few, staging_of_each */
#ifdef LARGE
#define IS_FEW(q) (kinds[m] != BCAST && (kinds[m] != GATHER || (q) != ROOT(m)))
#else
#define IS_FEW(q) false
#endif
#define HALVES(q) (2 * (IS_FEW(q) -> PLACES + m % FEW_SETS : SLOT(m)))

/* staging_bring_each. Here the root of a gather brings its counts there. */
inline fill_slot()
{
	if
	:: kinds[m] != BCAST || IS_ROOT ->
#ifndef HASTY
		if
		:: IS_FEW(me) -> complete + 1 >= m
		:: else
		fi;
#endif
		syncs[me].slot[HALVES(me)] = m;
		syncs[me].slot[HALVES(me) + 1] = m
	:: else
	fi
}

inline read_slot(q)
{
	assert(syncs[q].slot[HALVES(q)] == m);
	assert(syncs[q].slot[HALVES(q) + 1] == m)
}

/* Every rank that was counted has announced its arrival. */
inline mismatch_check_arrived()
{
	r = 0;
	do
	:: r < N ->
		assert(syncs[r].number[PLACE(m)] == m);
		r++
	:: else -> break
	od;
	r = 0
}

/* As combine_staged and other collectives do. */
inline read_slots()
{
	r = 0;
	do
	:: r < N ->
		read_slot(r);
		r++
	:: else -> break
	od;
	r = 0
}

inline combine_staged()
{
	read_slots();
	payload[0] = m;
	payload[1] = m
}

inline counted_barrier_add()
{
	d_step {
#ifdef ONE_COUNTER
		arrived[0]++;
		last = (arrived[0] == m * N)
#else
		arrived[PLACE(m)]++;
		last = (arrived[PLACE(m)] == ((m - 1) / PLACES + 1) * N)
#endif
	}
}

inline announce_and_add()
{
#ifndef LATE_ARRIVAL
	syncs[me].number[PLACE(m)] = m;
#endif
	counted_barrier_add();
#ifdef LATE_ARRIVAL
	syncs[me].number[PLACE(m)] = m;
#endif
	if
	:: last -> mismatch_check_arrived()
	:: !last
	fi
}

/* counted_barrier_arrive: await without the waiting: see sleep.pml. */
inline counted_barrier_arrive()
{
	announce_and_add();
	if
	:: last
	:: !last -> complete >= m
	fi
}

/* counted_barrier_release. Releases come in order. */
inline release()
{
	assert(complete < m);
	complete = m
}

inline reduce()
{
	counted_barrier_arrive();
	if
	:: last ->
#ifdef EARLY
		release();
		combine_staged()
#else
		combine_staged();
		release()
#endif
	:: else
	fi;
	assert(payload[0] == m);
	assert(payload[1] == m)
}

inline join()
{
	counted_barrier_arrive();
	if
	:: last ->
		if
		:: kinds[m] == GATHER -> read_slot(ROOT(m))
		:: else
		fi;
		release()
	:: else
	fi;
	read_slots()
}

#ifdef NO_SETTLE
#define SETTLED true
#else
#define SETTLED (complete + EARLY_MOST >= m)
#endif

inline leave_early()
{
	announce_and_add();
	if
	:: last ->
		if
		:: kinds[m] == GATHER -> read_slot(ROOT(m))
		:: else
		fi;
		release()
	:: else
	fi;
	if
	:: kinds[m] == BCAST && !IS_ROOT ->
		syncs[ROOT(m)].number[PLACE(m)] >= m;
		assert(syncs[ROOT(m)].number[PLACE(m)] == m);
		SETTLED;
		read_slot(ROOT(m))
	:: else -> SETTLED
	fi
}

proctype Rank(byte me)
{
	byte m = 1;
	byte r;
	bool last;

	do
	:: m <= RENDEZVOUS ->
		fill_slot();
		if
		:: kinds[m] == REDUCED -> reduce()
		:: kinds[m] == JOINED || (kinds[m] == GATHER && IS_ROOT) ->
			join()
		:: kinds[m] == BCAST || (kinds[m] == GATHER && !IS_ROOT) ->
			leave_early()
		fi;
		last = false;
		m++
	:: else -> break
	od
}

init
{
	byte i;

	atomic {
		for (i : 1 .. RENDEZVOUS) {
			if
#ifdef ONLY
			:: kinds[i] = ONLY
#else
#ifndef ROWS
			:: kinds[i] = REDUCED
			:: kinds[i] = JOINED
#endif
			:: kinds[i] = BCAST
			:: kinds[i] = GATHER
#endif
			fi
		}
		for (i : 0 .. N - 1) {
			run Rank(i)
		}
	}
}
