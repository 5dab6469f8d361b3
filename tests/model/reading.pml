/*
 * Ranks that read the private memory of others: single_copy_read in
 * src/mp/shm/single_copy.c, zero_copy_end in zero_copy.c, and the two counters of
 * gather_stream.c. Consecutive calls, of two kinds:
 *
 *	BCAST   rank 0 owns the data, and the others read it; a last rendezvous
 *	        keeps rank 0 in the call
 *	GATHER  the others own data, and rank 0 reads it; each owner waits until
 *	        its counter `drained` has moved by two, or by one: then rank 0
 *	        could not read, and the owner sends a stream
 *
 * The system may refuse any read; then the data of this call comes in a stream,
 * and the owner offers its memory no more. A stream is one step here: see
 * streams.pml. At any point:
 *
 *	DEATHS    so many ranks die: the kernel marks the rank, then its memory is
 *	          gone, and its process number may be another's, whose memory is
 *	          read instead; the world breaks last
 *	TIMEOUTS  so many waiting ranks give up: they break the world, and leave
 *
 * A rank that has left a call, in whatever way, changes its data at once. No rank
 * succeeds with data that is not of this call, and each that lives comes to an
 * end.
 *
 * Must fail: NO_CHECK: a reader does not look after reading whether the world is
 * whole. NO_MARK: it does not look whether the owner is marked. NO_AWAIT: owners
 * do not wait until their memory was read. AS_READ: rank 0 counts data that it
 * could not read as if it had. UNTOLD: a reader does not tell the others that it
 * could not read.
 */
#ifndef N
#define N 2
#endif
#ifndef CALLS
#define CALLS 2
#endif
#ifndef DEATHS
#define DEATHS 0
#endif
#ifndef TIMEOUTS
#define TIMEOUTS 0
#endif

#define JUNK 0

mtype = { BCAST, GATHER };
mtype kinds[CALLS + 1];

bool broken;
byte unread; /* barrier->unread */
byte timeouts;

typedef rank {
	byte number;
	bool offers;
	bool unreadable;
	byte sent;
	byte drained;
	byte ring; /* a stream of this call is in it */
	byte memory; /* the call that its data is of */
	bool marked; /* by the kernel, at its end */
	bool gone; /* what is read there is another process's */
	bool dead
}
rank ranks[N];

#if N == 2
#define ALL(what) (what(0) && what(1))
#else
#define ALL(what) (what(0) && what(1) && what(2))
#endif
#define HAS_ARRIVED(q) (ranks[q].number >= m)

/* Until the condition holds, the world breaks, or this rank gives up. */
inline await(condition)
{
	if
	:: condition
	:: broken -> ok = false
#if TIMEOUTS > 0
	:: d_step { !(condition) && !broken && timeouts < TIMEOUTS ->
			timeouts++;
			broken = true;
			ok = false
		}
#endif
	fi
}

/* Checks whether the world is whole, announces, and waits. */
inline rendezvous_join()
{
	m++;
	if
#ifdef NO_CHECK
	:: true ->
#else
	:: !broken ->
#endif
		ranks[me].number = m;
		await(ALL(HAS_ARRIVED))
#ifndef NO_CHECK
	:: broken -> ok = false
#endif
	fi
}

/* Two halves. */
inline single_copy_read(owner)
{
	read = false;
	if
	:: (ranks[owner].gone -> JUNK : ranks[owner].memory) == call ->
		right = true
	:: (ranks[owner].gone -> JUNK : ranks[owner].memory) != call ->
		right = false
	fi;
	d_step {
		right = right &&
			(ranks[owner].gone -> JUNK : ranks[owner].memory) == call;
		read = true
	};
	if
	:: true
#ifndef NO_AWAIT
	:: read = false /* refused */
#endif
	fi;
#ifndef NO_MARK
	read = read && !ranks[owner].marked;
#endif
#ifndef NO_CHECK
	ok = !broken;
#endif
	if
	:: !read ->
		right = false;
		ranks[owner].unreadable = true
	:: else
	fi
}

inline zero_copy_end()
{
#ifndef UNTOLD
	if
	:: !read -> unread = m + 1
	:: else
	fi;
#endif
	rendezvous_join();
	all = (unread != m)
}

inline bcast()
{
	read = true;
	all = false;
	if
	:: ok && ranks[0].offers ->
		if
		:: me != 0 -> single_copy_read(0)
		:: else
		fi;
#ifdef NO_AWAIT
		if
		:: me == 0 -> all = true
		:: me != 0 && ok -> all = read
		:: else
		fi
#else
		if
		:: ok -> zero_copy_end()
		:: else
		fi
#endif
	:: else
	fi;
	if
	:: ok && !all && me == 0 -> ranks[0].ring = call
	:: ok && !all && me != 0 -> await(ranks[0].ring == call); right = true
	:: else
	fi
}

inline gather_root()
{
	all = true;
	for (r : 1 .. N - 1) {
		if
		:: ok ->
			read = false;
			if
			:: ranks[r].offers ->
				single_copy_read(r);
				if
				:: ok && read -> ranks[r].drained =
						ranks[r].drained + 2
#ifdef AS_READ
				:: ok && !read -> ranks[r].drained =
						ranks[r].drained + 2
#else
				:: ok && !read -> ranks[r].drained++
#endif
				:: else
				fi
			:: else
			fi;
			if
			:: ok && !read ->
				await(ranks[r].ring == call);
				right = true
			:: else
			fi;
			all = all && right
		:: else
		fi
	}
	right = all;
#ifndef NO_CHECK
	/* rendezvous_end */
	ok = ok && !broken
#endif
}

inline gather_sender()
{
	read = false;
#ifdef NO_AWAIT
	read = ranks[me].offers;
#else
	if
	:: ranks[me].offers ->
		await(ranks[me].drained > ranks[me].sent);
		if
		:: ok ->
			read = (ranks[me].drained == ranks[me].sent + 2);
			ranks[me].sent = ranks[me].drained
		:: else
		fi
	:: else
	fi;
#endif
	if
	:: ok && !read -> ranks[me].ring = call
	:: else
	fi
}

inline make_calls()
{
	do
	:: ok && call <= CALLS ->
		d_step {
			ranks[me].memory = call;
			ranks[me].offers = !ranks[me].unreadable;
			right = false
		};
		rendezvous_join();
		if
		:: ok && kinds[call] == BCAST -> bcast()
		:: ok && kinds[call] == GATHER && me == 0 -> gather_root()
		:: ok && kinds[call] == GATHER && me != 0 -> gather_sender()
		:: !ok
		fi;
		assert(!ok || right || (me == 0) == (kinds[call] == BCAST));
		d_step {
			ranks[me].memory = JUNK;
			read = false;
			all = false;
			r = 0
		};
		call++
	:: else -> break
	od
}

#define LOCALS \
	byte call = 1; \
	byte m; \
	byte r; \
	bool ok = true; \
	bool read; \
	bool right; \
	bool all

proctype Rank(byte me)
{
	LOCALS;

	make_calls()
}

proctype Victim(byte me)
{
	LOCALS;

	{
		make_calls()
	} unless {
		ranks[me].dead
	}
}

/* It may be stopped between two steps for as long as it likes. */
proctype Death(byte q)
{
	d_step {
		ranks[q].dead = true;
		ranks[q].marked = true
	};
	ranks[q].gone = true;
	broken = true
}

init
{
	byte n;
	byte victims;

	atomic {
		for (n : 1 .. CALLS) {
			if
			:: kinds[n] = BCAST
			:: kinds[n] = GATHER
			fi
		}
		for (n : 0 .. N - 1) {
			if
			:: victims + N - n > DEATHS -> run Rank(n)
			:: victims < DEATHS ->
				run Victim(n);
				run Death(n);
				victims++
			fi
		}
	}
}
