/*
 * The flat barrier: flat_barrier_join in src/mp/shm/flat_barrier.c, for ranks
 * that each have a core; and memory that the collectives use in turns around
 * it.
 *
 * Each rendezvous carries everything that can be stored in such memory: a slot,
 * a payload or a place in a ring, which are written before the rendezvous and
 * read by all after it; and a result as in allreduce_blocks.c, which is written
 * after a rendezvous and read by all after the next. A place has two halves,
 * written and read one after the other. A reader that is too late finds the
 * number of another rendezvous in one of them. One rank, the root, brings the
 * payload; it is another rank in each rendezvous.
 *
 * Must fail: ONE_SLOT, ONE_ARRIVAL: one place instead of two by parity. EARLY:
 * a rank announces its arrival before it fills its slot. ROOT_ONLY: a rank
 * waits for the arrival of the root only.
 */
#ifndef N
#define N 2
#endif
#ifndef RENDEZVOUS
#define RENDEZVOUS 4
#endif

#define PLACE(m) ((m) % 2)
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

typedef rank_sync {
	byte number[2];    /* arrivals[].number */
	byte signature[2]; /* here: the number of the call */
	byte payload[4];   /* two places of two halves: of which rendezvous */
	byte slot[4];      /* the same */
	byte result[4]
}
rank_sync syncs[N];

#define ROOT(m) ((m) % N)

inline fill_slot()
{
	if
	:: me == ROOT(m) ->
		syncs[me].payload[2 * ARRIVAL(m)] = m;
		syncs[me].payload[2 * ARRIVAL(m) + 1] = m
	:: else
	fi;
	syncs[me].slot[2 * SLOT(m)] = m;
	syncs[me].slot[2 * SLOT(m) + 1] = m
}

inline rendezvous_announce()
{
	syncs[me].signature[ARRIVAL(m)] = m;
	syncs[me].number[ARRIVAL(m)] = m
}

/* await_counter is one step here: sleep.pml takes it apart. */
inline flat_barrier_join()
{
	rendezvous_announce();
	r = 0;
	do
#ifdef ROOT_ONLY
	:: r < N && r != ROOT(m) && r != me -> r++
	:: r < N && (r == ROOT(m) || r == me) ->
#else
	:: r < N ->
#endif
		syncs[r].number[ARRIVAL(m)] >= m;
		assert(syncs[r].signature[ARRIVAL(m)] == m); /* mismatch_none */
		r++
	:: else -> break
	od
}

/* After a rendezvous a rank reads its slots, as allgatherv_small does, and the
 * results of the rendezvous before, as copy_shares does. */
inline read_all()
{
	assert(syncs[ROOT(m)].payload[2 * ARRIVAL(m)] == m);
	assert(syncs[ROOT(m)].payload[2 * ARRIVAL(m) + 1] == m);
	r = 0;
	do
	:: r < N ->
		assert(syncs[r].slot[2 * SLOT(m)] == m);
		assert(syncs[r].slot[2 * SLOT(m) + 1] == m);
		assert(syncs[r].result[2 * PLACE(m - 1)] == m - 1);
		assert(syncs[r].result[2 * PLACE(m - 1) + 1] == m - 1);
		r++
	:: else -> break
	od
}

/* As by reduce_share. */
inline fill_result()
{
	syncs[me].result[2 * PLACE(m)] = m;
	syncs[me].result[2 * PLACE(m) + 1] = m
}

proctype Rank(byte me)
{
	byte m = 1;
	byte r;

	do
	:: m <= RENDEZVOUS ->
#ifdef EARLY
		flat_barrier_join();
		fill_slot();
#else
		fill_slot();
		flat_barrier_join();
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
