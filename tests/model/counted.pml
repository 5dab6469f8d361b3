/*
 * The counted barrier: src/mp/shm/counted_barrier.c, for more ranks than cores;
 * and the two ways in which collectives use it:
 *
 *	reduced  allreduce_small in allreduce.c: the last rank to arrive reads
 *	         all slots, stores one result in `struct barrier`, and then
 *	         releases the others. There is one place for the result, whatever
 *	         the parity.
 *	else     counted_barrier_join: the last rank releases the others at
 *	         once, and every rank reads all slots.
 *
 * Every sequence of the two is explored. Places have two halves, as in
 * flat.pml.
 *
 * Must fail: ONE_SLOT: one slot instead of two by parity. EARLY: the last
 * releases the others before it has combined. LATE_ARRIVAL: a rank adds itself
 * to the counter before it announces its arrival.
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

typedef rank_sync {
	byte number[2]; /* arrivals[].number */
	byte slot[4]     /* two places of two halves: of which rendezvous */
}
rank_sync syncs[N];

/* struct barrier */
byte arrived;
byte complete;
byte payload[2]; /* the halves of one place */

bool reduced[RENDEZVOUS + 1]; /* which calls are allreduces */

inline fill_slot()
{
	syncs[me].slot[2 * SLOT(m)] = m;
	syncs[me].slot[2 * SLOT(m) + 1] = m
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
	od
}

/* As combine_staged and other collectives do. */
inline read_slots()
{
	r = 0;
	do
	:: r < N ->
		assert(syncs[r].slot[2 * SLOT(m)] == m);
		assert(syncs[r].slot[2 * SLOT(m) + 1] == m);
		r++
	:: else -> break
	od
}

inline combine_staged()
{
	read_slots();
	payload[0] = m;
	payload[1] = m
}

/* counted_barrier_arrive: fetch_add, and await without the waiting: see
 * sleep.pml. */
inline counted_barrier_arrive()
{
#ifndef LATE_ARRIVAL
	syncs[me].number[PLACE(m)] = m;
#endif
	d_step {
		arrived++;
		last = (arrived == m * N)
	};
#ifdef LATE_ARRIVAL
	syncs[me].number[PLACE(m)] = m;
#endif
	if
	:: last -> mismatch_check_arrived()
	:: !last -> complete >= m
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
		counted_barrier_arrive();
		if
		:: last && reduced[m] ->
#ifdef EARLY
			complete = m;
			combine_staged()
#else
			combine_staged();
			complete = m /* counted_barrier_release */
#endif
		:: last && !reduced[m] ->
			complete = m
		:: else
		fi;
		if
		:: reduced[m] ->
			assert(payload[0] == m);
			assert(payload[1] == m)
		:: else ->
			read_slots()
		fi;
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
			:: reduced[i] = false
			:: reduced[i] = true
			fi
		}
		for (i : 0 .. N - 1) {
			run Rank(i)
		}
	}
}
