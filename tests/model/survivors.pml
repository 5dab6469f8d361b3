/*
 * A sweep that outlives ranks: src/common/sweep/survivors.h. Ranks 1 to N - 1 may
 * die at any step, DEATHS of them. Rank 0 lives, and decides.
 *
 * All ranks exchange their statuses before the first task and after the last.
 * When a rank has died, an exchange may still complete on some ranks, and fail on
 * others: on none it completes before all have come. After a failed exchange
 * ranks follow the decisions of rank 0. With REFUSALS rank N - 1 may have a
 * status at the first exchange that forbids the sweep.
 *
 * At the end all living ranks have the results, or none has. If they have them,
 * each task counts exactly once. A rank that waits for ever is an invalid end
 * state.
 *
 * Must fail: EARLY: rank 0 does not wait until the others run no task. NO_END:
 * rank 0 does not publish END after a complete exchange. NO_REST: a rank does not
 * publish that it runs no task. DEAD_FORGOTTEN: rank 0 begins although a rank that
 * has died had a status that forbids the sweep: others may know it.
 */
#ifndef N
#define N 2
#endif
#ifndef TASKS
#define TASKS 3
#endif
#ifndef DEATHS
#define DEATHS 1
#endif
#define ALL ((1 << TASKS) - 1)

#define AWAY 0
#define READY 1
#define WORKS 2
#define LEFT 3

#define NONE 0
#define BEGUN 1
#define PASS 2
#define END 3
#define REFUSED 4

byte kind[N];    /* each rank's step */
byte serial[N];  /* decisions that it has followed */
byte decided;    /* rank 0's last decision */
byte decisions;  /* its serial number */
byte tickets[2]; /* claimed, in decisions of each parity */
byte records[N]; /* tasks that have a result in the rank's store, as bits */
byte agreed[N];  /* those that count */
byte running[N]; /* the task that runs, from 1; 0: none */
bool acknowledged[N];
bool refuses;    /* the status of rank N - 1 forbids the sweep */
bool dead[N];
byte deaths;
byte come[2];    /* ranks that have come to each exchange */
byte outcome[N]; /* not in C: the decision with which a rank has left */

#define FAILED (deaths > 0)
#if N == 2
#define UNION(of) (of[0] | of[1])
#define TWICE (agreed[0] & agreed[1])
#define OTHERS(holds) holds(1)
#else
#define UNION(of) (of[0] | of[1] | of[2])
#define TWICE \
	((agreed[0] & agreed[1]) | (agreed[0] & agreed[2]) | \
	 (agreed[1] & agreed[2]))
#define OTHERS(holds) (holds(1) && holds(2))
#endif
#ifdef DEAD_FORGOTTEN
#define REFUSES (refuses && !dead[N - 1])
#else
#define REFUSES (refuses && kind[N - 1] != AWAY)
#endif
#define HAS_COME(r) (dead[r] || kind[r] != AWAY)
#define RESTS(r) \
	(dead[r] || kind[r] == LEFT || \
	 (kind[r] == READY && serial[r] == serial[0]))

inline step_publish(what)
{
	kind[me] = what
}

inline decision_publish(number, what)
{
	d_step {
		decisions = number;
		decided = what
	}
}

/* Each may be complete for one rank, and failed for another. */
inline status_exchange(which)
{
	come[which]++;
	if
	:: come[which] == N -> broken = false
	:: FAILED -> broken = true
	fi
}

/* The task of the next ticket, in the list `todo`. */
inline claim()
{
	d_step {
		task = 0;
		skipped = 0;
		do
		:: task == TASKS -> break
		:: task < TASKS && (todo & (1 << task)) &&
		   skipped == tickets[serial[me] % 2] -> break
		:: else ->
			skipped = skipped + ((todo >> task) & 1);
			task++
		od;
		tickets[serial[me] % 2]++;
		skipped = 0
	}
}

inline work()
{
	do
	:: FAILED && decided == REFUSED -> break
	:: else ->
		claim();
		if
		:: task == TASKS -> break
		:: else
		fi;
		running[me] = task + 1;
		records[me] = records[me] | (1 << task);
		running[me] = 0
	od;
	task = 0;
#ifdef NO_REST
	if
	:: me > 0
	:: else -> step_publish(READY)
	fi
#else
	step_publish(READY)
#endif
}

/* The task that rank r ran when it died is a failed result in rank 0's store. */
inline acknowledge(r)
{
	if
	:: dead[r] && !acknowledged[r] ->
		if
		:: running[r] > 0 &&
		   !(UNION(records) & (1 << (running[r] - 1))) ->
			records[0] = records[0] | (1 << (running[r] - 1))
		:: else
		fi;
		acknowledged[r] = true
	:: else
	fi
}

inline kept_records_agree()
{
	d_step {
		agreed[0] = records[0];
		agreed[1] = records[1];
#if N > 2
		agreed[2] = records[2]
#endif
	}
}

inline root_decide_next()
{
#ifndef EARLY
	OTHERS(RESTS);
#endif
	d_step {
		acknowledge(1);
#if N > 2
		acknowledge(2)
#endif
	};
	kept_records_agree();
	if
	:: UNION(agreed) != ALL ->
		tickets[(serial[0] + 1) % 2] = 0;
		decision_publish(serial[0] + 1, PASS)
	:: else ->
		decision_publish(serial[0] + 1, END)
	fi
}

inline survivors_agree()
{
	if
	:: me == 0 -> root_decide_next()
	:: else ->
		(decisions > serial[me] || decided >= END || kind[0] == LEFT)
	fi;
	if
	:: decided == PASS ->
		d_step {
			serial[me] = decisions;
			todo = ALL & ~UNION(agreed);
			kind[me] = WORKS
		}
	:: else
	fi
}

inline survivors_begin_late()
{
	if
	:: me == 0 ->
		OTHERS(HAS_COME);
		if
		:: REFUSES ->
			decision_publish(0, REFUSED)
		:: else -> decision_publish(0, BEGUN)
		fi
	:: else -> (decided != NONE || kind[0] == LEFT)
	fi
}

proctype Rank(byte me)
{
	byte todo = ALL;
	byte task;
	byte skipped;
	bool broken;

	{
		step_publish(READY);
		status_exchange(0);
		if
		:: broken -> survivors_begin_late()
		:: !broken && !refuses && me == 0 ->
			decision_publish(0, BEGUN)
		:: else
		fi;
		if
		:: (broken && decided == REFUSED) || (!broken && refuses) ->
			outcome[me] = REFUSED;
			goto leave
		:: else
		fi;
		step_publish(WORKS);
		work();
		if
		:: !broken -> status_exchange(1)
		:: else
		fi;
		if
		:: !broken && me == 0 ->
			kept_records_agree();
#ifndef NO_END
			decision_publish(serial[0], END)
#endif
		:: !broken && me > 0
		:: else ->
			do
			:: survivors_agree();
				if
				:: decided == PASS -> work()
				:: else -> break
				fi
			od
		fi;
		outcome[me] = (broken && decided == REFUSED -> REFUSED : END);
leave:		if
		:: me == 0 && decided < END ->
			decision_publish(serial[0] + 1, REFUSED)
		:: else
		fi;
		step_publish(LEFT)
	} unless {
		dead[me]
	}
}

#define AGREES(r) \
	(dead[r] || kind[r] == LEFT)
#define SAME(r) \
	(dead[r] || outcome[r] == outcome[0])

/* When every rank has left or died. */
proctype Judge()
{
	kind[0] == LEFT && OTHERS(AGREES);
	assert(OTHERS(SAME));
	assert(outcome[0] == decided);
	assert(outcome[0] != END || UNION(agreed) == ALL);
	assert(outcome[0] != END || !TWICE);
	assert(outcome[0] != REFUSED || UNION(records) == 0)
}

proctype Death()
{
	byte r;

	do
	:: deaths < DEATHS ->
		if
		:: r = 1
#if N > 2
		:: r = 2
#endif
		:: break
		fi;
		d_step {
			if
			:: !dead[r] ->
				dead[r] = true;
				deaths++
			:: else
			fi
		}
	:: else -> break
	od
}

init {
	atomic {
#ifdef REFUSALS
		if
		:: refuses = true
		:: skip
		fi;
#endif
		run Rank(0);
		run Rank(1);
#if N > 2
		run Rank(2);
#endif
		run Death();
		run Judge()
	}
}
