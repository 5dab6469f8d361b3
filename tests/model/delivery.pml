/*
 * Results as they come, and are released (delivery_flow.c, delivery_sleep.c). Ranks
 * run tasks by index and put results into their stores of two halves, with room for
 * SEGMENT results each; rank 0 takes them, hands them over by index, and sleeps.
 * Results whose turn has not come wait on rank 0, HELD at the most, unless they were
 * under way. AHEAD tasks behind the awaited one may begin then, if they are missing in
 * a row. One claimed task may be lost (LOSSES): its rank never shows a result in
 * this pass, and rank 0 has to end the pass. With ROOT_RUNS rank 0 runs tasks, too. With
 * NAPS it sleeps for a while, and nobody wakes it, if it has taken results since its last
 * sleep.
 *
 * In C the other sleeps end after 50 ms; here they do not, so a lost wake-up is an
 * invalid end state.
 *
 * Must fail: NO_RECHECK: rank 0 sleeps without looking at the streams again after it
 * has said that it sleeps. NO_WAKE: it takes results without waking those that wait
 * for room. EARLY_TURN: a rank turns to the half that rank 0 has not read yet.
 * ANY_TASK_WAITS: the rank with the awaited task waits, too. NO_GIVING_UP: rank 0
 * does not end the pass. ENDLESS: its naps do not end by themselves.
 */
#ifndef N
#define N 2 /* ranks beside rank 0 */
#endif
#ifndef TASKS
#define TASKS 3
#endif
#ifndef SEGMENT
#define SEGMENT 1
#endif
#ifndef HELD
#define HELD 1
#endif
#ifndef AHEAD
#define AHEAD 0
#endif
#ifndef LOSSES
#define LOSSES 0
#endif
#define HALVES (2 * SEGMENT)

byte ticket;           /* the next task */
byte place[N * HALVES]; /* the results in each store: task + 1; 0: none */
byte shown[N];         /* results shown */
byte taken[N];         /* of these, by rank 0 */
bool root_sleeps;
bool event;            /* the eventfd */
bool asleep[N];        /* in the futex's queue, or about to be */
bool moved[N];         /* `room` has changed since the rank read it */
byte blocked[N];       /* task + 1 that the rank may not begin; 0: none */
bool ended[N];
byte next;             /* the lowest task not handed over */
byte limit = 1;        /* tasks below it may begin, as rank 0 has published */
byte held;             /* results that wait for their turn */
bool waits[TASKS];
bool arrived[TASKS];
bool given_up;
byte losses;

inline wake_root()
{
	if
	:: root_sleeps ->
		root_sleeps = false;
		event = true
	:: else
	fi
}

inline wake_waiting()
{
#ifndef NO_WAKE
	d_step {
		moved[0] = true;
		asleep[0] = false;
#if N > 1
		moved[1] = true;
		asleep[1] = false;
#endif
	}
#else
	skip
#endif
}

/* The half that the rank goes on in is free. */
#ifdef EARLY_TURN
#define IS_FREE true
#else
#define IS_FREE (shown[me] % SEGMENT != 0 || shown[me] < HALVES || \
	taken[me] >= shown[me] - SEGMENT)
#endif
#ifdef ANY_TASK_WAITS
#define IS_AHEAD (held >= HELD)
#else
#define IS_AHEAD (held >= HELD && task >= limit)
#endif

/* delivery_await_room: the check, and then the sleep, unless `room` changed. */
inline await_room()
{
	do
	:: moved[me] = false;
		if
		:: IS_FREE && !IS_AHEAD -> break
		:: given_up -> break
		:: else ->
			d_step {
				blocked[me] = (IS_AHEAD -> task + 1 : 0)
			};
			wake_root(); /* in C a tick of rank 0's sleep */
			if
			:: d_step { !moved[me] -> asleep[me] = true };
				!asleep[me]
			:: moved[me]
			fi
		fi
	od;
	blocked[me] = 0
}

proctype Rank(byte me)
{
	byte task;

	do
	:: d_step { task = ticket; ticket = (ticket < TASKS -> ticket + 1 : ticket) };
		if
		:: task == TASKS -> break
		:: else
		fi;
		if
		:: losses < LOSSES -> losses++; goto again
		:: true
		fi;
		await_room();
		if
		:: given_up -> break
		:: else
		fi;
		place[me * HALVES + shown[me] % HALVES] = task + 1;
		shown[me]++;
		wake_root();
again:		skip
	od;
	ended[me] = true;
	wake_root()
}

/* Each result that comes in turn is handed over. */
inline hand_over()
{
	d_step {
		do
		:: next < TASKS && waits[next] ->
			waits[next] = false;
			held--;
			next++
		:: else -> break
		od
	}
}

inline arrive()
{
	assert(!arrived[index]);
	arrived[index] = true;
	waits[index] = true;
	held++
}

inline take(r)
{
	do
	:: taken[r] < shown[r] ->
		d_step {
			index = place[r * HALVES + taken[r] % HALVES] - 1;
			arrive()
		};
		hand_over();
		taken[r]++;
		found = true
	:: else -> break
	od
}

/* find_limit in delivery.c */
inline publish()
{
	d_step {
		limit = next + 1;
		do
		:: limit < TASKS && limit <= next + AHEAD && !waits[limit] ->
			limit++
		:: else -> break
		od
	}
}

inline take_all()
{
	found = false;
	take(0);
#if N > 1
	take(1);
#endif
	if
	:: found -> publish(); wake_waiting()
	:: else
	fi
}

#define STUCK(r) (ended[r] || (blocked[r] > 0 && blocked[r] - 1 >= limit))
#if N > 1
#define ALL_STUCK (STUCK(0) && STUCK(1))
#define ALL_ENDED (ended[0] && ended[1])
#else
#define ALL_STUCK STUCK(0)
#define ALL_ENDED ended[0]
#endif

#ifdef NAPS
inline before_sleep()
{
	d_step { naps = many; many = false };
	if
	:: naps
	:: !naps -> root_sleeps = true
	fi
}

inline sleep_and_wake()
{
	if
#ifndef ENDLESS
	:: naps
#endif
	:: event
	:: ALL_ENDED
	fi;
	if
	:: naps
	:: !naps -> event = false; root_sleeps = false
	fi
}
#else
inline before_sleep()
{
	root_sleeps = true
}

inline sleep_and_wake()
{
	if
	:: event
	:: ALL_ENDED
	fi;
	event = false;
	root_sleeps = false
}
#endif

#ifdef ROOT_RUNS
#define IS_DONE (mine > 0 -> held < HELD || mine <= limit : ALL_ENDED)
#else
#define IS_DONE ALL_ENDED
#endif

/* wait_as_root, while its task may not begin, or await_others */
inline wait_for_ranks()
{
	do
	:: before_sleep();
#ifndef NO_RECHECK
		take_all();
#ifdef NAPS
		many = many || found;
#endif
#endif
		if
		:: IS_DONE || (given_up && mine > 0) ->
#ifdef ROOT_RUNS
			root_sleeps = false;
#endif
			break
		:: else
		fi;
#ifndef NO_GIVING_UP
		if
		:: held >= HELD && ALL_STUCK ->
			take_all();
			if
			:: !found && held >= HELD && ALL_STUCK ->
				given_up = true;
				wake_waiting()
			:: else
			fi
		:: else
		fi;
#endif
		sleep_and_wake();
#ifdef NO_RECHECK
		take_all()
#endif
	od
}

active proctype Root()
{
	byte index;
	byte mine;
	bool found;
	bool naps;
	bool many;

#ifdef ROOT_RUNS
	do
	:: d_step {
		if
		:: ticket < TASKS -> ticket++; mine = ticket
		:: else -> mine = 0
		fi
	};
		if
		:: mine == 0 || given_up -> break
		:: else
		fi;
		if
		:: held >= HELD && mine > limit -> wait_for_ranks()
		:: else
		fi;
		if
		:: given_up -> break
		:: else
		fi;
		d_step { index = mine - 1; arrive() };
		hand_over();
		if
		:: take_all()
		:: true
		fi;
		d_step { index = 0; found = false };
		publish();
		wake_waiting()
	od;
	mine = 0;
#endif
	wait_for_ranks();
	take_all();
	assert(next == TASKS || losses > 0);
	assert(losses == 0 || !given_up || next < TASKS)
}

init {
	atomic {
		run Rank(0);
#if N > 1
		run Rank(1)
#endif
	}
}
