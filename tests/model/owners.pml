/*
 * What a rank may do to its data after a call has failed. A rank that has
 * arrived at a rendezvous, and then hears that the world has failed, fails the
 * call. Another rank, which saw all arrivals, has left the same rendezvous, and
 * reads. What the first rank does next must not change the data that the other
 * reads, or the other rank must not succeed.
 *
 * Each rank fills its place, joins the rendezvous, and reads all places. The
 * world fails at any point, or never. A rank that has failed goes on at once
 * and fills its place anew. If the place is a slot or a payload, it does so in
 * a call of another group, whose rendezvous has the same number, because this
 * one did not succeed. If it is the program's own buffer, which others read
 * (src/mp/shm/zero_copy.h), the program does.
 *
 * A rank that succeeds has read the data of this rendezvous, if
 *
 *	CHECK_FIRST       slots: no rank fills one in a world that has failed
 *	CHECK_AFTER       a rank that has read checks whether the world has
 *	                  failed
 *	RENDEZVOUS_AFTER  buffers: it joins another rendezvous, which checks that
 *
 * Must fail: none of the three.
 */
#ifndef N
#define N 2
#endif

#if N == 2
#define ALL_ARRIVED(m) (arrived[0] >= m && arrived[1] >= m)
#else
#define ALL_ARRIVED(m) (arrived[0] >= m && arrived[1] >= m && arrived[2] >= m)
#endif

bool broken;
byte place[N]; /* of which call */
byte arrived[N];  /* at this rendezvous: 1; at the next one: 2 */

inline wait_check()
{
	if
	:: broken -> ok = false
	:: !broken
	fi
}

/* A rank may hear of the failure before it sees the arrivals, or after. */
inline join(m)
{
	wait_check();
	if
	:: ok ->
		arrived[me] = m;
		if
		:: ALL_ARRIVED(m)
		:: broken -> ok = false
		fi
	:: !ok
	fi
}

inline read_all()
{
	r = 0;
	do
	:: r < N -> right = right && place[r] == 1; r++
	:: r == N -> break
	od
}

inline finish()
{
#ifdef RENDEZVOUS_AFTER
	join(2);
#endif
#ifdef CHECK_AFTER
	wait_check();
#endif
	assert(!ok || right)
}

inline go_on()
{
#ifdef CHECK_FIRST
	if
	:: broken
	:: !broken -> place[me] = 2
	fi
#else
	place[me] = 2
#endif
}

proctype Rank(byte me)
{
	byte r;
	bool ok = true;
	bool right = true;

	place[me] = 1;
	join(1);
	if
	:: ok ->
		read_all();
		finish()
	:: !ok
	fi;
	if
	:: !ok -> go_on()
	:: ok
	fi
}

proctype Failure()
{
	if
	:: broken = true
	:: true
	fi
}

init
{
	byte i;

	atomic {
		run Failure();
		for (i : 0 .. N - 1) {
			run Rank(i)
		}
	}
}
