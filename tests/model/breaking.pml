/*
 * How a world fails: control_break, control_announce, control_refuse and
 * control_failure in src/mp/control_page.c; wait_check_all in src/mp/wait.c;
 * record_end in src/mp/monitor.c; and how the two barriers in src/mp/shm
 * notice.
 *
 * Ranks make CALLS calls of one rendezvous each, with the flat barrier or, with
 * COUNTED, the counted one. At any point:
 *
 *	DEATHS    so many ranks die; the monitor notices
 *	REFUSALS  ranks refuse so many calls, all together
 *	ABORTS    so many ranks abort
 *	TIMEOUTS  so many waiting ranks find that their deadline has passed
 *	LEAVES    so many ranks close their groups, and leave in good order
 *
 * In every case each rank that is not dead comes to an end: there is no invalid
 * end state, although here sleeps do not end by themselves. A call succeeds
 * only if all ranks have arrived in it and none has refused it. A world fails
 * once, and only with a cause: a call that all ranks refuse is none. Memory is
 * sequentially consistent, and waking is one step: see sleep.pml.
 *
 * Must fail: SILENT: the monitor writes the failure, and announces nothing.
 * NO_WAKE: an announcement does not wake the ranks that sleep. NO_LOOK: a rank
 * sleeps at once when it has announced that, without looking for events again.
 * ANY_LATER: a refusal counts for all calls before it, too. NO_CLAIM: a rank
 * writes the failure without claiming it first. UNSAID: it is not announced
 * that a rank has left. SAID_FIRST: that is announced before it is recorded.
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

/* struct control_page */
mtype broken = WHOLE;
bool aborted;
bool news[N]; /* `events` is not what this rank has seen */
byte sleepers;
bool moved[N]; /* `wakes` is not what this rank has read */

/* struct rank_record and struct arrival */
typedef record {
	byte refused_from;
	byte refused;
	byte gone; /* the first call that it will not make */
	byte number[2];
	byte signature[2] /* of the call: its number */
}
record records[N];

/* struct barrier */
byte arrived;
byte complete;

/* For assertions only. */
bool dead[N];
byte written;  /* how often a failure was written */
byte refusals; /* a bit for each call that some rank has refused */
byte entries;  /* and for each that some rank was in */
byte deaths, refused, aborts, timeouts, leaves;

#define CAUSE ((refusals & entries) || \
	       deaths + aborts + timeouts + leaves > 0)

inline control_wake()
{
	d_step { FOR_ALL(moved, true) }
}

inline backoff_wake()
{
	if
	:: sleepers == 0
	:: sleepers > 0 -> control_wake()
	fi
}

inline announce_sleep()
{
	d_step {
		sleepers++;
		announced = true
	};
	moved[me] = false
}

/* Until `wakes` has moved: before the call to the kernel or in it. */
inline sleep_until_woken()
{
	if
	:: d_step { moved[me] -> moved[me] = false }
	fi
}

/* Forget the value of `wakes` that this rank has read, so that there are fewer
 * states. */
inline backoff_end()
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

/* wait_check. A rank does the same whether control_failure finds BROKEN, or
 * WRITING because the writer has died. */
#define IS_BROKEN (aborted || broken != WHOLE)

/* control_has_refused, and the condition of mismatch_check_arrived. Each stays
 * true while this rank is in the call, so one step can check all ranks. */
#ifdef ANY_LATER
#define HAS_REFUSED(q) (call <= records[q].refused)
#else
#define HAS_REFUSED(q) \
	(call <= records[q].refused && call >= records[q].refused_from)
#endif
#define DIFFERS(q) \
	(records[q].number[PLACE(m)] == m && \
	 records[q].signature[PLACE(m)] != call)

/* check_gone with is_missing. */
#define IS_GONE(q) (records[q].gone > 0 && records[q].gone <= call)

inline wait_break()
{
	world_break();
	ok = false
}

/* `seen` is not read before the function returns. */
inline wait_check_all()
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

inline mismatch_report()
{
	wait_check_all();
	if
	:: ok -> wait_break()
	:: !ok
	fi
}

/* A rank can be in another call than this one only if one was refused. */
inline mismatch_check_arrived()
{
#if REFUSALS > 0
	if
	:: ok && ANY(DIFFERS) -> mismatch_report()
	:: !ok || !ANY(DIFFERS)
	fi
#else
	skip
#endif
}

/* The loop of await_backing_off with backoff_step: a rank has news, or
 * announces its sleep and looks once more, or sleeps. */
inline await(word)
{
	do
	:: !ok || word >= m -> break
	:: ok && word < m ->
		if
		:: news[me] -> wait_check_all()
		:: !news[me] && !announced ->
			announce_sleep();
#ifdef NO_LOOK
			sleep_until_woken();
#endif
			wait_check_all();
			mismatch_check_arrived()
		:: !news[me] && announced ->
			sleep_until_woken();
			wait_check_all();
			mismatch_check_arrived()
		fi
	od;
	backoff_end()
}

/* In one step: flat.pml takes it apart. */
inline rendezvous_announce()
{
	d_step {
		records[me].signature[PLACE(m)] = call;
		records[me].number[PLACE(m)] = m
	}
}

#define HAS_ARRIVED(q) (records[q].number[PLACE(m)] == m)
#define MATCHES(q) (records[q].signature[PLACE(m)] == call)

inline flat_barrier_join()
{
	rendezvous_announce();
	backoff_wake();
	do
	:: d_step { r < N && HAS_ARRIVED(r) && MATCHES(r) -> r++ }
	:: r < N && !HAS_ARRIVED(r) ->
		await(records[r].number[PLACE(m)]);
		if
		:: !ok -> break
		:: ok
		fi
	:: r < N && HAS_ARRIVED(r) && !MATCHES(r) ->
		mismatch_report();
		break
	:: r == N -> break
	od;
	r = 0
}

/* With counted_barrier_release. */
inline counted_barrier_arrive()
{
	rendezvous_announce();
	d_step {
		arrived++;
		last = (arrived == m * N)
	};
	if
	:: last ->
		mismatch_check_arrived();
		if
		:: ok ->
			complete = m;
			backoff_wake()
		:: !ok
		fi
	:: !last ->
		await(complete)
	fi;
	last = false
}

#define ABSENT(q) (records[q].number[0] < m && records[q].number[1] < m)

inline rendezvous_join()
{
	if
	:: !IS_BROKEN ->
#ifdef COUNTED
		counted_barrier_arrive()
#else
		flat_barrier_join()
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
	:: records[me].refused + 1 != call -> records[me].refused_from = call
	:: records[me].refused + 1 == call
	fi;
	records[me].refused = call;
	control_announce()
}

/* This rank goes no further; the others wake. */
inline world_abort()
{
	aborted = true;
	world_break();
	ok = false
}

/* In good order: the world does not fail, but this rank will not make this
 * call. */
inline record_end()
{
#ifdef SAID_FIRST
	control_announce();
#endif
	records[me].gone = call;
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
			rendezvous_join()
		:: d_step {
			refused < REFUSALS ->
			refused++;
			refusals = refusals | BIT(call)
		};
			control_refuse()
#else
		:: rendezvous_join()
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
	byte m = 1; /* the rendezvous: refused calls have none */ \
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

/* Rank r dies with a group open, anywhere in its calls or after them. Then
 * record_end of the monitor, or leave_root. */
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
