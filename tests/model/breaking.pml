/*
 * How a world breaks: control_break, control_announce, control_refuse and
 * control_failure in src/mp/control_page.c; wait_look in src/mp/wait.c; record_end in
 * src/mp/monitor.c; and the meetings that find it out, in src/mp/shm/rendezvous.c.
 *
 * Ranks make CALLS calls of one meeting each, by flags or, with COUNTED,
 * counted. On the way, at any point:
 *
 *	DEATHS    so many ranks die; the monitor notices
 *	REFUSALS  any ranks refuse any calls, so many in all
 *	ABORTS    so many ranks abort
 *	TIMEOUTS  so many ranks that wait are told that their time is up
 *	LEAVES    so many ranks close what they have open, and leave in order
 *
 * However it goes, every rank that is not dead comes to an end: no invalid end
 * state, although the ticks that end every sleep are left out. A call succeeds
 * only where all ranks have come to it and none has refused it. A world breaks
 * once, and not without a cause: calls that all refuse break nothing. Memory is
 * sequentially consistent, and to wake is one step: see sleep.pml.
 *
 * Must fail: SILENT: the monitor breaks the world, and announces nothing.
 *            NO_WAKE: what is announced does not wake those who sleep.
 *            NO_LOOK: a rank does not look around once it has announced
 *            that it is about to sleep.
 *            ANY_LATER: a refusal is taken for one of all calls before it.
 *            NO_CLAIM: whoever breaks the world does not claim it first.
 *            UNSAID: nobody is told that a rank has left.
 *            SAID_FIRST: that is announced before it is recorded.
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
#ifndef REFUSALS
#define REFUSALS 0
#endif
#ifndef ABORTS
#define ABORTS 0
#endif
#ifndef TIMEOUTS
#define TIMEOUTS 0
#endif
#ifndef LEAVES
#define LEAVES 0
#endif

#define PLACE(m) ((m) % 2)
#define BIT(call) (1 << (call))

#if N == 2
#define FOR_ALL(what, value) what[0] = value; what[1] = value
#define ANY(what) (what(0) || what(1))
#else
#define FOR_ALL(what, value) \
	what[0] = value; what[1] = value; what[2] = value
#define ANY(what) (what(0) || what(1) || what(2))
#endif

mtype = { WHOLE, WRITING, BROKEN };

/* struct control */
mtype broken = WHOLE;
bool aborted;
bool news[N]; /* `events` is not what this rank has seen */
byte sleepers;
bool moved[N]; /* `wakes` is not what this rank has read */

/* struct line and struct flag */
typedef line {
	byte refused_from;
	byte refused;
	byte gone; /* the first call that it will not come to */
	byte meeting[2];
	byte signature[2] /* of the call: its number */
}
line lines[N];

/* struct hall */
byte flags;
byte complete;

/* What happened. */
bool dead[N];
byte written;  /* how often somebody wrote why the world is broken */
byte refusals; /* calls that some rank has refused: a bit for each */
byte entries;  /* and that some rank was in */
byte deaths, refused, aborts, timeouts, leaves;

#define CAUSE ((refusals & entries) || \
	       deaths + aborts + timeouts + leaves > 0)

inline control_wake()
{
	d_step { FOR_ALL(moved, true) }
}

inline idle_wake()
{
	if
	:: sleepers == 0
	:: sleepers > 0 -> control_wake()
	fi
}

inline announce()
{
	d_step {
		sleepers++;
		announced = true
	};
	moved[me] = false
}

/* Until `wakes` has moved: before the call to the kernel or in it. */
inline sleep_a_little()
{
	if
	:: d_step { moved[me] -> moved[me] = false }
	fi
}

/* What this rank has read of `wakes` is forgotten, so as not to tell states
 * apart. */
inline idle_end()
{
	d_step {
		if
		:: announced ->
			sleepers--;
			announced = false;
			moved[me] = true
		:: else
		fi
	}
}

inline control_announce()
{
	d_step { FOR_ALL(news, true) };
#ifndef NO_WAKE
	control_wake()
#endif
}

inline control_break()
{
	if
#ifdef NO_CLAIM
	:: broken == WHOLE ->
#else
	:: d_step { broken == WHOLE -> broken = WRITING };
#endif
		d_step {
			written++;
			assert(written == 1 && CAUSE);
			broken = BROKEN
		}
	:: broken != WHOLE
	fi
}

inline world_break()
{
	control_break();
	control_announce()
}

/* wait_check. Whether control_failure finds BROKEN, or WRITING because whoever
 * writes has died, makes no difference to what a rank does. */
#define IS_BROKEN (aborted || broken != WHOLE)

/* control_has_refused, and what compare_all looks for. Neither ceases to be so
 * while this rank is in the call, so all ranks can be looked at in one step. */
#ifdef ANY_LATER
#define HAS_REFUSED(q) (call <= lines[q].refused)
#else
#define HAS_REFUSED(q) \
	(call <= lines[q].refused && call >= lines[q].refused_from)
#endif
#define DIFFERS(q) \
	(lines[q].meeting[PLACE(m)] == m && \
	 lines[q].signature[PLACE(m)] != call)

/* check_gone with is_missing. */
#define IS_GONE(q) (lines[q].gone > 0 && lines[q].gone <= call)

inline wait_break()
{
	world_break();
	ok = false
}

/* `seen` is not looked at before it is done. */
inline wait_look()
{
	news[me] = false;
	if
	:: d_step { IS_BROKEN -> ok = false }
	:: !IS_BROKEN && (ANY(IS_GONE) || ANY(HAS_REFUSED)) -> wait_break()
#if TIMEOUTS > 0
	:: d_step { !IS_BROKEN && timeouts < TIMEOUTS -> timeouts++ };
		wait_break()
#endif
	:: !IS_BROKEN && !ANY(IS_GONE) && !ANY(HAS_REFUSED)
	fi;
}

inline mismatch()
{
	wait_look();
	if
	:: ok -> wait_break()
	:: !ok
	fi
}

/* No rank is in another call than this one unless it has refused one. */
inline compare_all()
{
#if REFUSALS > 0
	if
	:: ok && ANY(DIFFERS) -> mismatch()
	:: !ok || !ANY(DIFFERS)
	fi
#else
	skip
#endif
}

/* The loop of await with idle_step: a rank has news, or is about to sleep and
 * looks once more, or sleeps. What it looks for before it sleeps is as `word`
 * was when it read it. */
inline await(word)
{
	do
	:: !ok || word >= m -> break
	:: ok && word < m ->
		if
		:: news[me] -> wait_look()
		:: !news[me] && !announced ->
			announce();
#ifdef NO_LOOK
			sleep_a_little();
#endif
			wait_look();
			compare_all()
		:: !news[me] && announced ->
			sleep_a_little();
			wait_look();
			compare_all()
		fi
	od;
	idle_end()
}

/* In which order: see flags.pml. */
inline raise_flag()
{
	d_step {
		lines[me].signature[PLACE(m)] = call;
		lines[me].meeting[PLACE(m)] = m
	}
}

#define HAS_COME(q) (lines[q].meeting[PLACE(m)] == m)
#define GOES_WITH(q) (lines[q].signature[PLACE(m)] == call)

inline meet_flags()
{
	raise_flag();
	idle_wake();
	do
	:: d_step { r < N && HAS_COME(r) && GOES_WITH(r) -> r++ }
	:: r < N && !HAS_COME(r) ->
		await(lines[r].meeting[PLACE(m)]);
		if
		:: !ok -> break
		:: ok
		fi
	:: r < N && HAS_COME(r) && !GOES_WITH(r) ->
		mismatch();
		break
	:: r == N -> break
	od;
	r = 0
}

/* And meet_release. */
inline meet_counted()
{
	raise_flag();
	d_step {
		flags++;
		last = (flags == m * N)
	};
	if
	:: last ->
		compare_all();
		if
		:: ok ->
			complete = m;
			idle_wake()
		:: !ok
		fi
	:: !last ->
		await(complete)
	fi;
	last = false
}

#define ABSENT(q) (lines[q].meeting[0] < m && lines[q].meeting[1] < m)

inline meet_all()
{
	if
	:: !IS_BROKEN ->
#ifdef COUNTED
		meet_counted()
#else
		meet_flags()
#endif
	:: d_step { IS_BROKEN -> ok = false }
	fi;
	d_step {
		if
		:: ok ->
			assert(!ANY(ABSENT));
			assert(!(refusals & BIT(call)));
			m++
		:: else ->
			assert(IS_BROKEN)
		fi
	}
}

inline control_refuse()
{
	if
	:: lines[me].refused + 1 != call -> lines[me].refused_from = call
	:: lines[me].refused + 1 == call
	fi;
	lines[me].refused = call;
	control_announce()
}

/* No rank wakes after it: but others do. */
inline world_abort()
{
	aborted = true;
	world_break();
	ok = false
}

/* In good order: nothing breaks, but it will not come to this call. */
inline record_end()
{
#ifdef SAID_FIRST
	control_announce();
#endif
	lines[me].gone = call;
#if !defined(UNSAID) && !defined(SAID_FIRST)
	control_announce()
#endif
}

inline make_calls()
{
	do
	:: ok && call <= CALLS ->
		if
#if REFUSALS > 0
		:: d_step { true -> entries = entries | BIT(call) };
			meet_all()
		:: d_step {
			refused < REFUSALS ->
			refused++;
			refusals = refusals | BIT(call)
		};
			control_refuse()
#else
		:: meet_all()
#endif
#if ABORTS > 0
		:: d_step { aborts < ABORTS -> aborts++ };
			world_abort()
#endif
#if LEAVES > 0
		:: d_step {
			leaves < LEAVES ->
			leaves++;
			ok = false
		};
			record_end()
#endif
		fi;
		call++
	:: !ok || call > CALLS -> break
	od
}

#define LOCALS \
	byte call = 1; \
	byte m = 1; /* the meeting: those of refused calls are none */ \
	bool ok = true; \
	bool announced; \
	bool last; \
	byte r

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
		dead[me]
	}
}

/* Rank r dies with a group open, at any point of its way or after it; and then
 * record_end, or leave_root. */
proctype Death(byte r)
{
	d_step {
		dead[r] = true;
		deaths++
	};
#ifdef SILENT
	control_break()
#else
	world_break()
#endif
}

init
{
	byte n;
	byte victims;

	atomic {
		for (n : 0 .. N - 1) {
			moved[n] = true;
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
