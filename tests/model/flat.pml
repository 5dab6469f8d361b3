/*
 * The flat barrier: flat_barrier_join and flat_barrier_settle in
 * src/mp/shm/flat_barrier.c, and early_leave.c, for ranks that each have a core;
 * and memory that the collectives use in turns around them.
 *
 * A rendezvous is one of these, and every sequence of them is explored, or with
 * ONLY one of them again and again, or with ROWS the two that ranks leave early,
 * as many of them at once as EARLY_MOST:
 *
 *	JOINED    all ranks wait for all: barriers, allgathers, allreduces
 *	BCAST     the root waits for nobody, the others for the root
 *	GATHER    the root waits for all, the others for nobody
 *
 * Each rendezvous carries everything that can be stored in such memory: a slot
 * or a payload, which are written before the rendezvous and read by ranks that
 * have seen the writer arrive. After a joined rendezvous each rank writes a
 * result as in allreduce_blocks.c, which is read by all after the next one, if
 * it is joined too. A place has two halves, written and read one after the
 * other. A reader that is too late finds the number of another rendezvous in
 * one of them. The root is another rank in each rendezvous, or with ONE_ROOT
 * always rank 0.
 *
 * Every rank compares its signature with that of every other rank, for each
 * rendezvous, before the other overwrites it.
 *
 * Must fail: ONE_ARRIVAL, ONE_SLOT: one place instead of PLACES. FEW_PLACES: one
 * place less. EARLY: a rank announces its arrival before it fills its slot.
 * ROOT_ONLY: a rank that joins waits for the arrival of the root only.
 * NO_SETTLE: a rank that leaves early never waits for those before. LATE_SETTLE:
 * it may leave one more. NO_AWAIT: the others do not wait for the root.
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
#define PLACES (2 * EARLY_MOST + 1)
#else
#define PLACES (2 * (EARLY_MOST + 1))
#endif
#define PLACE(m) ((m) % PLACES)
#ifdef ONE_SLOT
#define SLOT(m) 0
#else
#define SLOT(m) PLACE(m)
#endif
#ifdef ONE_ARRIVAL
#define ARRIVAL(m) 0
#else
#define ARRIVAL(m) PLACE(m)
#endif

mtype = { JOINED, BCAST, GATHER };
mtype kinds[RENDEZVOUS + 1];

typedef rank_sync {
	byte number[PLACES];    /* arrivals[].number */
	byte signature[PLACES]; /* here: the number of the call */
	byte data[2 * PLACES];  /* slots or payloads: halves of places */
	byte result[4]
}
rank_sync syncs[N];

#ifdef ONE_ROOT
#define ROOT(m) 0
#else
#define ROOT(m) ((m) % N)
#endif
#define IS_ROOT (me == ROOT(m))

inline fill_slot()
{
	if
	:: kinds[m] == JOINED || IS_ROOT == (kinds[m] == BCAST) ->
		syncs[me].data[2 * SLOT(m)] = m;
		syncs[me].data[2 * SLOT(m) + 1] = m
	:: else
	fi
}

inline rendezvous_announce()
{
	syncs[me].signature[ARRIVAL(m)] = m;
	syncs[me].number[ARRIVAL(m)] = m
}

/* await_counter and mismatch_check. Waiting is one step here: sleep.pml takes it
 * apart. */
inline await_arrival(q, which)
{
	syncs[q].number[ARRIVAL(which)] >= which;
	assert(syncs[q].number[ARRIVAL(which)] == which);
	assert(syncs[q].signature[ARRIVAL(which)] == which)
}

inline await_all(which)
{
	r = 0;
	do
#ifdef ROOT_ONLY
	:: r < N && (r == me || r != ROOT(which)) -> r++
	:: r < N && r != me && r == ROOT(which) ->
#else
	:: r < N && r == me -> r++
	:: r < N && r != me ->
#endif
		await_arrival(r, which);
		r++
	:: else -> break
	od;
	r = 0
}

/* rendezvous_count is `last` here. */
inline flat_barrier_settle(most)
{
	do
	:: unsettled > most ->
		j = last - unsettled + 1;
		await_all(j);
		unsettled--
	:: else -> break
	od;
	j = 0
}

inline flat_barrier_join()
{
	rendezvous_announce();
	flat_barrier_settle(0);
	await_all(m);
	last = m
}

inline early_leave_arrive()
{
	rendezvous_announce();
	d_step {
		last = m;
		unsettled++
	}
}

#ifdef NO_SETTLE
#define MOST RENDEZVOUS
#else
#ifdef LATE_SETTLE
#define MOST (EARLY_MOST + 1)
#else
#define MOST EARLY_MOST
#endif
#endif

inline rendezvous_make()
{
	if
	:: kinds[m] == JOINED || (kinds[m] == GATHER && IS_ROOT) ->
		flat_barrier_join()
	:: kinds[m] == BCAST && !IS_ROOT ->
		early_leave_arrive();
#ifndef NO_AWAIT
		await_arrival(ROOT(m), m);
#endif
		flat_barrier_settle(MOST)
	:: (kinds[m] == BCAST && IS_ROOT) || (kinds[m] == GATHER && !IS_ROOT) ->
		early_leave_arrive();
		flat_barrier_settle(MOST)
	fi
}

inline read_slot(q)
{
	assert(syncs[q].data[2 * SLOT(m)] == m);
	assert(syncs[q].data[2 * SLOT(m) + 1] == m)
}

/* As allgatherv_small, recv_small and collect_parts do; and the results of the
 * rendezvous before, as copy_shares does. */
inline read_all()
{
	if
	:: kinds[m] == BCAST && !IS_ROOT -> read_slot(ROOT(m))
	:: kinds[m] == JOINED || (kinds[m] == GATHER && IS_ROOT) ->
		r = 0;
		do
		:: r < N ->
			if
			:: kinds[m] == JOINED || r != me -> read_slot(r)
			:: else
			fi;
			if
			:: kinds[m] == JOINED && kinds[m - 1] == JOINED ->
				assert(syncs[r].result[2 * ((m - 1) % 2)] ==
				       m - 1);
				assert(syncs[r].result[2 * ((m - 1) % 2) + 1] ==
				       m - 1)
			:: else
			fi;
			r++
		:: else -> break
		od;
		r = 0
	:: else
	fi
}

/* As by reduce_share. */
inline fill_result()
{
	if
	:: kinds[m] == JOINED ->
		syncs[me].result[2 * (m % 2)] = m;
		syncs[me].result[2 * (m % 2) + 1] = m
	:: else
	fi
}

proctype Rank(byte me)
{
	byte m = 1;
	byte r;
	byte j;
	byte last;
	byte unsettled;

	do
	:: m <= RENDEZVOUS ->
#ifdef EARLY
		rendezvous_make();
		fill_slot();
#else
		fill_slot();
		rendezvous_make();
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
		kinds[0] = GATHER; /* there is no result of it */
		for (i : 1 .. RENDEZVOUS) {
			if
#ifdef ONLY
			:: kinds[i] = ONLY
#else
#ifndef ROWS
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
