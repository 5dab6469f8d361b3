/*
 * The file of a journal that all ranks of a machine append to (node_file.c), and who
 * syncs it to the disk (sync.c). A record is two cells, a head and a body, and the
 * kernel lets no other process append between them. A process may be killed at any
 * step (DEATHS): it may leave a head without a body, or a whole record that was not
 * counted, which the next process of its rank drops. Whole ranks may be killed, too
 * (ENDS). Every rank has a thread that may sync at any time, and syncs when it closes.
 *
 * When a rank closes the file, all records that were counted before are on the disk. A
 * sync takes what is in the file when it begins. With FOLLOW there are no threads, but a
 * reader: in the end it has got every record that was counted, and each of them is
 * there once.
 *
 * Must fail: COUNTED_FIRST: a record is counted before it is written. FLAG_LAST: the
 * flag that a process writes is set after its record. NO_DROP: the next process drops
 * nothing. MIXED: the kernel lets others append between head and body. NO_WAIT: the
 * reader takes a head at the end for a torn record. CHANGED_LAST: a record is counted
 * before the change of the file is. BEGUN_LATE: a sync says that it has begun when it
 * ends. BEGUN_IS_DONE: no sync begins if one has begun for the last change.
 */
#ifndef N
#define N 2
#endif
#ifndef RECORDS
#define RECORDS 2 /* of each rank */
#endif
#ifndef DEATHS
#define DEATHS 0
#endif
#ifndef ENDS
#define ENDS 0
#endif
#define IDS (N * RECORDS)
#define CELLS (2 * IDS + 2 * DEATHS + 2 * ENDS)
#define DROPPED 255
#define HEAD(id) (1 + (id))
#define BODY(id) (1 + IDS + (id))

byte file[CELLS];
byte length;
bool taken;     /* a process is in writev */
byte writing;   /* a bit for each rank */
byte committed[N];
short counted;  /* a bit for each body of a record that was committed */
byte ids;       /* a bit for each of these records */
byte deaths;
byte ends;
byte dead;      /* a bit for each rank */
byte ended;     /* ranks */

#ifndef FOLLOW
short written;  /* a bit for each body in the file */
short disk;     /* the same on the disk */
byte changes;
byte begun;
byte synced;
byte closing;   /* a bit for each rank */
byte stopped;   /* the same: of threads */
#endif

/* A process is killed, and another one goes on; or the rank is, or none. */
#define MAY_DIE \
	if \
	:: true \
	:: deaths < DEATHS -> deaths++; taken = taken && !mine; goto again \
	:: ends < ENDS -> ends++; taken = taken && !mine; goto killed \
	fi

#ifdef MIXED
#define MAY_APPEND true
#else
#define MAY_APPEND !taken
#endif

/* node_file_drop */
inline drop()
{
#ifdef NO_DROP
	skip
#else
	d_step {
		i = 0;
		do
		:: i + 1 < length ->
			if
			:: file[i] >= HEAD(me * RECORDS + committed[me]) &&
				file[i] < HEAD((me + 1) * RECORDS) &&
				file[i + 1] == file[i] + IDS ->
				file[i] = DROPPED
			:: else
			fi;
			i++
		:: else -> break
		od;
		i = 0
	}
#endif
}

#ifndef FOLLOW
/* sync_changed */
inline change()
{
	saw_begun = begun;
	saw_synced = synced;
	saw = changes;
	if
	:: saw <= saw_begun || saw == saw_synced -> changes++
	:: else
	fi;
	d_step { saw_begun = 0; saw_synced = 0; saw = 0 }
}

#ifdef BEGUN_IS_DONE
#define IS_DONE (begun == count)
#else
#define IS_DONE (synced == count)
#endif

/* sync_now, until the rank is killed. */
inline sync()
{
	count = changes;
	if
	:: IS_DONE
	:: !IS_DONE && !(dead & (1 << me)) ->
#ifndef BEGUN_LATE
		d_step { begun = (begun < count -> count : begun) };
#endif
		seen = written;
#ifdef BEGUN_LATE
		d_step { begun = (begun < count -> count : begun) };
#endif
		if
		:: !(dead & (1 << me)) -> d_step {
			disk = disk | seen;
			synced = (synced < count -> count : synced)
		}
		:: dead & (1 << me)
		fi
	:: !IS_DONE && (dead & (1 << me))
	fi;
	d_step { count = 0; seen = 0 }
}

proctype Thread(byte me)
{
	byte count;
	short seen;

	do
	:: (dead | closing) & (1 << me) -> break
	:: synced != changes -> sync()
	od;
	stopped = stopped | (1 << me)
}
#else
#define change() skip
#endif

#define COMMIT \
	atomic { \
		counted = counted | (1 << body); \
		ids = ids | (1 << (me * RECORDS + k)); \
		committed[me] = k + 1; \
		MAY_DIE \
	}

proctype Writer(byte me)
{
	byte k;
	byte i;
	byte body;
	bool mine;       /* this process is in writev */
	bool was;
#ifndef FOLLOW
	byte saw_begun;
	byte saw_synced;
	byte saw;
	byte count;
	short seen;
	short promised;
#endif

again:
	atomic {
		mine = false;
		body = 0;
		k = committed[me]
#ifndef FOLLOW
		; saw_begun = 0; saw_synced = 0; saw = 0
#endif
	};
	do
	:: k == RECORDS -> break
	:: k < RECORDS ->
#ifndef FLAG_LAST
		atomic {
			was = (writing & (1 << me)) != 0;
			writing = writing | (1 << me);
			if
			:: was -> drop(); was = false
			:: else
			fi;
			MAY_DIE
		};
#endif
#ifdef COUNTED_FIRST
		atomic { body = length + 1; COMMIT };
#endif
		atomic {
			MAY_APPEND -> taken = true;
			mine = true;
			file[length] = HEAD(me * RECORDS + k);
			length++;
			MAY_DIE
		};
		atomic {
			file[length] = BODY(me * RECORDS + k);
#ifndef FOLLOW
			written = written | (1 << length);
#endif
			body = length;
			length++;
			taken = false;
			mine = false;
			MAY_DIE
		};
#ifdef FLAG_LAST
		atomic {
			was = (writing & (1 << me)) != 0;
			writing = writing | (1 << me);
			if
			:: was -> drop(); was = false
			:: else
			fi
		};
#endif
#ifdef CHANGED_LAST
		COMMIT;
		change();
#else
		change();
#ifndef COUNTED_FIRST
		COMMIT;
#endif
#endif
		atomic { writing = writing & ~(1 << me); body = 0; k++ }
	od;
#ifndef FOLLOW
	closing = closing | (1 << me);
	atomic { (stopped & (1 << me)) -> promised = counted };
	sync();
	assert((promised & ~disk) == 0);
#endif
	goto over;
killed:
	dead = dead | (1 << me);
over:
	ended++
}

#ifdef FOLLOW
#define IS_HEAD (at < length && file[at] >= HEAD(0) && file[at] < BODY(0))
#define IS_BODY (at < length && file[at] >= BODY(0) && file[at] != DROPPED)
#define IS_WHOLE (at + 1 < length && file[at + 1] == file[at] + IDS)

/* follow.c, scan.c, torn.c */
proctype Reader()
{
	byte at;
	byte got;        /* a bit for each record */
	byte once;       /* records that are in the file, and not dropped */

	do
	:: atomic { at < length && file[at] == DROPPED -> at = at + 2 }
	:: atomic { IS_HEAD && IS_WHOLE ->
			got = got | (1 << (file[at] - HEAD(0)));
			at = at + 2 }
	:: atomic { IS_HEAD && !IS_WHOLE && at + 1 < length -> at++ }
#ifdef NO_WAIT
	:: atomic { IS_HEAD && at + 1 == length -> at++ }
#endif
	:: atomic { IS_BODY -> at++ }
	:: ended == N && (at == length || IS_HEAD && at + 1 == length) -> break
	od;
	assert((ids & ~got) == 0);
	d_step {
		at = 0;
		do
		:: at + 1 < length ->
			if
			:: IS_HEAD && IS_WHOLE ->
				assert((once & (1 << (file[at] - HEAD(0)))) == 0);
				once = once | (1 << (file[at] - HEAD(0)))
			:: else
			fi;
			at++
		:: else -> break
		od
	};
	assert((ids & ~once) == 0)
}
#endif

init {
	byte r;

	atomic {
		do
		:: r < N ->
			run Writer(r);
#ifndef FOLLOW
			run Thread(r);
#endif
			r++
		:: else -> break
		od;
#ifdef FOLLOW
		run Reader()
#endif
	}
}
