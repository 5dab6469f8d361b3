/*
 * Whose a place is when a call fails. A rank that has come to a meeting, and
 * then hears of a breakage, fails the call; another rank that saw all flags is
 * through with the same meeting, and reads. What the one does next must not
 * change what the other reads, or the other must not succeed.
 *
 * Each rank fills its place, comes to the meeting by its flag, and reads all
 * places; the world breaks at any point, or never. Whoever has failed goes on
 * at once and fills its place anew: if it is a slot or a payload, in a call of
 * another group, whose meeting has the same number, since this one did not
 * succeed; if it is the program's own buffer, which others read where it is
 * (src/mp/shm/zero_copy.h), in the program.
 *
 * A rank that succeeds has read what was there for this meeting, if
 *
 *	LOOK_FIRST     slots: none is filled in a world that is broken
 *	LOOK_AFTER     buffers: whoever has read looks whether the world is
 *	               broken now
 *	MEETING_AFTER  buffers: it goes to another meeting, which does the same
 *
 * Must fail: none of the three.
 */
#ifndef N
#define N 2
#endif

#if N == 2
#define ALL_CAME(m) (came[0] >= m && came[1] >= m)
#else
#define ALL_CAME(m) (came[0] >= m && came[1] >= m && came[2] >= m)
#endif

bool broken;
byte place[N]; /* of which call */
byte came[N];  /* to this meeting: 1; to the one after it: 2 */

inline wait_check()
{
	if
	:: broken -> ok = false
	:: !broken
	fi
}

/* A rank may hear of a breakage before it sees the flags, or the other way. */
inline meet(m)
{
	wait_check();
	if
	:: ok ->
		came[me] = m;
		if
		:: ALL_CAME(m)
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
#ifdef MEETING_AFTER
	meet(2);
#endif
#ifdef LOOK_AFTER
	wait_check();
#endif
	assert(!ok || right)
}

inline go_on()
{
#ifdef LOOK_FIRST
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
	meet(1);
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

proctype Breakage()
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
		run Breakage();
		for (i : 0 .. N - 1) {
			run Rank(i)
		}
	}
}
