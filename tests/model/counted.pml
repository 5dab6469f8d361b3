/*
 * Counted meetings: meet_counted and meet_release in src/mp/shm/rendezvous.c, for
 * more ranks than cores; and the two ways in which collectives use them:
 *
 *	alone  reduce_alone in allreduce.c: the last to come reads all slots,
 *	       leaves one result in the hall and then releases the others. The
 *	       hall has one place for it, whatever the parity.
 *	all    meet_all: the last releases at once, and every rank reads all
 *	       slots.
 *
 * Every sequence of the two is explored. Places have two halves, as in
 * flags.pml.
 *
 * Must fail: ONE_SLOT: one slot instead of two by parity.
 *            EARLY: the last releases the others before it has combined.
 *            LATE_FLAG: a rank counts itself before it raises its flag.
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

typedef desk {
	byte meeting[2]; /* flags[].meeting */
	byte slot[4]     /* two places of two halves: whose meeting's */
}
desk desks[N];

/* struct hall */
byte flags;
byte complete;
byte payload[2]; /* the halves of one place */

bool alone[MEETINGS + 1]; /* which calls are allreduces */

inline fill_slot()
{
	desks[me].slot[2 * SLOT(m)] = m;
	desks[me].slot[2 * SLOT(m) + 1] = m
}

/* compare_last: nobody who was counted lacks a flag. */
inline compare_last()
{
	r = 0;
	do
	:: r < N ->
		assert(desks[r].meeting[PLACE(m)] == m);
		r++
	:: else -> break
	od
}

/* combine_all, or what any other collective reads. */
inline read_slots()
{
	r = 0;
	do
	:: r < N ->
		assert(desks[r].slot[2 * SLOT(m)] == m);
		assert(desks[r].slot[2 * SLOT(m) + 1] == m);
		r++
	:: else -> break
	od
}

inline combine_all()
{
	read_slots();
	payload[0] = m;
	payload[1] = m
}

/* meet_counted: fetch_add, and await without the waiting: see sleep.pml. */
inline meet_counted()
{
#ifndef LATE_FLAG
	desks[me].meeting[PLACE(m)] = m;
#endif
	d_step {
		flags++;
		last = (flags == m * N)
	};
#ifdef LATE_FLAG
	desks[me].meeting[PLACE(m)] = m;
#endif
	if
	:: last -> compare_last()
	:: !last -> complete >= m
	fi
}

proctype Rank(byte me)
{
	byte m = 1;
	byte r;
	bool last;

	do
	:: m <= MEETINGS ->
		fill_slot();
		meet_counted();
		if
		:: last && alone[m] ->
#ifdef EARLY
			complete = m;
			combine_all()
#else
			combine_all();
			complete = m /* meet_release */
#endif
		:: last && !alone[m] ->
			complete = m
		:: else
		fi;
		if
		:: alone[m] ->
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
		for (i : 1 .. MEETINGS) {
			if
			:: alone[i] = false
			:: alone[i] = true
			fi
		}
		for (i : 0 .. N - 1) {
			run Rank(i)
		}
	}
}
