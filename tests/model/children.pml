/*
 * Results as they come of isolated tasks, and are released (delivery_stream.c,
 * delivery_round.c, delivery_flow.c): one rank, whose children write records with a
 * seal into the halves of its store and may destroy them, and a reader. Records have
 * one or two cells. When a child has ended, its rank believes the records up to the
 * first that is destroyed; the next child, or the rank itself for a task that has
 * crashed, writes from there on. The reader is rank 0, or (MAIL) the rank, which sends
 * what it reads, and on some looks cannot.
 *
 * The reader takes only whole records at places where there is one; it never goes back
 * below the half that it reads; no whole record holds it up; it takes each result that the rank believes; and the
 * rank does not wait for ever until a half is free. That no result is handed over twice
 * is up to a bit for each task, which is not modelled.
 *
 * Must fail: LATE_CHILDREN: the reader loads the number of children after `reread_from`.
 * LATE_SHOWN: the rank notes that the end has moved back before it shows the new end.
 * UNSAID: it does not note that. NO_LOOK: the reader reads on in a half that the rank has
 * left, or as the rank leaves a half, without looking for that.
 */
#ifndef CHILDREN
#define CHILDREN 3
#endif
#ifndef TASKS
#define TASKS 3
#endif
#ifndef SEGMENT
#define SEGMENT 2 /* cells after which a half is full */
#endif
#ifndef DAMAGES
#define DAMAGES 1 /* records that are destroyed */
#endif
#ifndef FAILURES
#define FAILURES 1 /* that the rank writes itself */
#endif
#define HALF (SEGMENT + 2)
#define NONE 255
#define ALL ((1 << TASKS) - 1)
#define BASE (turns * HALF)

typedef Cell {
	byte task;  /* + 1, if a record begins here; 0: not, or it is destroyed */
	byte child; /* whose seal it has, or, if the rank has written it, the last */
	byte place; /* which the seal covers */
	byte cells
};
Cell store[2 * HALF];
byte used;       /* cells of the half that the rank believes in */
byte done;       /* a bit for each task with a result, as the rank knows */
byte children;
byte child_from;
byte reread_from = NONE;
byte shown;
byte turns;
byte ends[2];
byte published;  /* `taken` in the state of the rank */
bool ended;
bool news;       /* something has changed; in C a sleep ends after some time */

/* Of the reader: */
byte taken;
byte child;      /* which wrote the last record with a seal that it has taken */
byte known;      /* children at the last look */
byte arrived;    /* a bit for each task */
byte from;
byte turn;
byte end;
bool settled;
bool found;

#define CELL(p) store[((p) / HALF) % 2 * HALF + (p) % HALF]

/* ---- the reader ---- */

inline go_back()
{
	if
	:: from != NONE && taken > from ->
		/* Of the half that it reads. */
		assert(from / HALF == taken / HALF);
		taken = from
	:: else
	fi;
	from = 0
}

inline follow_children()
{
#ifndef LATE_CHILDREN
	d_step { news = false; known = children };
#else
	news = false;
#endif
	from = reread_from;
	d_step {
		if
		:: from != NONE -> reread_from = NONE
		:: else
		fi;
		go_back()
	};
#ifdef LATE_CHILDREN
	known = children
#endif
}

#ifdef NO_LOOK
#define SEES_ALL true
#else
#define SEES_ALL (reread_from == NONE)
#endif

/* The end of what can be read is 0 if nothing can. */
inline find_half()
{
	end = shown;
	turn = turns;
	d_step {
		if
		:: taken / HALF == turn
		:: taken / HALF < turn && !SEES_ALL -> end = 0
		:: taken / HALF < turn && SEES_ALL ->
			if
			:: taken >= ends[taken / HALF % 2] ->
				taken = (taken / HALF + 1) * HALF
			:: else
			fi;
			if
			:: taken / HALF < turn ->
				end = ends[taken / HALF % 2];
				settled = true
			:: else
			fi
		fi;
		turn = 0;
		if
		:: end <= taken / HALF * HALF || end > (taken / HALF + 1) * HALF ->
			end = 0;
			settled = false
		:: else
		fi
	}
}

#define IS_OF_LAST (taken >= child_from)
#define IS_SEALED (CELL(taken).task > 0 && CELL(taken).place == taken && \
	CELL(taken).child >= (IS_OF_LAST -> known : child) && \
	CELL(taken).child <= known && taken + CELL(taken).cells <= end)

inline take_record()
{
	arrived = arrived | (1 << (CELL(taken).task - 1));
	taken = taken + CELL(taken).cells;
	found = true
}

inline take_readable(trusted)
{
	do
	:: d_step {
		taken < end && (trusted || settled) ->
		/* No seal is looked at: it has to be the right one. */
		assert(CELL(taken).task > 0 && CELL(taken).place == taken);
		take_record()
	}
	:: d_step {
		taken < end && !trusted && !settled && IS_SEALED ->
		if
		:: CELL(taken).child > child -> child = CELL(taken).child
		:: else
		fi;
		take_record()
	}
	:: atomic {
		!(taken < end && (trusted || settled || IS_SEALED)) ->
		settled = false;
		end = 0;
		break
	}
	od
}

/* No whole record is there that the reader cannot take. */
#define IS_UP_TO_DATE (turns > taken / HALF || taken >= shown || \
	CELL(taken).task == 0)

#ifndef MAIL
inline poll(trusted)
{
	follow_children();
	do
	:: find_half();
		take_readable(trusted);
		if
		:: found -> found = false
		:: else -> break
		fi
	od;
	atomic { known = 0; published = taken }
}

active proctype Root()
{
	do
	:: poll(false);
		if
		:: ended -> break
		:: news
		:: atomic { !news && !ended -> assert(IS_UP_TO_DATE); news }
		fi
	od;
	/* The rank rests: restore_shown, and no seals. */
	poll(true);
	assert((done & ~arrived) == 0)
}
#endif

/* ---- the rank ---- */

#ifdef MAIL
/* delivery_mail_send, if rank 0 keeps up. */
inline send(trusted)
{
	follow_children();
	d_step { end = shown };
	take_readable(trusted);
	assert(IS_UP_TO_DATE);
	atomic { known = 0; found = false }
}
#endif

#define CLEAR(p) CELL(p).task = 0; CELL(p).child = 0; CELL(p).place = 0; \
	CELL(p).cells = 0

inline write_record(at, writer)
{
	d_step {
		do
		:: ran & (1 << task) -> task++
		:: else -> break
		od;
		CLEAR(BASE + at + cells - 1);
		CELL(BASE + at).task = task + 1;
		CELL(BASE + at).child = writer;
		CELL(BASE + at).place = BASE + at;
		CELL(BASE + at).cells = cells;
		ran = ran | (1 << task);
		at = at + cells;
		task = 0;
		cells = 0
	};
	d_step { shown = BASE + at; news = true }
}

inline run_child()
{
	child_from = BASE + used;
	d_step { children++; at = used; ran = done; news = true };
	do
	:: at < SEGMENT && ran != ALL ->
		atomic {
			if
			:: cells = 1
			:: cells = 2
			fi;
			write_record(at, children)
		}
	:: d_step {
		/* Its first record. */
		at > used && damages < DAMAGES ->
		damages++;
		CLEAR(BASE + used)
	}
	:: d_step {
		/* Another one. */
		at > used + 1 && CELL(BASE + used + 1).task > 0 &&
			damages < DAMAGES ->
		damages++;
		CLEAR(BASE + used + 1)
	}
#ifdef MAIL
	:: at > used -> send(false)
#endif
	:: at > used -> break
	od
}

/* handover_end */
inline believe()
{
	d_step {
		do
		:: used < at && CELL(BASE + used).task > 0 ->
			done = done | (1 << (CELL(BASE + used).task - 1));
			used = used + CELL(BASE + used).cells
		:: else -> break
		od;
		at = 0
	}
}

inline note_child_end()
{
#ifndef LATE_SHOWN
	shown = BASE + used;
#endif
	d_step {
#ifndef UNSAID
		/* note_rewind */
		if
		:: reread_from == NONE -> reread_from = BASE + used
		:: else
		fi;
#endif
		news = true
	}
#ifdef LATE_SHOWN
	; shown = BASE + used
#endif
}

/* The task that has crashed. */
inline keep_failure()
{
	d_step { ran = done; cells = 1 };
	write_record(used, children);
	done = ran
}

inline turn_half()
{
#ifdef MAIL
	if
	:: send(true)
	:: true
	fi;
#ifndef NO_LOOK
	follow_children();
#endif
	/* Else it tries again, when rank 0 keeps up. */
	if
	:: taken >= BASE + used
	:: else -> send(true)
	fi;
	taken >= BASE + used;
#else
	published >= BASE;
#endif
	ends[turns % 2] = BASE + used;
	d_step { turns++; used = 0; news = true };
	shown = BASE;
#ifdef MAIL
	taken = BASE
#endif
}

active proctype Rank()
{
	byte at;
	byte ran;
	byte task;
	byte cells;
	byte damages;
	byte failures;

	do
	:: children < CHILDREN && done != ALL ->
		run_child();
		believe();
		note_child_end();
		if
		:: true
		:: failures < FAILURES && used < SEGMENT + 1 && done != ALL ->
			failures++;
			keep_failure()
		fi;
		if
		:: used >= SEGMENT -> turn_half()
		:: else
		fi
	:: else -> break
	od;
#ifdef MAIL
	send(true);
	assert((done & ~arrived) == 0);
#endif
	shown = BASE + used;
	d_step { ended = true; news = true }
}
