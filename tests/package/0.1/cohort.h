/*
 * cohort: one computation over many parameter sets, and the collectives that
 * programs around it need. The same source and the same binary run as one
 * process, as forked peers on one machine, or as ranks of an MPI job; what it
 * is to be is said when the program starts (COHORT_BACKEND, see cohort_open).
 *
 * A program opens a group, and from then on runs on every rank:
 *
 *	cohort *group;
 *	if (cohort_open(NULL, &group) != COHORT_OK)
 *		die(cohort_error());
 *	cohort_scatter(group, &job, params, count);   every rank: do your share
 *	cohort_gather(group, &results);               every rank: all results
 *	cohort_results_free(results);
 *	cohort_close(group);
 *
 * Words. A group has `size` ranks, numbered from 0; rank 0 is the root of
 * the group, and on one machine it is the process that called cohort_open.
 * A call is collective when every rank of the group must make it, in the same
 * order as its other collective calls and with matching arguments.
 *
 * Status. Every call that can fail returns a cohort_status, and
 * cohort_error() then holds one sentence about it. Outputs are written on
 * success only, unless a call says otherwise. Three statuses break a group:
 * COHORT_EMISMATCH, COHORT_EPEER and COHORT_ETIMEOUT; so does COHORT_ENOMEM,
 * COHORT_ESYS or any other failure in the middle of a collective call, after
 * which the ranks are no longer in step. Every later call on a broken group
 * returns that same status at once, and cohort_close still releases it.
 * Statuses that every collective call may return, and that are not repeated
 * below, are
 *
 *	COHORT_EINVAL     a bad argument (each call names its own); nothing was
 *	                  sent, this rank's group stays usable. On mp the peers
 *	                  that made the call properly get COHORT_EMISMATCH
 *	COHORT_ESTATE     called from inside a task, or in a process that was
 *	                  forked off by the program; nothing was sent
 *	COHORT_EMISMATCH  a peer made another call, or the same with other
 *	                  arguments; no receive buffer was written; broken
 *	COHORT_EPEER      a peer died, or left without closing; receive buffers
 *	                  are unspecified; broken
 *	COHORT_ETIMEOUT   a peer did not come within the group's timeout; receive
 *	                  buffers are unspecified; broken
 *	COHORT_ENOMEM,    this rank could not go on; receive buffers are
 *	COHORT_ESYS       unspecified; broken
 *
 * On mpi whether calls match is checked with COHORT_CHECK=1 in the environment
 * of any rank only, at the price of a message to every other rank before each
 * call. Without it COHORT_EMISMATCH is what MPI happens to notice, receive
 * buffers may have been written, and ranks whose peers refuse a call or cannot
 * go on wait for them, up to the timeout.
 *
 * Counts are numbers of elements and may exceed INT_MAX; where bytes are
 * meant, the name says so. Threads: a group is used by one thread at a time;
 * cohort_error() is each thread's own.
 */
#ifndef COHORT_H
#define COHORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define COHORT_API __attribute__((visibility("default")))
#define COHORT_CHECKED __attribute__((warn_unused_result))
#define COHORT_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define COHORT_NORETURN __attribute__((noreturn))
#else
#define COHORT_API
#define COHORT_CHECKED
#define COHORT_PRINTF(text, first)
#define COHORT_NORETURN
#endif

#define COHORT_VERSION_MAJOR 0
#define COHORT_VERSION_MINOR 1
#define COHORT_VERSION_PATCH 0

/* ---- status ---- */

/* Every status: its name without COHORT_, and what it means. */
#define COHORT_STATUS_MAP(X)                                            \
	X(OK, "success")                                                \
	X(EINVAL, "a bad argument; the group stays usable")             \
	X(ECONFIG, "a bad option or environment variable")              \
	X(EBACKEND, "the backend asked for cannot be had here")         \
	X(ESTATE, "a call out of order, or from inside a task")         \
	X(EMISMATCH, "peers made different calls; the group is broken") \
	X(EPEER, "a peer died or left; the group is broken")            \
	X(ETIMEOUT, "a deadline passed; the group is broken")           \
	X(ETASK, "a task failed (only ever in a cohort_result)")        \
	X(ENOMEM, "out of memory")                                      \
	X(ESYS, "an operating system call failed")                      \
	X(EIO, "a file could not be read or written")                   \
	X(ECORRUPT, "a file's contents are not what was written")       \
	X(ESTOPPED, "a signal stopped the sweep; what is done can be "  \
	            "gathered")

typedef enum cohort_status {
#define COHORT_STATUS_ENUM(name, meaning) COHORT_##name,
	COHORT_STATUS_MAP(COHORT_STATUS_ENUM)
#undef COHORT_STATUS_ENUM
} cohort_status;

/**
 * The name of a status, "COHORT_EPEER"; "COHORT_?" for a number that is none.
 * The string is static.
 */
COHORT_API const char *cohort_status_name(cohort_status status);

/**
 * One sentence about the last call of this thread that failed: what was
 * tried, what was wrong, and what to do. "" if none has failed. The string
 * is the thread's own and stands until its next failure.
 */
COHORT_API const char *cohort_error(void);

/** The library's version, "0.1.0". The string is static. */
COHORT_API const char *cohort_version(void);

/* ---- group ---- */

typedef struct cohort cohort;

/* Zero is the default for every field. */
typedef struct cohort_options {
	/* "auto", "serial", "mp" or "mpi"; NULL: as COHORT_BACKEND says, and
	 * "auto" if it says nothing. */
	const char *backend;
	/* Ranks that mp starts; 0: as COHORT_SIZE says, and one for each core
	 * that the process may use if it says nothing. mpi has as many as its
	 * launcher started. */
	int size;
	/* Seconds that a collective call may wait for its peers; 0: as
	 * COHORT_TIMEOUT says, and no limit if it says nothing. */
	double timeout;
	/* Address of the program's own MPI_Comm, which is duplicated; NULL:
	 * MPI_COMM_WORLD. Any other backend than mpi refuses it. */
	const void *mpi_comm;
} cohort_options;

/**
 * Open a group. With mp the first call forks: code before it has run once,
 * code after it runs on every rank, and the caller is rank 0. The processes
 * live until the program ends; opening again, or a second group beside the
 * first, is a collective call among the same ones. With mpi it initialises
 * MPI if the program has not, and is collective over the communicator.
 *
 *   options  may be NULL: all defaults. Read during the call only
 *   out      receives the group, to be released with cohort_close
 *
 * `auto` takes mpi if a launcher of MPI jobs started this process or the
 * program has initialised MPI, else mp, else (for one rank) serial. A backend
 * that was asked for by name is never replaced by another.
 *
 * COHORT_EINVAL    out is NULL
 * COHORT_ECONFIG   an option or COHORT_ variable that is not allowed: an
 *                  unknown backend, a negative size or timeout, a size beyond
 *                  what the process limits allow, an mpi_comm for another
 *                  backend than mpi
 * COHORT_EBACKEND  no such backend here: no module, no MPI, or the wrong one
 * COHORT_ESTATE    inside a task; another size than the processes that there
 *                  are already; MPI already finalised
 * COHORT_ENOMEM, COHORT_ESYS  named in the sentence; everything is undone
 * COHORT_EPEER, COHORT_ETIMEOUT, COHORT_EMISMATCH  as for any collective
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_open(const cohort_options *options, cohort **out);

/**
 * Close a group. Collective, and it waits for the peers as a barrier does,
 * unless the group is broken. The group is released whatever is returned.
 * NULL is allowed and does nothing; so is a forked copy of the program, where
 * it releases the copy only.
 *
 * COHORT_OK        closed, also when the group had been broken before
 * COHORT_ESTATE    not an open group (closed already?), or inside a task:
 *                  nothing was done
 * COHORT_EMISMATCH, COHORT_EPEER, COHORT_ETIMEOUT  noticed now; released
 */
COHORT_API cohort_status cohort_close(cohort *group);

/**
 * End every rank of the group's program at once, without flushing stdio or
 * running atexit handlers. Not collective: one rank is enough. On mp the
 * peers are killed; rank 0 leaves with `exit_code` as soon as it is in a call
 * of cohort's, and is killed if that takes it longer than a tenth of a
 * second. On mpi this is MPI_Abort, as soon as the launcher has read what the
 * rank wrote, a quarter of a second later at most. From an isolated task, its
 * rank does it. NULL ends this process only.
 */
COHORT_API COHORT_NORETURN void cohort_abort(cohort *group, int exit_code);

/** This process's rank, 0 to size - 1; -1 if group is NULL. */
COHORT_API int cohort_rank(const cohort *group);

/** The number of ranks; -1 if group is NULL. */
COHORT_API int cohort_size(const cohort *group);

/** Whether this is rank 0; false if group is NULL. */
COHORT_API bool cohort_is_root(const cohort *group);

/** "serial", "mp" or "mpi"; "" if group is NULL. The string is static. */
COHORT_API const char *cohort_backend(const cohort *group);

/* ---- types and operators ---- */

/* Every type: name, C type, and the family its arithmetic belongs to. */
#define COHORT_TYPE_MAP(X)            \
	X(INT8, int8_t, SIGNED)       \
	X(UINT8, uint8_t, UNSIGNED)   \
	X(INT16, int16_t, SIGNED)     \
	X(UINT16, uint16_t, UNSIGNED) \
	X(INT32, int32_t, SIGNED)     \
	X(UINT32, uint32_t, UNSIGNED) \
	X(INT64, int64_t, SIGNED)     \
	X(UINT64, uint64_t, UNSIGNED) \
	X(FLOAT, float, FLOATING)     \
	X(DOUBLE, double, FLOATING)

typedef enum cohort_type {
#define COHORT_TYPE_ENUM(name, c_type, family) COHORT_##name,
	COHORT_TYPE_MAP(COHORT_TYPE_ENUM)
#undef COHORT_TYPE_ENUM
} cohort_type;

/*
 * Operators, applied element by element in rank order from the left,
 * ((x0 op x1) op x2) and so on, on serial and mp: the same bits on every rank
 * and in every run. MPI leaves the order of SUM and PROD open: on mpi, sums
 * and products of floats may differ in their last bits with the number of
 * ranks and the library, and products of signed integers beyond their range
 * are the library's (Open MPI and MPICH wrap).
 *
 *   SUM, PROD      integers wrap (two's complement); floats as IEEE 754 adds
 *                  and multiplies: NaN and infinities propagate, and a sum
 *                  is -0.0 only if every contribution is
 *   MIN, MAX       for floats: a NaN anywhere gives NaN, and -0.0 is less
 *                  than +0.0 (IEEE 754-2019 minimum and maximum)
 *   LAND, LOR      1 or 0; any value but zero is true, and so is NaN; -0.0
 *                  is false
 *   BAND, BOR,     integers only
 *   BXOR
 *
 * Everything but the order of SUM and PROD holds on mpi too. With one rank
 * there is nothing to combine: the result is the input, bit by bit, except
 * that LAND and LOR still give 1 or 0.
 */
#define COHORT_OP_MAP(X) \
	X(SUM)           \
	X(PROD)          \
	X(MIN)           \
	X(MAX)           \
	X(LAND)          \
	X(LOR)           \
	X(BAND)          \
	X(BOR)           \
	X(BXOR)

typedef enum cohort_op {
#define COHORT_OP_ENUM(name) COHORT_##name,
	COHORT_OP_MAP(COHORT_OP_ENUM)
#undef COHORT_OP_ENUM
} cohort_op;

/** Bytes in one element of `type`; 0 if it is none. */
COHORT_API size_t cohort_type_size(cohort_type type);

/* ---- collectives: every rank makes the same call ---- */

/*
 * As `send`: recv holds this rank's input too, in allreduce at its beginning,
 * in allgatherv and on the root of gatherv at this rank's place. Any other
 * overlap of send and recv is COHORT_EINVAL.
 */
#define COHORT_IN_PLACE ((const void *)-1)

/**
 * Wait until every rank has made this call. Collective.
 *
 * COHORT_EINVAL  group is NULL
 */
COHORT_API COHORT_CHECKED cohort_status cohort_barrier(cohort *group);

/**
 * Broadcast `count` elements from `root` to every rank. Collective: all ranks
 * pass the same count, type and root.
 *
 *   data   read on the root, written elsewhere; NULL only if count is 0
 *   count  elements, not bytes; may exceed INT_MAX
 *
 * COHORT_EINVAL  bad root or type, NULL data, count times size overflows
 */
COHORT_API COHORT_CHECKED cohort_status cohort_bcast(cohort *group, void *data,
                                                     size_t count,
                                                     cohort_type type,
                                                     int root);

/**
 * Gather everybody's elements on `root`, in rank order. Collective: all ranks
 * pass the same type and root; counts may differ.
 *
 *   send    `count` elements, read; NULL only if count is 0. On the root it
 *           may be COHORT_IN_PLACE: they lie in recv already
 *   recv    written on the root only: counts[0] elements of rank 0, then
 *           counts[1] of rank 1, and so on; may be NULL if all are 0.
 *           Ignored elsewhere
 *   counts  `size` numbers of elements, read on the root; ignored elsewhere
 *
 * COHORT_EINVAL     bad root or type, NULL where it is not allowed, send
 *                   overlaps recv, the sum of counts overflows
 * COHORT_EMISMATCH  also when a rank sends other than counts[rank]
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_gatherv(cohort *group, const void *send, size_t count, void *recv,
               const size_t counts[], cohort_type type, int root);

/**
 * Gather everybody's elements on every rank, in rank order. Collective: all
 * ranks pass the same type and the same counts.
 *
 *   send    `count` elements, read; NULL only if count is 0. May be
 *           COHORT_IN_PLACE: they lie in recv already
 *   recv    written: as for gatherv; NULL only if all counts are 0
 *   counts  `size` numbers of elements; counts[rank] equals count
 *
 * COHORT_EINVAL     bad type, NULL where it is not allowed, send overlaps
 *                   recv, the sum of counts overflows
 * COHORT_EMISMATCH  also when a rank sends other than counts[rank]
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_allgatherv(cohort *group, const void *send, size_t count, void *recv,
                  const size_t counts[], cohort_type type);

/**
 * Combine everybody's elements with `op`, and give the result to every rank.
 * Collective: all ranks pass the same count, type and op.
 *
 *   send  `count` elements, read; may be COHORT_IN_PLACE; NULL only if count
 *         is 0
 *   recv  `count` elements, written; NULL only if count is 0
 *
 * COHORT_EINVAL  bad type or op, a bitwise op on floats, NULL where it is not
 *                allowed, send overlaps recv, count times size overflows
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_allreduce(cohort *group, const void *send, void *recv, size_t count,
                 cohort_type type, cohort_op op);

/* ---- memory that every rank reaches ---- */

/**
 * Memory that collectives move with fewer copies: on mp every rank of this
 * machine reads it where it is, on mpi the MPI library knows of it, on serial
 * it is like any other. Not collective; the memory is this rank's. Zeroed, and
 * aligned to a page. It stands until cohort_free, or until the group is
 * closed.
 *
 * Returns NULL, with the sentence written, if group is NULL, in a forked copy
 * of the program, or if there is not so much (then the sentence says how much
 * there is, where that is known). No bytes give a place without any.
 */
COHORT_API void *cohort_alloc(cohort *group, size_t bytes);

/**
 * Give memory of cohort_alloc back. NULL is allowed. What was not allocated
 * from this group, or has been freed already, is left alone, said in a
 * sentence (cohort_error) and logged as an error.
 */
COHORT_API void cohort_free(cohort *group, void *memory);

/* ---- objects: bytes whose size only their owner knows ---- */

typedef struct cohort_blob {
	void *data;
	size_t bytes;
} cohort_blob;

/**
 * Broadcast the root's object. Collective: all ranks pass the same root.
 *
 *   object  read on the root. Written elsewhere: data is new memory that the
 *           caller releases with free, NULL if the object has no bytes; what
 *           stood there before is neither read nor released
 *
 * COHORT_EINVAL  bad root, object is NULL, or on the root data is NULL with
 *                bytes above 0
 * COHORT_ENOMEM  no memory for the object; object is untouched
 */
COHORT_API COHORT_CHECKED cohort_status cohort_bcast_object(cohort *group,
                                                            cohort_blob *object,
                                                            int root);

/**
 * Give everybody's objects to every rank. Collective.
 *
 *   mine  this rank's object, read
 *   all   receives `size` objects in rank order: one block, the array first
 *         and the bytes behind it, each object aligned for any type; one
 *         free(*all) releases it. An object without bytes has NULL data
 *
 * COHORT_EINVAL  all is NULL, or mine.data is NULL with bytes above 0
 * COHORT_ENOMEM  no memory for the block; *all is untouched
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_allgather_objects(cohort *group, cohort_blob mine, cohort_blob **all);

/* ---- tasks ---- */

typedef struct cohort_task cohort_task;

typedef enum cohort_schedule {
	COHORT_SCHEDULE_DEFAULT, /* as COHORT_SCHEDULE says; else dynamic */
	COHORT_STATIC,  /* numpy.array_split: contiguous, as even as can be */
	COHORT_DYNAMIC, /* ranks claim chunks of one size as they come free */
	COHORT_GUIDED /* chunks that shrink: half of what is left, shared out */
} cohort_schedule;

/* What to do with each parameter set. The same on every rank, as far as
 * functions can be compared; arg is each rank's own. */
typedef struct cohort_job {
	/* Once per worker, before its first task: make *state (NULL before),
	 * and return 0, or anything else if this rank cannot work. NULL: the
	 * state is arg. */
	int (*build)(void *arg, void **state);
	/* Once per parameter set: return 0, or anything else for a failed
	 * task, whose sentence cohort_task_fail sets. */
	int (*execute)(cohort_task *task);
	/* Once per worker that built, after its last task; may be NULL. */
	void (*teardown)(void *state);
	void *arg;
	size_t param_bytes; /* bytes in one parameter set */
	cohort_schedule schedule;
	size_t chunk; /* parameter sets per claim, at least; 0: chosen */
	/* Run the tasks in a child process of each rank, forked after build,
	 * so that one that crashes fails alone. What tasks change in the state,
	 * or anywhere in memory, stays in the child. The same as
	 * COHORT_ISOLATE=1. */
	bool isolate;
	/* Seconds that one attempt at a task may take; 0: no limit. Then the
	 * child's process group gets SIGTERM, and SIGKILL 0.25 s later. Needs
	 * isolation. */
	double timeout;
	/* Further attempts after a crash or a timeout. A task whose execute
	 * returned has been done, also if it failed. */
	int retries;
	/* A directory that keeps the finished tasks, failed ones too, so that a
	 * later run of the same sweep does the rest; made if only its parent is
	 * there. Any backend, number of ranks and schedule may go on with it.
	 * NULL: none. docs/journal.md has what it promises, and its format. */
	const char *journal;
	uint64_t seed; /* see cohort_task_seed */
} cohort_job;

/** The position of this task's parameter set, from 0. */
COHORT_API size_t cohort_task_index(const cohort_task *task);

/** This task's parameter set: param_bytes bytes, aligned for any type if
 * param_bytes is a multiple of that alignment; NULL if param_bytes is 0. */
COHORT_API const void *cohort_task_param(const cohort_task *task);

/** What build made on this rank. */
COHORT_API void *cohort_task_state(const cohort_task *task);

/**
 * A number to seed this task's random numbers with: it depends on the job's
 * seed and the task's index alone, so that a sweep has the same results however
 * it is run. Two tasks, or two seeds, have unrelated ones. It is the first two
 * words, the first the low half, of Philox4x32-10 with the index as its counter
 * and the seed as its key (Salmon, Moraes, Dror and Shaw, Parallel random
 * numbers: as easy as 1, 2, 3; SC 2011).
 */
COHORT_API uint64_t cohort_task_seed(const cohort_task *task);

/** Which attempt at this task it is: 0 the first time. */
COHORT_API int cohort_task_attempt(const cohort_task *task);

/**
 * Memory for this task's result: zeroed, aligned for any type, and the
 * library's. A second call in one task replaces the first. NULL for no bytes,
 * and when there is no memory: the task then fails with that reason, whatever
 * execute returns.
 */
COHORT_API void *cohort_task_result(cohort_task *task, size_t bytes);

/**
 * Say why this task fails, as printf does; a second sentence replaces the
 * first. Returns -1, to be returned from execute, which is what makes the
 * task fail.
 */
COHORT_API int cohort_task_fail(cohort_task *task, const char *format, ...)
    COHORT_PRINTF(2, 3);

/**
 * Run the job over all parameter sets. Collective: returns when all tasks are
 * done. At most `count` ranks build, the lowest ones; a rank whose build fails
 * leaves its share to the others.
 *
 *   job     read during the call; the same on all ranks but for arg. A journal
 *           is one directory, which all ranks reach
 *   params  `count` parameter sets of job->param_bytes each, one after
 *           another, copied; read on rank 0 only, ignored elsewhere
 *   count   parameter sets; read on rank 0 only. 0 is allowed
 *
 * It ends with a wait for all ranks, whose last tasks the group's timeout must
 * allow for.
 *
 * A status that a journal, a failing system or a stop leads to is every rank's,
 * with the sentence of the rank that it befell, and leaves the group usable.
 *
 * No task was run; cohort_gather has what it had before:
 *
 * COHORT_EINVAL    job or execute is NULL, a bad schedule, timeout or number of
 *                  retries, a timeout without isolation, or on rank 0 NULL
 *                  params or count times param_bytes overflows; a journal that
 *                  is no directory, or of another sweep, program or user (the
 *                  sentence says what to do). Also when build failed on all
 *                  workers
 * COHORT_ESTATE    the journal is in use
 * COHORT_EIO       the journal cannot be read or written
 * COHORT_ECORRUPT  the journal is damaged
 *
 * Tasks were run, and cohort_gather has their results; those that were not run
 * have this status and a sentence as theirs:
 *
 * COHORT_ESTOPPED  cohort_stop_on_signals had been called, and a signal came
 * COHORT_EIO       the journal could not be written to the end: it lacks tasks.
 *                  All tasks were run
 * COHORT_ENOMEM    a rank has no room for a result
 * COHORT_ESYS      a rank could not fork a child for its tasks
 */
COHORT_API COHORT_CHECKED cohort_status cohort_scatter(cohort *group,
                                                       const cohort_job *job,
                                                       const void *params,
                                                       size_t count);

/**
 * From now on SIGINT and SIGTERM stop a sweep of this group instead of ending
 * the program: no more tasks begin, on no rank that shares memory with one
 * that got the signal; those that run are waited for, isolated ones for 5 s
 * before they are ended; cohort_scatter returns COHORT_ESTOPPED, as do later
 * ones, with a complete journal. On mp that goes for all groups that are open.
 * A second signal ends the process at once, as does one while no group is open
 * that asked for this. The same one again within a tenth of a second counts as
 * the first: some programs send it to a process and to its group.
 *
 * Not collective, but ranks do well to call it all. It replaces the process's
 * handlers of the two signals until the last such group is closed; a signal
 * that is ignored stays ignored. In children that the program forks, signals do
 * what they did before; isolated tasks have the default action.
 *
 * COHORT_EINVAL  group is NULL
 * COHORT_ESTATE  from inside a task, or in a forked copy
 */
COHORT_API COHORT_CHECKED cohort_status cohort_stop_on_signals(cohort *group);

/**
 * The signal that stops this group's sweeps, and 0 while there was none. May be
 * called from tasks, to end early, and from other threads. A program that was
 * stopped should end with status 128 + the signal.
 */
COHORT_API int cohort_stop_signal(const cohort *group);

/* How far a sweep is, on the ranks that share memory with this one. */
typedef struct cohort_counts {
	size_t total;   /* parameter sets of the sweep */
	size_t resumed; /* done by an earlier run, as the journal says */
	size_t done;    /* by this run, failed ones included */
	size_t failed;  /* by this run */
	double seconds; /* since cohort_scatter began to run tasks */
} cohort_counts;

/**
 * How far the sweep is that runs, or else how far the last one came. For
 * programs that draw their own progress: may be called from other threads while
 * cohort_scatter runs, and from tasks; it does not wait and disturbs nobody.
 *
 *   out  all 0 before the first sweep
 *
 * COHORT_EINVAL  group or out is NULL
 */
COHORT_API COHORT_CHECKED cohort_status cohort_progress(const cohort *group,
                                                        cohort_counts *out);

typedef struct cohort_results cohort_results;

typedef struct cohort_result {
	size_t index; /* position among the parameter sets */
	int rank;     /* the rank that ran it, in that run; -1: not run */
	/* COHORT_OK; COHORT_ETASK: it failed; or what ended the sweep before
	 * it was run. Only COHORT_OK has data. */
	cohort_status status;
	const char *error; /* a sentence, "" when OK */
	const void *param; /* the parameter set; NULL if it has no bytes */
	const void *data;  /* the result; NULL if it has no bytes */
	size_t bytes;
	double seconds; /* wall-clock time of the last attempt */
	int attempts;   /* 0: not run */
} cohort_result;

/**
 * Collect the results of the last cohort_scatter that ran tasks, on every rank.
 * Collective. There is one for each parameter set; failed tasks, and those that
 * were not run, are results too: COHORT_OK is returned all the same. May be
 * called again, until the next scatter.
 *
 *   out  receives the results, to be released with cohort_results_free; they
 *        outlive the next scatter and the group
 *
 * COHORT_EINVAL  out is NULL
 * COHORT_ESTATE  there was no scatter; nothing was sent
 * COHORT_ENOMEM  no memory for the results
 */
COHORT_API COHORT_CHECKED cohort_status cohort_gather(cohort *group,
                                                      cohort_results **out);

/**
 * As cohort_gather, but only rank 0 gets all results; the other ranks get
 * those that they ran themselves.
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_gather_to_root(cohort *group, cohort_results **out);

/**
 * All results that were collected, in the order of the parameter sets;
 * *count receives their number. The array is the results' own.
 */
COHORT_API const cohort_result *
cohort_results_all(const cohort_results *results, size_t *count);

/** Those among them that this rank ran in this run, in the same order. */
COHORT_API const cohort_result *
cohort_results_local(const cohort_results *results, size_t *count);

/** Release results and everything that they point to. NULL is allowed. */
COHORT_API void cohort_results_free(cohort_results *results);

#ifdef __cplusplus
}
#endif

#endif
