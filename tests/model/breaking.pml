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
 * With EARLY all calls but the last are broadcasts from rank 0, whose ranks leave
 * early (early_leave.c), with EARLY_FEW unsettled rendezvous; and if there is one
 * refusal, the rank may make no more calls after it. A call that a rank leaves early may succeed
 * although another rank has not made it or has refused it; but the next one does
 * not.
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
 * NO_SETTLE, with EARLY: a rank does not wait in its next call for those that it
 * has left. NO_PAST: it does not look there whether they were refused.
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

#ifdef EARLY
#define PLACES 4
#define HIGHEST(q) \
	(records[q].number[0] >= x || records[q].number[1] >= x || \
	 records[q].number[2] >= x || records[q].number[3] >= x)
#define IS_EARLY (call < CALLS)
#else
#define PLACES 2
#define HIGHEST(q) (records[q].number[0] >= x || records[q].number[1] >= x)
#endif
#define PLACE(m) ((m) % PLACES)
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
	byte refusals; /* a bit for each call that it has refused */
	byte number[PLACES];
	byte signature[PLACES] /* of the call: its number */
}
record records[N];

/* struct barrier */
byte arrived[PLACES];
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
#ifdef EARLY
#ifdef NO_PAST
#define HAS_REFUSED(q) (records[q].refusals & BIT(call))
#else
/* Bit 0 stands for no call. */
#define HAS_REFUSED(q) (records[q].refusals & (BIT(call) | BIT(before)) & ~1)
#endif
#elif defined(ANY_LATER)
#define HAS_REFUSED(q) (call <= records[q].refused)
#else
#define HAS_REFUSED(q) \
	(call <= records[q].refused && call >= records[q].refused_from)
#endif
#define DIFFERS(q) \
	(records[q].number[PLACE(m)] == m && \
	 records[q].signature[PLACE(m)] != call)

/* The same at the rendezvous before, if it is unsettled. */
#define DIFFERED(q) \
	(before > 0 && records[q].number[PLACE(m - 1)] == m - 1 && \
	 records[q].signature[PLACE(m - 1)] != before)

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

/* The same for the rendezvous before, too. */
inline mismatch_check_some()
{
#ifdef EARLY
#if REFUSALS > 0
	if
	:: ok && (ANY(DIFFERS) || ANY(DIFFERED)) -> mismatch_report()
	:: !ok || (!ANY(DIFFERS) && !ANY(DIFFERED))
	fi
#else
	skip
#endif
#else
	mismatch_check_arrived()
#endif
}

/* The loop of await_backing_off with backoff_step: a rank has news, or
 * announces its sleep and looks once more, or sleeps. */
inline await(word, value)
{
	do
	:: !ok || word >= value -> break
	:: ok && word < value ->
		if
		:: news[me] -> wait_check_all()
		:: !news[me] && !announced ->
			announce_sleep();
#ifdef NO_LOOK
			sleep_until_woken();
#endif
			wait_check_all();
			mismatch_check_some()
		:: !news[me] && announced ->
			sleep_until_woken();
			wait_check_all();
			mismatch_check_some()
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

#ifdef EARLY
#define HAD_ARRIVED(q) (records[q].number[PLACE(m - 1)] == m - 1)
#define MATCHED(q) (records[q].signature[PLACE(m - 1)] == before)

/* Until the rendezvous before is settled. */
inline flat_barrier_settle()
{
#ifndef NO_SETTLE
	do
	:: d_step { ok && before > 0 && r < N && HAD_ARRIVED(r) && MATCHED(r) ->
			r++
	}
	:: ok && before > 0 && r < N && !HAD_ARRIVED(r) ->
		await(records[r].number[PLACE(m - 1)], m - 1)
	:: ok && before > 0 && r < N && HAD_ARRIVED(r) && !MATCHED(r) ->
		mismatch_report()
	:: !ok || before == 0 || r == N -> break
	od;
	skip;
	d_step {
		if
		:: ok -> before = 0
		:: else
		fi;
		r = 0
	}
#else
	skip
#endif
}
#endif

inline flat_barrier_join()
{
	rendezvous_announce();
	backoff_wake();
#ifdef EARLY
	flat_barrier_settle();
#endif
	do
	:: !ok -> break
	:: d_step { ok && r < N && HAS_ARRIVED(r) && MATCHES(r) -> r++ }
	:: ok && r < N && !HAS_ARRIVED(r) ->
		await(records[r].number[PLACE(m)], m)
	:: ok && r < N && HAS_ARRIVED(r) && !MATCHES(r) ->
		mismatch_report()
	:: ok && r == N -> break
	od;
	r = 0
}

inline counted_barrier_add()
{
	d_step {
		arrived[PLACE(m)]++;
		last = (arrived[PLACE(m)] == ((m - 1) / PLACES + 1) * N)
	}
}

/* The last rank: mismatch_check_arrived and counted_barrier_release. */
inline release()
{
	mismatch_check_arrived();
	if
	:: ok ->
		complete = m;
		backoff_wake()
	:: !ok
	fi
}

inline counted_barrier_arrive()
{
	rendezvous_announce();
	counted_barrier_add();
	if
	:: last -> release()
	:: !last -> await(complete, m)
	fi;
	last = false
}

#ifdef EARLY
/* Two rendezvous are under way at the same time at most, so this rank waits for
 * the one before. */
inline early_leave()
{
#ifdef COUNTED
#ifndef NO_SETTLE
	if
	:: ok -> await(complete, m - 1)
	:: !ok
	fi;
	before = 0
#else
	skip
#endif
#else
	flat_barrier_settle()
#endif
}

/* early_leave_arrive, early_leave_await on ranks other than 0, early_leave. */
inline leave_early()
{
	rendezvous_announce();
	backoff_wake();
#ifdef COUNTED
	counted_barrier_add();
	if
	:: last -> release()
	:: !last
	fi;
	last = false;
#endif
	if
	:: ok && me > 0 -> await(records[0].number[PLACE(m)], m);
		if
		:: ok && !MATCHES(0) -> mismatch_report()
		:: !ok || MATCHES(0)
		fi
	:: !ok || me == 0
	fi;
	early_leave()
}
#endif

#define ABSENT(q) (!HIGHEST(q))

inline rendezvous_join()
{
	if
#ifdef EARLY
	:: !IS_BROKEN && IS_EARLY -> leave_early()
	:: !IS_BROKEN && !IS_EARLY ->
#else
	:: !IS_BROKEN ->
#endif
#ifdef COUNTED
		counted_barrier_arrive()
#else
		flat_barrier_join()
#endif
	:: d_step { IS_BROKEN -> ok = false }
	fi;
	d_step {
		x = m;
		if
		:: ok ->
#ifdef EARLY
			/* What it has left before; in the last call also what
			 * it is in. */
			x = (IS_EARLY -> m - 1 : m);
			if
			:: IS_EARLY ->
				assert(me == 0 || records[0].number[PLACE(m)] >= m);
				assert(!(refusals & made));
				before = call
			:: else
			fi;
			made = made | BIT(call);
			assert(IS_EARLY || !(refusals & made));
#else
			assert(!(refusals & BIT(call)));
#endif
			assert(x == 0 || !ANY(ABSENT));
			m++
		:: else ->
			assert(IS_BROKEN)
		fi;
		x = 0
	}
}

inline control_refuse()
{
	if
	:: records[me].refused + 1 != call -> records[me].refused_from = call
	:: records[me].refused + 1 == call
	fi;
	records[me].refused = call;
	records[me].refusals = records[me].refusals | BIT(call);
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
	:: ok && !stops && call <= CALLS ->
		if
#if REFUSALS > 0
		:: d_step { true -> entries = entries | BIT(call) };
			rendezvous_join()
		:: d_step {
			refused < REFUSALS ->
			refused++;
			refusals = refusals | BIT(call)
		};
			control_refuse();
#if defined(EARLY) && REFUSALS == 1
			/* The others are in this call, or have left it. */
			if
			:: stops = true
			:: true
			fi
#endif
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
	:: !ok || stops || call > CALLS -> break
	od
}

#define LOCALS \
	byte call = 1; \
	byte m = 1; /* the rendezvous: refused calls have none */ \
	bool ok = true; \
	bool announced; \
	bool last; \
	bool stops; /* making calls */ \
	byte before; /* the call left early at rendezvous m - 1; 0: none */ \
	byte made; /* for assertions: a bit for each call so far */ \
	byte x; /* the same */ \
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
