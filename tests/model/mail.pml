/*
 * Results that are released as rank 0 hands them over by index, sent in messages
 * (delivery_mail_flow.c, delivery_mail_send.c, delivery_flow.c). When HELD results wait
 * for their turn on rank 0, it tells the others the index below which they may begin
 * tasks, until fewer than LOW wait. A rank that is held up sends its results, and says
 * which task it may not begin, and after which news. Rank 0 ends the round if all are
 * held up or have left it. That may happen only if the awaited task was lost (LOSSES)
 * after it was claimed, or if a node got it back when a later one was claimed (BACKS);
 * else every task is run, and no rank waits for ever. The messages between two ranks
 * stay in their order, and may take any time. Rank 0 runs tasks too, unless IDLE_ROOT.
 *
 * With FILES rank 0 reads the results where the ranks have written them, at any time, and
 * only the other messages are sent (delivery_file.c). A rank that is held up waits until
 * rank 0 has read its results; one that has left does not.
 *
 * Must fail: ANY_SERIAL: rank 0 believes what a rank has said before the latest news.
 * SAYS_FIRST: a rank says that it is held up before it has sent its results. TOLD_ONCE:
 * rank 0 tells the others only when room comes and goes. UNSAID: a rank that has left
 * does not say so. NO_GIVING_UP: rank 0 does not end the round. NO_LOOK: with FILES, rank 0
 * ends the round without looking whether it has read all. NO_LAST_LOOK: it believes that a
 * round is over when all ranks have ended it.
 */
#ifndef N
#define N 2 /* ranks beside rank 0 */
#endif
#ifndef TASKS
#define TASKS 3
#endif
#ifndef HELD
#define HELD 1 /* results */
#endif
#ifndef LOW
#define LOW 1
#endif
#ifndef LOSSES
#define LOSSES 0
#endif
#ifndef BACKS
#define BACKS 0
#endif
#ifndef WINDOW
#define WINDOW 2 /* messages under way from each rank */
#endif
#define NO_LIMIT TASKS
#define HAS_LEFT (TASKS + 1)

mtype = { RECORD, WAIT, ROUND_END };
chan to_root[N] = [WINDOW] of { mtype, byte, byte };
chan to_rank[N] = [4] of { byte, byte, bool }; /* serial, limit, given_up */

#ifdef FILES
byte file[N];   /* results that rank 0 has not read: a bit for each */
#define unsent file[me]
#define CAN_SEND false
#else
#define CAN_SEND (unsent != 0 && nfull(to_root[me]))
#endif

byte ticket;    /* the next task */
byte back;      /* a task + 1 that a node got back; 0: none */
byte backs;
byte losses;
byte lost;      /* a bit for each task */
#ifndef FILES
byte left;      /* ranks in tickets_leave */
#define NOTE_LEFT left++
#else
#define NOTE_LEFT skip
#endif

/* Of rank 0: */
byte next;      /* the lowest task not handed over */
byte limit = 1;
byte held;
byte waits;     /* a bit for each task */
bool closed;
bool given_up;
byte serial[N];
byte awaits[N];

inline claim(mine)
{
	atomic {
		if
		:: ticket < TASKS -> ticket++; mine = ticket
		:: back > 0 -> mine = back; back = 0
		:: ticket + 1 < TASKS && backs < BACKS ->
			backs++;
			back = ticket + 1;
			ticket = ticket + 2;
			mine = ticket
		:: ticket == TASKS && back == 0 -> mine = 0
		fi
	}
}

#define MAY_BEGIN (mine <= my_limit)
#define HAS_SAID (said == mine && said_after == heard)
#ifdef SAYS_FIRST
#define ALL_SENT true
#else
#define ALL_SENT (unsent == 0)
#endif

inline send_next()
{
	d_step {
		do
		:: unsent & (1 << i) -> break
		:: else -> i++
		od;
		to_root[me]!RECORD(i, 0);
		unsent = unsent & ~(1 << i);
		i = 0
	}
}

/* delivery_await_room */
inline await_room()
{
	do
	:: MAY_BEGIN || over -> break
	:: !(MAY_BEGIN || over) && CAN_SEND -> send_next()
	:: !(MAY_BEGIN || over) && ALL_SENT && !HAS_SAID && nfull(to_root[me]) ->
		d_step {
			to_root[me]!WAIT(mine, heard);
			said = mine;
			said_after = heard
		}
	:: to_rank[me]?heard, my_limit, over
	od
}

/* tickets_leave, and the end of the round. The ranks of one machine do not wait for
 * each other there, and look once whether all is read. */
#ifdef FILES
inline leave()
{
	mine = 0;
	if
	:: unsent == 0 && nfull(to_root[me]) -> to_root[me]!WAIT(HAS_LEFT, heard)
	:: true
	fi;
	do
	:: nfull(to_root[me]) -> to_root[me]!ROUND_END(0, 0); break
	:: to_rank[me]?heard, my_limit, over
	od
}
#else
inline leave()
{
	mine = 0;
	do
	:: CAN_SEND -> send_next()
	:: unsent == 0 -> break
	:: to_rank[me]?heard, my_limit, over
	od;
#ifndef UNSAID
	do
	:: nfull(to_root[me]) -> to_root[me]!WAIT(HAS_LEFT, heard); break
	:: to_rank[me]?heard, my_limit, over
	od;
#endif
	NOTE_LEFT;
	do
	:: left > N && nfull(to_root[me]) -> to_root[me]!ROUND_END(0, 0); break
	:: to_rank[me]?heard, my_limit, over
	od
}
#endif

proctype Rank(byte me)
{
	byte mine;       /* the claimed task + 1 */
#ifndef FILES
	byte unsent;     /* a bit for each result */
#endif
	byte heard;      /* serial of the latest news */
	byte my_limit = NO_LIMIT;
	bool over;
	byte said;
	byte said_after;
	byte i;

	do
	:: claim(mine);
		if
		:: mine == 0 -> break
		:: mine > 0 && losses < LOSSES ->
			d_step { losses++; lost = lost | (1 << (mine - 1)) }
		:: mine > 0 ->
			await_room();
			if
			:: MAY_BEGIN -> unsent = unsent | (1 << (mine - 1))
			:: else -> break
			fi
		fi;
		do
		:: CAN_SEND -> send_next()
		:: break
		od
	od;
	leave()
}

/* ---- rank 0 ---- */

inline arrive(index)
{
	waits = waits | (1 << (index));
	held++;
	do
	:: waits & (1 << next) ->
		waits = waits & ~(1 << next);
		held--;
		next++
	:: else -> break
	od;
	limit = next + 1
}

inline receive(r)
{
	d_step {
		to_root[r]?kind, what, after ->
		if
		:: kind == RECORD -> arrive(what)
		:: kind == ROUND_END ->
			ended++;
			awaits[r] = HAS_LEFT
		:: kind == WAIT ->
			if
#ifdef ANY_SERIAL
			:: true -> awaits[r] = what
#else
			:: what == HAS_LEFT || after == serial[r] ->
				awaits[r] = what
			:: else
#endif
			fi
		fi;
		kind = 0;
		what = 0;
		after = 0;
		news = true
	}
}

#ifdef FILES
inline read_file(r)
{
	d_step {
		do
		:: what == TASKS -> break
		:: what < TASKS && (file[r] & (1 << what)) ->
			file[r] = file[r] & ~(1 << what);
			arrive(what);
			what++
		:: what < TASKS && !(file[r] & (1 << what)) -> what++
		od;
		what = 0;
		news = true
	}
}
#define ALL_READ (file[0] == 0 && file[N - 1] == 0)
#else
#define ALL_READ true
#endif
#ifdef NO_LOOK
#define HAS_LOOKED true
#else
#define HAS_LOOKED ALL_READ
#endif
#ifdef NO_LAST_LOOK
#define LOOKED_LAST true
#else
#define LOOKED_LAST ALL_READ
#endif

inline tell_rank(r)
{
	d_step {
		serial[r]++;
		if
		:: awaits[r] != HAS_LEFT -> awaits[r] = 0
		:: else
		fi
	};
	to_rank[r]!serial[r], (closed -> limit : NO_LIMIT), given_up
}

#define MAY_GO_ON(r) (awaits[r] == 0 || awaits[r] <= limit)
#ifdef TOLD_ONCE
#define AWAITS_THAT(r) false
#else
#define AWAITS_THAT(r) (closed && awaits[r] != 0 && MAY_GO_ON(r))
#endif
#define IS_CLOSED (held >= (closed -> LOW : HELD))

/* mail_flow_tell */
inline tell()
{
	d_step {
		changed = (closed != IS_CLOSED);
		closed = IS_CLOSED;
		news = false
	};
	r = 0;
	do
	:: r < N && (changed || AWAITS_THAT(r)) -> tell_rank(r); r++
	:: r < N && !(changed || AWAITS_THAT(r)) -> r++
	:: r == N -> break
	od;
	atomic { r = 0; changed = false }
}

#define ALL_HELD_UP (!MAY_GO_ON(0) && (N == 1 || !MAY_GO_ON(N - 1)))

inline give_up()
{
	d_step {
		assert((lost & (1 << next)) || back == next + 1);
		given_up = true
	};
	do
	:: r < N -> tell_rank(r); r++
	:: r == N -> break
	od;
	r = 0
}

#define IS_AHEAD (mine > limit && held >= (held_up -> LOW : HELD))

active proctype Root()
{
	byte mine;
	bool held_up;    /* it waits for room */
	bool has_left;
	byte ended;
	bool news;       /* messages have come since `tell` */
	bool changed;
	byte r;
	mtype kind;
	byte what;
	byte after;

	atomic {
		run Rank(0);
#if N > 1
		run Rank(1)
#endif
	};
#ifdef IDLE_ROOT
	has_left = true;
	NOTE_LEFT;
#endif
	do
	:: receive(0)
#if N > 1
	:: receive(1)
#endif
#ifdef FILES
	:: file[0] != 0 -> read_file(0)
#if N > 1
	:: file[1] != 0 -> read_file(1)
#endif
#endif
	:: news -> tell()
#ifndef NO_GIVING_UP
	:: !news && (held_up && IS_AHEAD || has_left) &&
		!given_up && held >= LOW && ALL_HELD_UP && HAS_LOOKED ->
		give_up()
#endif
	:: !news && !has_left && mine == 0 && !given_up ->
		claim(mine);
		if
		:: mine == 0 -> has_left = true; NOTE_LEFT
		:: else
		fi
	:: !news && mine > 0 && !IS_AHEAD && !given_up ->
		d_step {
			arrive(mine - 1);
			mine = 0;
			held_up = false;
			news = true
		}
	:: !news && mine > 0 && IS_AHEAD && !held_up -> held_up = true
	:: !has_left && given_up ->
		mine = 0;
		held_up = false;
		has_left = true;
		NOTE_LEFT
	:: ended == N && has_left && LOOKED_LAST -> break
	od;
	assert(next == TASKS || lost || given_up)
}
