/*
 * cohort: runs one computation over many parameter sets, and offers the few
 * collectives that programs around it need. The same source and the same binary
 * run as one process (`serial`), as forked processes on one machine (`mp`), or
 * as ranks of an MPI job (`mpi`). The backend is chosen at start-up
 * (cohort_open, COHORT_BACKEND).
 *
 * A program opens a group. From there on every rank runs the program's code:
 *
 *	cohort *group;
 *	if (cohort_open(NULL, &group) != COHORT_OK)
 *		die(cohort_error());
 *	cohort_scatter(group, &job, params, count);  each rank runs its share
 *	cohort_gather(group, &results);              each rank gets all results
 *	cohort_results_free(results);
 *	cohort_close(group);
 *
 * Words. A group has `size` ranks, numbered from 0. Rank 0 is the root of the
 * group; on serial and mp it is the process that called cohort_open first. A
 * call is collective if every rank of the group must make it, in the same order
 * as its other collective calls and with matching arguments.
 *
 * Status. Every call that can fail returns a cohort_status, and cohort_error()
 * then returns one sentence about the failure. A call writes its outputs on
 * success only, unless its comment says otherwise. A failure in the middle of a
 * collective call breaks the group, because its ranks are no longer in step.
 * Every later call on a broken group returns the same status at once;
 * cohort_close still releases it. Every collective call may return these
 * statuses, which are not repeated below:
 *
 *	COHORT_EINVAL     an argument is bad (each call names its own). Nothing
 *	                  was sent, and the group stays usable on this rank. On
 *	                  mp, peers that made the call properly get
 *	                  COHORT_EMISMATCH
 *	COHORT_ESTATE     the call came from inside a task or another function
 *	                  of the job (the sentence says which), a fork hook or a
 *	                  process that the program forked, while another thread
 *	                  was in a call, or after cohort_close. Nothing was sent
 *	COHORT_EMISMATCH  a peer made another call, or the same call with other
 *	                  arguments. No receive buffer was written with data of
 *	                  such a call; the group is broken. Or this rank or a
 *	                  peer has left a call before its end (see Signals)
 *	COHORT_EPEER      a peer died or left without closing. Receive buffers
 *	                  are unspecified; the group is broken
 *	COHORT_ETIMEOUT   a peer did not arrive within the group's timeout.
 *	                  Receive buffers are unspecified; the group is broken
 *	COHORT_ENOMEM,    this rank could not go on. Receive buffers are
 *	COHORT_ESYS       unspecified; the group is broken
 *	COHORT_ECORRUPT   on mp: some code of the program wrote to memory that
 *	                  the ranks share. Receive buffers are unspecified; the
 *	                  group is broken
 *	COHORT_EINTERRUPTED  cohort_interrupt was called on this rank or, on mp
 *	                  and in a sweep, on a peer: the sentence says on which
 *	                  rank. Receive buffers are unspecified; the group is
 *	                  broken
 *	COHORT_EBACKEND   on mpi: this MPI, as it is configured, does not have
 *	                  the operation. The group is broken
 *
 * Who learns when. A rank that waits for a peer in a call learns there of what
 * goes wrong with it. On mp a rank waits in cohort_bcast, and in cohort_gatherv
 * on ranks other than the root, only for peers whose data it receives: it may
 * return COHORT_OK before the others have made the call. If one of them then
 * makes another call, refuses the call or dies, the rank is told at the latest
 * in its next call (collective calls and cohort_close); in a row of more than
 * 32 such calls at the latest three calls later. cohort_barrier,
 * cohort_allgatherv and cohort_allreduce wait for all ranks.
 *
 * On mpi, calls are compared only if COHORT_CHECK=1 is set in the environment
 * of any rank. With p ranks that costs each rank log2 p messages before a call.
 * Without it MPI may or may not notice a mismatch, receive buffers may have
 * been written, and ranks whose peers refuse a call wait for them until the
 * timeout. A rank that has no memory for its part of a call with objects,
 * parameter sets or results tells the others there: all return COHORT_ENOMEM,
 * or COHORT_ESYS, with its number in the sentence, and the group stays usable.
 *
 * Counts are numbers of elements and may exceed INT_MAX. Where bytes are meant,
 * the name says so.
 *
 * Threads. All groups of a process share one world, so a process makes calls
 * from one thread at a time: while one thread is in a call, on any group,
 * another thread's call returns COHORT_ESTATE. On serial this holds for calls
 * on the same group, and on mpi with MPI_THREAD_MULTIPLE too. The check costs
 * no more than a load, so calls that begin in the same instant may slip through
 * it: order them. cohort_open and cohort_close count as such calls.
 * cohort_results_free may be called in any thread at any time. Exempt are also
 * cohort_error (each thread has its own sentence), cohort_version,
 * cohort_version_number, cohort_status_name, cohort_type_size,
 * cohort_prediction_free, and, on a group
 * that stays open meanwhile, cohort_rank, cohort_size, cohort_local_rank,
 * cohort_local_size, cohort_is_root, cohort_backend, cohort_progress and
 * cohort_stop_signal: any thread may call them at any time. So may
 * cohort_interrupt, and cohort_stop while the group is in cohort_scatter.
 * Results do not change once they are gathered, so any number of threads may
 * read them. One thread at a time may use a cohort_journal, whatever other
 * threads do. The cohort_task_ functions belong to the thread that runs
 * execute.
 *
 * Signals. A handler must not leave a call of this library by siglongjmp, by
 * pthread_exit or by an exception, nor make a collective call in the middle of
 * one: it sets a flag, or calls cohort_stop or cohort_interrupt, and returns.
 * cohort_stop_on_signals is for Ctrl-C in sweeps. Otherwise the group is
 * broken, and the rank's next call returns COHORT_EMISMATCH; so do the calls of
 * its peers on mp, while on mpi the job ends when the rank exits. A handler
 * that leaves cohort_scatter ends the program. No call is a cancellation point:
 * pthread_cancel takes effect behind it.
 *
 * Forks. A process that the program forks after cohort_open is not a rank.
 * Collective calls on the groups that it inherited return COHORT_ESTATE there,
 * as does cohort_stop_on_signals; cohort_alloc returns NULL. It may read the
 * results that it inherited, and may call cohort_results_free and cohort_close,
 * which release its own copy and tell nobody. One that a function of a job, or
 * a fork hook, forks must not come back from it: it ends there, with a
 * sentence.
 *
 * Exit. A program ends by returning from main or by exit(), after cohort_close
 * on every rank; ranks of a scoped group end in cohort_close. On mp, exit() on
 * rank 0 waits until its peers have ended; if its own status is 0, it takes the
 * first one of theirs that is not. A rank that leaves without closing is
 * reported to its peers as COHORT_EPEER. If rank 0 leaves by _exit, exec or a
 * signal, its peers are killed.
 *
 * Descriptors. The library keeps some open, above 2. A program or a task that
 * closes descriptors which it has not opened (closefrom) breaks the group, or
 * loses the journal, whose records are never written to another file.
 *
 * Structs that callers allocate may grow at the end in later versions. The
 * functions that take or return one are inline here and pass its size along, so
 * a program that was compiled against an earlier 0.x header runs with a later
 * library: fields that it does not have count as zero. The library also exports
 * functions of those names; they use the layouts of version 0.1. Programs that
 * call the library without this header (dlsym, FFI) call the _sized functions.
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

/* Functions that pass a struct's size along; they are defined at the end of
 * this file. With COHORT_NO_INLINES they are declared only: the library defines
 * it to compile the functions that programs of version 0.1 call. */
#ifdef COHORT_NO_INLINES
#define COHORT_INLINE COHORT_API
#else
#define COHORT_INLINE static inline
#endif

/* ---- version ---- */

#define COHORT_VERSION_MAJOR 0
#define COHORT_VERSION_MINOR 2
#define COHORT_VERSION_PATCH 0

/* One number to compare: 200 for 0.2.0, 10203 for 1.2.3. */
#define COHORT_VERSION                                               \
	(COHORT_VERSION_MAJOR * 10000 + COHORT_VERSION_MINOR * 100 + \
	 COHORT_VERSION_PATCH)

/** The library's version, "0.2.0". The string is static. */
COHORT_API const char *cohort_version(void);

/**
 * The library's version as one number, in the form of COHORT_VERSION. It
 * differs from COHORT_VERSION if the program was compiled against another
 * version's header.
 */
COHORT_API int cohort_version_number(void);

/* ---- status ---- */

typedef enum cohort_status {
	COHORT_OK = 0,        /* success */
	COHORT_EINVAL = 1,    /* a bad argument; the group stays usable */
	COHORT_ECONFIG = 2,   /* a bad option or environment variable */
	COHORT_EBACKEND = 3,  /* the backend asked for cannot be had here */
	COHORT_ESTATE = 4,    /* a call out of order, or from inside a task */
	COHORT_EMISMATCH = 5, /* peers made different calls; group broken */
	COHORT_EPEER = 6,     /* a peer died or left; group broken */
	COHORT_ETIMEOUT = 7,  /* a deadline passed; group broken */
	COHORT_ETASK = 8,     /* a task failed (only in a cohort_result) */
	COHORT_ENOMEM = 9,    /* out of memory */
	COHORT_ESYS = 10,     /* an operating system call failed */
	COHORT_EIO = 11,      /* a file could not be read or written */
	COHORT_ECORRUPT = 12, /* a file, or memory that ranks share, does not
	                       * hold what was written to it */
	COHORT_ESTOPPED = 13, /* a signal, cohort_stop or the deadline ended the
	                       * sweep */
	COHORT_EBUILD = 14,   /* no worker could build; no task was run */
	/* cohort_interrupt was called, on this rank or a peer; group broken */
	COHORT_EINTERRUPTED = 15
} cohort_status;

/**
 * The name of a status, "COHORT_EPEER"; "COHORT_?" for any other number. The
 * string is static.
 */
COHORT_API const char *cohort_status_name(cohort_status status);

/**
 * One sentence about the last call of this thread that failed: what was tried,
 * what is wrong and, where the library knows it, what to do. "" if no call has
 * failed. The string belongs to the thread and is valid until the thread's next
 * failure. It has at most 4095 bytes; a longer sentence keeps its beginning and
 * its end, and " ... " replaces its middle.
 */
COHORT_API const char *cohort_error(void);

/* ---- group ---- */

typedef struct cohort cohort;

/* A value of cohort_options.timeout. */
#define COHORT_NO_TIMEOUT (-1.0)

/* Zero is the default of every field. */
typedef struct cohort_options {
	/* "auto", "serial", "mp" or "mpi". NULL: as COHORT_BACKEND says, or
	 * "auto" if it is unset. */
	const char *backend;
	/* Number of ranks that mp starts. 0: as COHORT_SIZE says, or one rank
	 * for each core that the process may use if it is unset. mpi has the
	 * ranks that its launcher started; serial has one. If this field or
	 * COHORT_SIZE asks for another number of ranks, a warning says so. */
	int size;
	/* Seconds that a collective call may wait for its peers. 0: as
	 * COHORT_TIMEOUT says, or no limit if it is unset. COHORT_NO_TIMEOUT:
	 * no limit, whatever COHORT_TIMEOUT says. */
	double timeout;
	/* Address of the program's own MPI_Comm, which is duplicated. NULL:
	 * MPI_COMM_WORLD. Only mpi accepts one. */
	const void *mpi_comm;
	/* The group ends its ranks: cohort_close returns on rank 0 alone, and
	 * the other ranks leave the program in it. Then rank 0 is as it was
	 * before cohort_open and may open again, with other options. On mpi it
	 * may not open an mpi group again, because MPI starts only once. No
	 * effect on serial. All ranks pass the same. See cohort_close. */
	bool scoped;
	/* Room for later fields; must be 0. */
	unsigned char unused[7];
	/* Called around each fork of this library that copies the program, as
	 * pthread_atfork would: before_fork and after_fork_parent by the thread
	 * that is in cohort_open or cohort_scatter, after_fork_child in the new
	 * process, before it runs other code of the program. `fork_arg` is
	 * passed to each. after_fork_parent is also called if the fork fails.
	 *
	 * On mp the cohort_open that starts the ranks calls before_fork and
	 * after_fork_parent once on rank 0, and after_fork_child once on each
	 * other rank. A sweep with isolated tasks calls the hooks of its group
	 * for each child that a rank forks. They must return, or the program
	 * ends; calls of this library from them return COHORT_ESTATE. NULL: not
	 * called. */
	void (*before_fork)(void *arg);
	void (*after_fork_parent)(void *arg);
	void (*after_fork_child)(void *arg);
	void *fork_arg;
} cohort_options;

/**
 * Open a group. On mp the first call forks: the code before it has run once,
 * the code after it runs on every rank, and the caller is rank 0. The processes
 * live until the program ends, or until cohort_close if options.scoped is set;
 * until then a later open, or a second group beside the first, is a collective
 * call among the same processes. On mpi the call initialises MPI if the program
 * has not, and is collective over the communicator. Each call reads the COHORT_
 * variables.
 *
 *   options  read during the call; NULL: all defaults
 *   out      receives the group, which the caller releases with cohort_close
 *
 * `auto` takes mpi if a launcher of MPI jobs started this process or the
 * program has initialised MPI, else mp, else (for one rank) serial. A program
 * that a rank starts, from a task say, is alone: `auto` takes serial there. A
 * backend that was asked for by name is never replaced by another one.
 *
 * Inside a task, in the thread that runs it, `auto` takes serial too, and NULL
 * does so whatever COHORT_BACKEND says: a task may call code that uses this
 * library. All calls work on such a group, cohort_scatter included, but its
 * sweeps show no progress. It need not be closed in the task: without isolation
 * the rank keeps it, for later tasks say, and with isolation it ends with the
 * task's process. Calls on the groups of the rank stay COHORT_ESTATE.
 *
 * COHORT_EINVAL    out is NULL
 * COHORT_ECONFIG   an option or a COHORT_ variable is not allowed: an unknown
 *                  backend, a negative size, a negative timeout other than
 *                  COHORT_NO_TIMEOUT, a size beyond the process limits, a size
 *                  above 1 together with options.backend "serial", an mpi_comm
 *                  for another backend than mpi, scoped on mpi if the program
 *                  has initialised MPI itself, a field that this version of
 *                  the library does not know
 * COHORT_EBACKEND  the backend cannot be had here: no module, no MPI, or the
 *                  wrong one; a module that other users may have put there;
 *                  mpi in a program with more privileges than its user that
 *                  has not initialised MPI itself; mpi in a program that a
 *                  rank of an MPI job started without a launcher; mp after the
 *                  program has initialised MPI; mp in a job of several
 *                  processes that an MPI's own launcher started
 * COHORT_ESTATE    mp or mpi asked for inside a task; called in a fork hook, or
 *                  in a thread that a task started; another size than the
 *                  processes that run already; scoped while processes run
 *                  already, or on mpi while another group is open; MPI is
 *                  finalised, by the program or by the close of a scoped group
 * COHORT_ENOMEM, COHORT_ESYS  an operating system call failed, which the
 *                  sentence names; everything is undone
 * COHORT_EMISMATCH  on mpi: ranks have different versions of cohort, different
 *                  programs, COHORT_ variables or values of scoped, or another
 *                  rank cannot open the group; also as for any collective call
 * COHORT_EPEER, COHORT_ETIMEOUT  as for any collective call
 *
 * The call sets variables in the environment, COHORT_INSIDE for one, so no
 * other thread may read the environment (getenv) meanwhile.
 *
 * On mpi the first open initialises MPI, which waits for every process of the
 * job, and no call can leave that. If some do not come, a warning says so after
 * ten seconds. With a timeout the process then ends, with status 1, and the job
 * with it: when the timeout has passed, but not within the first minute.
 */
COHORT_INLINE COHORT_CHECKED cohort_status
cohort_open(const cohort_options *options, cohort **out);

/** As cohort_open, with options of `options_bytes` bytes. */
COHORT_API COHORT_CHECKED cohort_status cohort_open_sized(
    const cohort_options *options, size_t options_bytes, cohort **out);

/**
 * Close a group. Collective: it waits for the peers as a barrier does, unless
 * the group is broken. The group is released whatever is returned, and must not
 * be used any more. Later calls on it return COHORT_ESTATE, until a group that
 * is opened after at least 16 others were closed has the same address. NULL is
 * allowed and does nothing. In a process that the program forked, only this
 * process's copy is released.
 *
 * If the group is scoped, this ends its ranks, whatever is returned. Groups
 * that were opened beside it are closed first; later calls on them return
 * COHORT_ESTATE. Ranks other than 0 flush the streams of stdio that they have
 * written to, and leave with status 0; no exit handlers of the program run
 * there. When rank 0 returns, no process, thread, descriptor or mapping of the
 * group is left, but for the memory of results that are not freed yet; they
 * stay valid. COHORT_INSIDE and the limits of numerical thread pools are as
 * they were. If the group is broken, or breaks now, ranks that do not come to
 * the close within a second are killed on mp. On mpi, MPI is finalised; if the
 * group is broken, ranks other than 0 end the job here, and rank 0 at its exit.
 *
 * COHORT_OK        closed, also if the group had been broken before
 * COHORT_ESTATE    not an open group (closed already?), or called inside a
 *                  task or a fork hook; nothing was done
 * COHORT_EMISMATCH, COHORT_EPEER, COHORT_ETIMEOUT  noticed now; released.
 *                  COHORT_EPEER also if a rank of a scoped group left with
 *                  another status than 0 or was killed before its end;
 *                  COHORT_ETIMEOUT also if it did not end in time
 */
COHORT_API cohort_status cohort_close(cohort *group);

/**
 * End every rank of the group's program at once, without flushing stdio or
 * running atexit handlers. Not collective: one rank is enough. On mp the peers
 * are killed; rank 0 leaves with `exit_code` as soon as it is in a call of this
 * library, and is killed if that takes longer than a tenth of a second. On mpi
 * the rank calls MPI_Abort once the launcher has read its output, after a
 * quarter of a second at most. From an isolated task, the task's rank does
 * this. If group is NULL or closed, only this process ends.
 */
COHORT_API COHORT_NORETURN void cohort_abort(cohort *group, int exit_code);

/**
 * End the call that this rank is in: it returns COHORT_EINTERRUPTED as soon as
 * it would wait, or wakes from its wait, and the group is broken. If the rank
 * is in no call, its next one on this group returns that. cohort_close then
 * does not wait for peers. May be called in signal handlers, in functions of
 * the job (on_result too), and in other threads while the group stays open. It
 * does not wait, and keeps errno. For programs that must end although their
 * peers do not come: on Ctrl-C, say.
 *
 * In cohort_scatter no rank starts another task, and the children of isolated
 * tasks are ended. A task in the rank itself is finished first: the call
 * returns after it. What a journal has stays there.
 *
 * On mp the peers' calls return COHORT_EINTERRUPTED too, with the number of
 * this rank in the sentence, and all groups are broken. When rank 0 leaves,
 * peers that are still there after a second are ended.
 *
 * On mpi, cohort_scatter returns when the tasks that run have ended, on all
 * ranks, with COHORT_EINTERRUPTED. In other calls no rank but this one learns
 * of it: the others wait as for a rank that cannot go on, until their timeout.
 * This rank's call returns at once if a rank of the group has a timeout;
 * without one MPI's functions block, so the call is finished first, and the
 * next one returns COHORT_EINTERRUPTED.
 *
 * Does nothing if group is NULL or closed, and in a process that the program
 * forked or that runs isolated tasks.
 */
COHORT_API void cohort_interrupt(cohort *group);

/** This process's rank, 0 to size - 1; -1 if group is NULL or closed. */
COHORT_API int cohort_rank(const cohort *group);

/** The number of ranks; -1 if group is NULL or closed. */
COHORT_API int cohort_size(const cohort *group);

/**
 * This process's number among the group's ranks on this machine, 0 to
 * cohort_local_size - 1, in the order of ranks; -1 if group is NULL or closed.
 * For the choice of a GPU, or of one rank that prepares files of the machine.
 */
COHORT_API int cohort_local_rank(const cohort *group);

/** The number of the group's ranks on this machine; -1 if group is NULL or
 * closed. */
COHORT_API int cohort_local_size(const cohort *group);

/** Whether this is rank 0; false if group is NULL or closed. */
COHORT_API bool cohort_is_root(const cohort *group);

/** "serial", "mp" or "mpi"; "" if group is NULL or closed. The string is
 * static. */
COHORT_API const char *cohort_backend(const cohort *group);

/* ---- what cohort_open would do ---- */

/* A module of the mpi backend, which calls one MPI. */
typedef struct cohort_module {
	const char *mpi;  /* "Open MPI" or "MPICH" (and its relatives) */
	const char *path; /* absolute; NULL: none is there or may be loaded */
	const char *problem; /* why path is NULL; NULL otherwise */
} cohort_module;

/* What this process would get. The library allocates it. */
typedef struct cohort_prediction {
	/* COHORT_OK; or what cohort_open would return before it starts ranks or
	 * loads an MPI, which may still fail. */
	cohort_status status;
	int ranks;          /* -1: not known before the open */
	int cores;          /* that the process may use: the ranks of mp */
	int affinity_cores; /* in its affinity mask */
	int quota_cores;    /* its cgroup's quota, rounded up; 0: it has none */
	int launcher_rank;  /* as the launcher says; -1: it does not say */
	int launcher_size;  /* processes of its job; -1 as for the rank */
	const char *error;  /* the sentence; "" if status is COHORT_OK */
	/* "serial", "mp" or "mpi". NULL if options or variables are not
	 * allowed. */
	const char *backend;
	/* "chosen because: ..." or "asked for by COHORT_BACKEND". NULL as for
	 * the backend. */
	const char *reason;
	/* The launcher of MPI jobs that started this process, as in "Open MPI's
	 * mpirun", and the variable that tells so. NULL: none did. */
	const char *launcher;
	const char *launcher_variable;
	/* One module for each MPI that this version knows, in the order in
	 * which mpi tries them. A NULL ends the list. */
	const cohort_module *const *modules;
	/* The only one that mpi would try, because the launcher or the program
	 * has an MPI already. NULL: it would try them all, or the backend is
	 * another one. */
	const cohort_module *module;
} cohort_prediction;

/**
 * Predict what cohort_open would do with these options, in this process, now:
 * which backend it would choose, why, and with how many ranks. Opens, starts
 * and loads nothing. Not collective. May be called in any thread, unless
 * another one is in cohort_open or cohort_close.
 *
 *   options  read during the call; NULL: all defaults
 *   out      receives the prediction, which the caller releases with
 *            cohort_prediction_free. It is also made for what cohort_open would
 *            refuse: then its status and its sentence say why
 *
 * COHORT_EINVAL   out is NULL
 * COHORT_ECONFIG  options has a field that this version of the library does not
 *                 know
 * COHORT_ENOMEM   no memory
 */
COHORT_INLINE COHORT_CHECKED cohort_status
cohort_predict(const cohort_options *options, cohort_prediction **out);

/**
 * As cohort_predict, with options of `options_bytes` bytes and a prediction of
 * at least `prediction_bytes`.
 *
 * COHORT_EINVAL  also if no version's cohort_prediction has so few bytes
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_predict_sized(const cohort_options *options, size_t options_bytes,
                     size_t prediction_bytes, cohort_prediction **out);

/** Release a prediction and everything that it points to. NULL is allowed. */
COHORT_API void cohort_prediction_free(cohort_prediction *prediction);

/* ---- types and operators ---- */

typedef enum cohort_type {
	COHORT_INT8 = 0,   /* int8_t */
	COHORT_UINT8 = 1,  /* uint8_t */
	COHORT_INT16 = 2,  /* int16_t */
	COHORT_UINT16 = 3, /* uint16_t */
	COHORT_INT32 = 4,  /* int32_t */
	COHORT_UINT32 = 5, /* uint32_t */
	COHORT_INT64 = 6,  /* int64_t */
	COHORT_UINT64 = 7, /* uint64_t */
	COHORT_FLOAT = 8,  /* float */
	COHORT_DOUBLE = 9  /* double */
} cohort_type;

/*
 * Operators of cohort_allreduce. serial and mp apply them element by element in
 * rank order from the left, ((x0 op x1) op x2) and so on: every rank and every
 * run gets the same bits. MPI leaves the order of SUM and PROD open: on mpi the
 * last bits of sums and products of floats may depend on the number of ranks
 * and on the library, and products of signed integers that overflow are the
 * library's (Open MPI and MPICH wrap). Everything else below holds on mpi too.
 * With one rank the result is the input, bit by bit, except that LAND and LOR
 * still give 1 or 0.
 */
typedef enum cohort_op {
	/* Integers wrap (two's complement). Floats as IEEE 754 adds and
	 * multiplies: NaN and infinities propagate, and a sum is -0.0 only if
	 * every contribution is. */
	COHORT_SUM = 0,
	COHORT_PROD = 1,
	/* For floats: a NaN anywhere gives NaN, and -0.0 is less than +0.0
	 * (IEEE 754-2019 minimum and maximum). */
	COHORT_MIN = 2,
	COHORT_MAX = 3,
	/* 1 or 0. Any value but zero is true, NaN included; -0.0 is false. */
	COHORT_LAND = 4,
	COHORT_LOR = 5,
	/* Bitwise; integers only. */
	COHORT_BAND = 6,
	COHORT_BOR = 7,
	COHORT_BXOR = 8
} cohort_op;

/** Bytes in one element of `type`; 0 if `type` is not a cohort_type. */
COHORT_API size_t cohort_type_size(cohort_type type);

/* ---- collectives: every rank makes the same call ---- */

/*
 * A value of `send`: this rank's input is in recv already. In allreduce it
 * fills recv; in allgatherv, and on the root of gatherv, it is at this rank's
 * position in recv. Any other overlap of send and recv is COHORT_EINVAL.
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
 * pass the same count, type and root. Ranks may return before others have made
 * the call (who learns when: see the top).
 *
 *   data   `count` elements, read on the root and written on the other ranks;
 *          NULL only if count is 0
 *   count  elements, not bytes; may exceed INT_MAX
 *
 * COHORT_EINVAL  bad root or type, data is NULL, count times the type's size
 *                overflows
 */
COHORT_API COHORT_CHECKED cohort_status cohort_bcast(cohort *group, void *data,
                                                     size_t count,
                                                     cohort_type type,
                                                     int root);

/**
 * Gather the elements of all ranks on `root`, in rank order. Collective: all
 * ranks pass the same type and root; counts may differ. Ranks other than the
 * root may return before others have made the call (who learns when: see the
 * top).
 *
 *   send    `count` elements, read; NULL only if count is 0. May be
 *           COHORT_IN_PLACE on the root
 *   recv    written on the root: counts[0] elements of rank 0, then counts[1]
 *           elements of rank 1, and so on; may be NULL if all counts are 0.
 *           Ignored on other ranks
 *   counts  `size` numbers of elements, read on the root; ignored on other
 *           ranks
 *
 * COHORT_EINVAL     bad root or type, NULL where it is not allowed, send and
 *                   recv overlap, the sum of counts overflows
 * COHORT_EMISMATCH  also if a rank's count is not counts[rank]
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_gatherv(cohort *group, const void *send, size_t count, void *recv,
               const size_t counts[], cohort_type type, int root);

/**
 * Gather the elements of all ranks on every rank, in rank order. Collective:
 * all ranks pass the same type and the same counts.
 *
 *   send    `count` elements, read; NULL only if count is 0. May be
 *           COHORT_IN_PLACE
 *   recv    written: counts[0] elements of rank 0, then counts[1] elements of
 *           rank 1, and so on; NULL only if all counts are 0
 *   counts  `size` numbers of elements; counts[rank] equals count
 *
 * COHORT_EINVAL     bad type, NULL where it is not allowed, send and recv
 *                   overlap, the sum of counts overflows
 * COHORT_EMISMATCH  also if a rank's count is not counts[rank]
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_allgatherv(cohort *group, const void *send, size_t count, void *recv,
                  const size_t counts[], cohort_type type);

/**
 * Combine the elements of all ranks with `op`, one position at a time; every
 * rank receives the result. Collective: all ranks pass the same count, type and
 * op.
 *
 *   send  `count` elements, read; NULL only if count is 0. May be
 *         COHORT_IN_PLACE
 *   recv  `count` elements, written; NULL only if count is 0
 *
 * COHORT_EINVAL  bad type or op, a bitwise op on floats, NULL where it is not
 *                allowed, send and recv overlap, count times the type's size
 *                overflows
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_allreduce(cohort *group, const void *send, void *recv, size_t count,
                 cohort_type type, cohort_op op);

/**
 * The sum of all values of all ranks, exact and rounded once, to nearest: every
 * rank gets the same bits on every backend. They depend neither on the number
 * of ranks, nor on the order of the values, nor on which rank has which value.
 * cohort_allreduce with COHORT_SUM rounds after each addition, so its last bits
 * depend on all three. Collective; the ranks' counts may differ.
 *
 *   values  `count` doubles of this rank, read; NULL only if count is 0
 *   out     written if the status is COHORT_OK
 *
 * The sum is infinite if it is beyond the largest double, but not if only a
 * partial sum is. It is NaN if a value is NaN or infinities of both signs
 * occur; an infinity if one occurs; -0.0 if there are values and all are -0.0;
 * 0.0 if there are none, or they cancel out.
 *
 * Method: a small superaccumulator, a number of 2240 bits with a fixed point
 * (Neal, Fast exact summation using small and large superaccumulators,
 * arXiv:1505.05571). Cost: about 1 ns a value (docs/performance.md), then one
 * cohort_allreduce of 600 bytes. Exact for up to 2^63 values on up to 2^31
 * ranks.
 *
 * COHORT_EINVAL  values is NULL and count is not 0, values is COHORT_IN_PLACE,
 *                out is NULL, count times 8 overflows
 */
COHORT_API COHORT_CHECKED cohort_status cohort_sum(cohort *group,
                                                   const double values[],
                                                   size_t count, double *out);

/* ---- memory that every rank reaches ---- */

/**
 * Allocate memory that collectives move with fewer copies: on mp over shared
 * memory the other ranks read it directly. Elsewhere it is ordinary memory. Not
 * collective: the memory is this rank's. It is zeroed, aligned to a page, and
 * valid until cohort_free or cohort_close.
 *
 * If `bytes` is 0, returns a unique pointer that must not be dereferenced.
 * Returns NULL, and cohort_error says why, if group is NULL or closed, in a
 * process that the program forked, or if there is not enough memory.
 */
COHORT_API void *cohort_alloc(cohort *group, size_t bytes);

/**
 * Release memory of cohort_alloc. NULL is allowed. A pointer that cohort_alloc
 * did not return for this group, or that was released before, is left alone;
 * cohort_error says so, and the error is logged.
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
 *   object  read on the root. Written on the other ranks: data is new memory
 *           that the caller releases with free, or NULL if the object has no
 *           bytes. Its old contents are neither read nor released there
 *
 * COHORT_EINVAL  bad root, object is NULL, or on the root data is NULL with
 *                bytes above 0
 * COHORT_ENOMEM  no memory for the object; object is untouched. On mpi, if the
 *                object has at most 40 bytes, only on the rank that lacks it
 */
COHORT_API COHORT_CHECKED cohort_status cohort_bcast_object(cohort *group,
                                                            cohort_blob *object,
                                                            int root);

/**
 * Give the objects of all ranks to every rank. Collective.
 *
 *   mine  this rank's object, read
 *   all   receives an array of `size` objects in rank order. The array and the
 *         bytes of all objects are one block, which the caller releases with
 *         free(*all). Each object is aligned for any type; one without bytes
 *         has NULL data
 *
 * COHORT_EINVAL  all is NULL, or mine.data is NULL with bytes above 0
 * COHORT_ENOMEM  no memory for the block; *all is untouched. On mpi, if no
 *                object has more than 40 bytes, only on the rank that lacks it
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_allgather_objects(cohort *group, cohort_blob mine, cohort_blob **all);

/**
 * Broadcast an object that lies in several pieces of the root's memory: its
 * bytes are those of all pieces, one after another. Collective. It matches
 * cohort_bcast_object on other ranks. Pieces of 64 KiB or more are sent from
 * where they are; smaller ones are copied together first, 1 MiB at a time.
 *
 *   pieces  `count` pieces, read on the root; NULL only if count is 0. Ignored
 *           on other ranks
 *   object  written on the other ranks, as by cohort_bcast_object. Ignored on
 *           the root
 *
 * COHORT_EINVAL  bad root; on the root pieces is NULL with count above 0, or a
 *                piece's data is NULL with bytes above 0, or the sum of all
 *                bytes is more than there can be in memory; elsewhere object is
 *                NULL
 * COHORT_ENOMEM  no memory for the object, or for the copies; object is
 *                untouched
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_bcast_pieces(cohort *group, const cohort_blob pieces[], size_t count,
                    cohort_blob *object, int root);

/**
 * As cohort_allgather_objects, with this rank's object in `count` pieces. It
 * matches cohort_allgather_objects on other ranks. The pieces are copied once,
 * into the block.
 *
 * COHORT_EINVAL  all is NULL; also as for cohort_bcast_pieces on the root
 * COHORT_ENOMEM  no memory for the block; *all is untouched
 */
COHORT_API COHORT_CHECKED cohort_status cohort_allgather_pieces(
    cohort *group, const cohort_blob pieces[], size_t count, cohort_blob **all);

/* ---- tasks ---- */

typedef struct cohort_task cohort_task;
typedef struct cohort_result cohort_result;

typedef enum cohort_schedule {
	COHORT_SCHEDULE_DEFAULT = 0, /* as COHORT_SCHEDULE says; else dynamic */
	COHORT_STATIC = 1,  /* contiguous equal parts, as numpy.array_split */
	COHORT_DYNAMIC = 2, /* free ranks claim chunks of one size */
	COHORT_GUIDED = 3   /* free ranks claim chunks that shrink */
} cohort_schedule;

/* A sweep: the functions to run, and how to run them. Every rank passes the
 * same values, except for `arg`. If one does not, cohort_scatter returns
 * COHORT_EMISMATCH on every rank before a task runs, and the sentence names the
 * field. cohort compares whether functions and `journal` are set; it cannot
 * compare which functions they are. Zero is the default of every field;
 * `execute` is required. */
typedef struct cohort_job {
	/* Called once on each worker, before its first task. Sets *state, which
	 * is NULL before. Returns 0, or any other number if this rank cannot
	 * work. NULL: the state is `arg`. */
	int (*build)(void *arg, void **state);
	/* Called once for each parameter set. Returns 0, or any other number if
	 * the task failed; cohort_task_fail sets its sentence. Exceptions,
	 * longjmp and pthread_exit must not leave it, nor build or teardown:
	 * an isolated task then fails, otherwise the program ends. */
	int (*execute)(cohort_task *task);
	/* Called once on each worker whose build returned 0, after its last
	 * task. May be NULL. */
	void (*teardown)(void *state);
	/* Passed to build. Each rank has its own. */
	void *arg;
	/* Bytes in one parameter set. */
	size_t param_bytes;
	cohort_schedule schedule;
	/* Least number of parameter sets that a rank claims at once. 0: as
	 * COHORT_SCHEDULE says, if `schedule` is COHORT_SCHEDULE_DEFAULT;
	 * otherwise cohort chooses. */
	size_t chunk;
	/* Run the tasks in a child process of each rank, which is forked after
	 * build. A task that crashes, or writes to a wrong address, then fails
	 * alone. Tasks change the child's copy of the state and of all other
	 * memory but that of cohort_alloc. COHORT_ISOLATE=1 does the same for
	 * all jobs that do not set not_isolated. */
	bool isolate;
	/* Seconds that one attempt at a task may take; 0: no limit. After that
	 * the child's process group gets SIGTERM, and SIGKILL 0.25 s later.
	 * Needs isolation. */
	double timeout;
	/* Number of further attempts after a crash or a timeout. A task whose
	 * execute returned is not tried again, even if it failed.
	 * Needs isolation. When the sweep is stopped, and when job.deadline
	 * leaves no time, no attempt begins any more: a task with attempts left
	 * then counts as not run, with 0 attempts, and a later run of the
	 * journal begins with the first one again. */
	int retries;
	/* Path of a directory in which cohort keeps finished tasks, failed ones
	 * too, so that a later run does the rest. Created if missing; its
	 * parent directory must exist. Tasks are known by the contents of their
	 * parameter sets: sets may be appended, removed, reordered or repeated,
	 * and only tasks without a record run; n equal sets need n records. If
	 * a task has called cohort_task_index or cohort_task_seed, its record
	 * is good at the same index only, and after cohort_task_seed with the
	 * same job seed only. Records that a run does not need stay. The later
	 * run may use any backend, number of ranks and schedule, but
	 * param_bytes, the program and `identity` must be the same. NULL: no
	 * journal.
	 * docs/journal.md describes its promises and its format. */
	const char *journal;
	/* Of the random seeds that tasks get; see cohort_task_seed. */
	uint64_t seed;
	/* Run the tasks in the rank itself, whatever COHORT_ISOLATE says. */
	bool not_isolated;
	/* Run the failed tasks of the journal again. Their new records take the
	 * place of the old ones. Without a journal it has no effect. */
	bool rerun_failed;
	/* Go on with a journal that another program has used last, as after a
	 * rebuild of this one: its results are as good. A warning has the
	 * digests of both programs. From then on the journal is this program's.
	 * Without a journal it has no effect. */
	bool rebuilt_ok;
	/* Refuse parameter sets of which two are equal. */
	bool unique;
	/* Call on_result in the order of the parameter sets: a result waits
	 * until those of all sets before it are there. After a stop the gaps
	 * are skipped: when the sweep ends, the results behind tasks that were
	 * not run come too, in order. result->index tells which set a result
	 * is of. */
	bool ordered;
	/* Release each result when on_result has returned, so that a sweep
	 * needs little memory however many results it has: about 128 MiB on
	 * rank 0, or a few of the largest results, and less on other ranks.
	 * They may then have to wait for on_result. With `ordered`, ranks that
	 * are far ahead wait for the tasks before theirs. A child that runs
	 * isolated tasks is replaced by another one from time to time.
	 *
	 * Results that the journal has are read when on_result gets them, and
	 * not kept. Until the tasks run, rank 0 needs some 15 bytes more for
	 * each of them (docs/journal.md has it exactly), and with `ordered` 8
	 * bytes for each parameter set until the sweep ends.
	 *
	 * cohort_gather and cohort_gather_to_root then give only the results
	 * of tasks that have failed, and those that on_result has not got
	 * because it has stopped the sweep; there are none of tasks that were
	 * not run. cohort_gather_to_root gives them to rank 0 alone. Needs
	 * on_result. */
	bool discard;
	/* Rank 0 runs no task: it builds no state, and hands results to
	 * on_result at once. A task that crashes its rank then never ends the
	 * process that called cohort_open. In a group of one rank it has no
	 * effect. */
	bool idle_root;
	/* Room for later fields; must be 0. */
	unsigned char unused[1];
	/*
	 * Called on rank 0 for each result as soon as it is there, by the
	 * thread that called cohort_scatter: between its own tasks, and while
	 * it waits for other ranks or for its own child. While rank 0 runs a
	 * long task that is not isolated, results wait for the end of that
	 * task. NULL: not called. Either all ranks set it, or none does.
	 *
	 *   arg     rank 0's job.arg
	 *   result  as cohort_results_all gives it, failed tasks included; it
	 *           and all that it points to are valid during the call
	 *
	 * It is called once for each parameter set that has a result: first for
	 * those that the journal has (with `ordered`, when it is their turn),
	 * then for those that this run finishes, each with the task's last
	 * attempt. It is not called for tasks that were not run. cohort_scatter
	 * returns after the last call. A slow on_result delays the end of the
	 * sweep, and loses nothing: the timeout of ranks that wait for it at
	 * the end (options.timeout) counts from the last call that returned, so
	 * only one call that lasts longer breaks the group. While it runs,
	 * rank 0 runs no task and does not end an isolated one whose time
	 * limit is over.
	 *
	 * Returns 0, or any other number to stop the sweep: no rank begins
	 * another task, cohort_scatter returns COHORT_ESTOPPED on all ranks,
	 * and on_result is not called again. It may call cohort_progress; every
	 * collective call returns COHORT_ESTATE. Exceptions, longjmp and
	 * pthread_exit must not leave it: the program then ends.
	 */
	int (*on_result)(void *arg, const cohort_result *result);
	/* Seconds from rank 0's call, after which no task should run; 0: none.
	 * No rank begins a task that the slowest quarter of the tasks so far
	 * would not finish by then: the time that is left must be at least what
	 * each of them took. Durations in the journal count, too. Each machine
	 * goes by the tasks that have ended on it: as long as none has, tasks
	 * begin there until the deadline. Tasks that run are
	 * finished: `timeout` ends those that take too long. The others are not
	 * run, as after a stop. A further attempt (`retries`) begins as a task
	 * does. What an attempt took counts only if it was the task's last
	 * one. */
	double deadline;
	/* `identity_bytes` bytes that tell apart what tasks depend on beside
	 * the program and their parameter sets: the text of a script that an
	 * interpreter runs, or the digest of a model file. A journal is good
	 * for one identity only. Read during the call; NULL only if
	 * identity_bytes is 0. Without a journal it has no effect. */
	const void *identity;
	size_t identity_bytes;
} cohort_job;

/**
 * The position of this task's parameter set, from 0. With a journal: the task's
 * record is good at this index only from now on; see job.journal.
 */
COHORT_API size_t cohort_task_index(const cohort_task *task);

/**
 * As cohort_task_index, for messages and names of files: the result must not
 * depend on it. A record in a journal stays good for an equal parameter set at
 * another position.
 */
COHORT_API size_t cohort_task_position(const cohort_task *task);

/**
 * This task's parameter set: param_bytes bytes, to be read only. The ranks of a
 * machine share one copy of all sets, which no process can write to: a task
 * that tries is ended by SIGSEGV. The set is aligned for any type if
 * param_bytes is a multiple of that alignment; after cohort_scatter_objects it
 * always is. NULL if it has no bytes.
 */
COHORT_API const void *cohort_task_param(const cohort_task *task);

/** Bytes in this task's parameter set. */
COHORT_API size_t cohort_task_param_bytes(const cohort_task *task);

/** The state that build made on this rank; the job's arg if build is NULL. */
COHORT_API void *cohort_task_state(const cohort_task *task);

/**
 * A seed for this task's random numbers. It depends on the job's seed and the
 * task's index only, so a sweep has the same results however it is run. Any two
 * tasks, or two job seeds, have unrelated seeds. The seed is the first two
 * words, the low half first, of Philox4x32-10 with the index as its counter and
 * the job's seed as its key (Salmon, Moraes, Dror and Shaw, Parallel random
 * numbers: as easy as 1, 2, 3; SC 2011). With a journal: the task's record is
 * good at this index and with this job seed only from now on; see job.journal.
 */
COHORT_API uint64_t cohort_task_seed(const cohort_task *task);

/** The number of earlier attempts at this task: 0 the first time. */
COHORT_API int cohort_task_attempt(const cohort_task *task);

/**
 * Memory for this task's result: `bytes` bytes, zeroed and aligned for any
 * type. The library owns it; the task writes it before execute returns. It is
 * kept if the task fails, too; an attempt that crashes or takes too long has no
 * result. A second call in one task replaces the first. Returns NULL if bytes
 * is 0, or if there is no memory: the task then fails for that reason, whatever
 * execute returns. If the operating system refuses memory that there is, the
 * task counts as not run, and the sweep ends with COHORT_ENOMEM or COHORT_ESYS.
 */
COHORT_API void *cohort_task_result(cohort_task *task, size_t bytes);

/**
 * Set the sentence of a task that fails, formatted as by printf. A second call
 * replaces the first. Returns -1, so that execute can return it; the task fails
 * only if execute returns a number other than 0. The sentence's bytes are kept
 * as they are, whatever their encoding; of more than 4095 bytes the beginning
 * and the end, with " ... " between them.
 */
COHORT_API int cohort_task_fail(cohort_task *task, const char *format, ...)
    COHORT_PRINTF(2, 3);

/**
 * As cohort_task_fail with the format "%s", for callers without variable
 * arguments (FFI). If sentence is NULL, or "", the task has no sentence of its
 * own, and cohort writes what execute returned.
 */
COHORT_API int cohort_task_fail_text(cohort_task *task, const char *sentence);

/**
 * Begin another attempt at this task in the same call of execute: for tasks
 * that know by themselves that an attempt has failed, such as those that run
 * another program. Returns 1, and cohort_task_attempt is one more, the result
 * and the sentence so far are dropped, and the result's `seconds` count from
 * now. Or 0, if the sweep is stopped or job.deadline leaves no time, as for a
 * task that has not begun: return cohort_task_abandon then. job.timeout counts
 * from the beginning of execute; job.retries are for attempts that crash.
 */
COHORT_API int cohort_task_retry(cohort_task *task);

/**
 * The sweep is being stopped, and this task has not come to an end: it counts
 * as not run, as those that no rank has begun, and a later run of the journal
 * runs it. For tasks that watch cohort_stop_signal or cohort_is_stopped, that
 * called cohort_stop, or that got 0 from cohort_task_retry. Returns -1, so that
 * execute can return it. If nothing stops the sweep, and its deadline has not
 * come, the task has failed.
 */
COHORT_API int cohort_task_abandon(cohort_task *task);

/**
 * The failure of this task is in doubt: what ended it, a program that the task
 * has started for example, may be what is ending the whole job. A batch system
 * signals all processes of a job, often children first. If execute then returns
 * a number other than 0, the rank goes on with other tasks, and keeps the
 * failure with its result half a second later. If the rank is ended before, or
 * a signal stops the sweep, the task counts as not run, and a later run of the
 * journal runs it. Returns -1, so that execute can return it. The sentence is
 * cohort_task_fail's. With isolation it has no effect: the rank holds back the
 * failures of children that end, and a task whose execute returns has failed.
 */
COHORT_API int cohort_task_doubt(cohort_task *task);

/**
 * Keep the failures of earlier tasks that cohort_task_doubt has held back for
 * long enough. The rank does so between two tasks; this is for tasks that take
 * long, and call it from time to time. Has no effect with isolation, and once
 * this task has called cohort_task_result.
 */
COHORT_API void cohort_task_keep_doubted(cohort_task *task);

/**
 * Run the job over all parameter sets. Collective: returns when all ranks have
 * run their last tasks, for which the group's timeout must leave enough time.
 * At most `count` ranks build, the lowest ones (without an idle root). If build
 * fails on a rank, the other ranks run its share.
 *
 *   job     read during the call; the same on all ranks except for arg. All
 *           ranks must reach the journal's directory
 *   params  `count` parameter sets of job->param_bytes bytes each, one after
 *           another; copied. Read on rank 0 only, ignored on other ranks
 *   count   number of parameter sets, which may be 0. Read on rank 0 only
 *
 * If a journal, the operating system or a stop causes a failure, every rank
 * returns its status with the sentence of the rank that it befell, and the
 * group stays usable.
 *
 * After these no task was run, and cohort_gather returns the results that it
 * would have returned before the call:
 *
 * COHORT_EINVAL    job or execute is NULL; bad schedule, timeout, deadline or
 *                  number of retries; a timeout or retries without isolation;
 *                  both isolate and not_isolated; a field that this version of
 *                  the library does not know; identity is NULL and has bytes;
 *                  on rank 0, params is NULL or count times param_bytes
 *                  overflows; two parameter sets are equal and job.unique is
 *                  set (the sentence names the first two); the journal is not
 *                  a directory, or is of another user, program, identity or
 *                  size of parameter sets (the sentence says what to do)
 * COHORT_EBUILD    build failed on all workers
 * COHORT_ESTATE    the journal is in use
 * COHORT_EIO       the journal cannot be read or written
 * COHORT_ECORRUPT  the journal is damaged
 * COHORT_ENOMEM, COHORT_ESYS  a rank has no memory for the parameter sets, or
 *                  rank 0 for the results that the journal has. On mp a rank
 *                  other than 0 breaks the group by that
 *
 * After these some tasks were run, and cohort_gather returns their results.
 * Tasks that were not run have this status and a sentence as theirs:
 *
 * COHORT_ESTOPPED  a signal arrived after cohort_stop_on_signals, a rank
 *                  called cohort_stop, or job.deadline left no time: the
 *                  sentence says which
 * COHORT_EIO       the journal could not be written to the end and lacks tasks;
 *                  all tasks were run. Or, with job.discard, a result that
 *                  it had before cannot be read
 * COHORT_ECORRUPT  with job.discard: the journal was changed meanwhile, so
 *                  that a result that it had before cannot be read. Or all
 *                  tasks were run, but on_result could not get each result,
 *                  because a task wrote to memory that is not its own
 * COHORT_ENOMEM    a rank has no memory for a result, or rank 0 none to hand
 *                  one to on_result
 * COHORT_ESYS      a rank could not fork a child for its tasks, or another
 *                  operating system call failed, which the sentence names
 *
 * On mp the sweep outlives ranks other than 0 that die in it, over both
 * transports: what they have finished stays, the others run the rest, and every
 * rank that lives returns
 *
 * COHORT_EPEER     a rank died. If the tasks could begin, the sentence says how
 *                  many were not run, which is usually none; cohort_gather and
 *                  cohort_gather_to_root then return the results on every rank
 *                  that lives, and every other collective call of the group
 *                  fails. Otherwise no task was run
 *
 * The task that the dead rank, or its child, ran is a failed result with
 * COHORT_ETASK and a sentence that names the rank and the signal; with attempts
 * left (retries) another rank tries it again. The death may be one of many, of
 * all processes of a job, so rank 0 first waits half a second whether it is
 * ended too, so that no such failure gets into a journal.
 */
COHORT_INLINE COHORT_CHECKED cohort_status cohort_scatter(cohort *group,
                                                          const cohort_job *job,
                                                          const void *params,
                                                          size_t count);

/** As cohort_scatter, with a job of `job_bytes` bytes. */
COHORT_API COHORT_CHECKED cohort_status
cohort_scatter_sized(cohort *group, const cohort_job *job, size_t job_bytes,
                     const void *params, size_t count);

/**
 * As cohort_scatter, with parameter sets of differing sizes; job->param_bytes
 * must be 0. Each set begins at an address that is aligned for any type. A
 * machine's one copy takes 8 bytes for each set beside the sets, which are
 * padded to that alignment.
 *
 *   params  `count` parameter sets; copied. A set may have no bytes. Read on
 *           rank 0 only, ignored on other ranks
 *
 * COHORT_EINVAL  also if job->param_bytes is not 0; on rank 0, if a set's data
 *                is NULL with bytes above 0, or if the sum of all bytes is more
 *                than there can be in memory
 */
COHORT_INLINE COHORT_CHECKED cohort_status
cohort_scatter_objects(cohort *group, const cohort_job *job,
                       const cohort_blob params[], size_t count);

/** As cohort_scatter_objects, with a job of `job_bytes` bytes. */
COHORT_API COHORT_CHECKED cohort_status cohort_scatter_objects_sized(
    cohort *group, const cohort_job *job, size_t job_bytes,
    const cohort_blob params[], size_t count);

/**
 * Make SIGINT and SIGTERM stop this group's sweeps instead of ending the
 * program. When a rank gets one, no rank on its machine starts another task.
 * Tasks that run are finished; isolated ones are ended after 5 s. Then
 * cohort_scatter returns COHORT_ESTOPPED, and the journal has every finished
 * task. Later sweeps that have tasks to run return COHORT_ESTOPPED too. On mp
 * the stop holds for all open groups. A second signal ends the process at once;
 * the same signal again within a tenth of a second counts as the first, because
 * some programs send it to a process and to its process group. A signal that
 * arrives while no such group is open also ends the process.
 *
 * Not collective, but every rank should call it. It replaces the process's
 * handlers of the two signals until the last such group is closed; a signal
 * that is ignored stays ignored. In processes that the program forks, the
 * signals do what they did before. Isolated tasks have the default action.
 *
 * COHORT_EINVAL  group is NULL
 * COHORT_ENOMEM  no memory
 * COHORT_ESTATE  called inside a task, in a process that the program forked, or
 *                after cohort_close
 * COHORT_ESYS    the system refuses the handlers: this rank's signals do what
 *                they did before
 */
COHORT_API COHORT_CHECKED cohort_status cohort_stop_on_signals(cohort *group);

/**
 * The signal that stops this group's sweeps; 0 if none has arrived, or if group
 * is NULL or closed. May be called from tasks, so that they can end early, and
 * from other threads. A program that was stopped should end with status 128 +
 * the signal.
 */
COHORT_API int cohort_stop_signal(const cohort *group);

/**
 * Stop the sweep that is under way, as a signal does: no rank starts another
 * task, on no machine. Tasks that run are finished; isolated ones are ended
 * after 5 s. Then cohort_scatter returns COHORT_ESTOPPED on every rank, with a
 * sentence that says which rank has stopped it; or COHORT_OK, if all tasks have
 * been run nevertheless. The journal has every finished task, so a later run
 * does the others. Later sweeps are not stopped, and cohort_stop_signal stays
 * 0.
 *
 * Not collective: one rank is enough, and it does not wait. May be called from
 * tasks, isolated ones too, and from other threads while cohort_scatter runs on
 * this rank. Not from signal handlers.
 *
 * COHORT_EINVAL  group is NULL
 * COHORT_ESTATE  no sweep of this group is under way on this rank; in a process
 *                that the program forked, or after cohort_close
 * COHORT_ESYS    in an isolated task: the system refuses to make memory
 *                writable
 */
COHORT_API COHORT_CHECKED cohort_status cohort_stop(cohort *group);

/**
 * 1 if a signal, cohort_stop or on_result stops the sweep that is under way,
 * whichever rank it was: other machines hear of it within a second, also while
 * they run tasks. 0 if nothing does, for a deadline, or if group is NULL or
 * closed. May be called from tasks, so that they can end early, and from other
 * threads.
 */
COHORT_API int cohort_is_stopped(const cohort *group);

/* Progress of a sweep on the ranks that share memory with this one. */
typedef struct cohort_counts {
	size_t total;   /* parameter sets of the sweep */
	size_t resumed; /* tasks that the journal had from an earlier run */
	size_t done;    /* tasks that this run has done, failed ones included */
	size_t failed;  /* tasks that have failed in this run */
	double seconds; /* since cohort_scatter began to run tasks */
} cohort_counts;

/**
 * The progress of the sweep that runs, or else of the last one. May be called
 * from tasks, and from other threads while cohort_scatter runs. It does not
 * wait, and delays nobody.
 *
 *   out  written; all 0 before the first sweep
 *
 * COHORT_EINVAL  group or out is NULL
 * COHORT_ESTATE  the group is closed
 */
COHORT_INLINE COHORT_CHECKED cohort_status cohort_progress(const cohort *group,
                                                           cohort_counts *out);

/** As cohort_progress, with counts of `out_bytes` bytes. */
COHORT_API COHORT_CHECKED cohort_status cohort_progress_sized(
    const cohort *group, cohort_counts *out, size_t out_bytes);

typedef struct cohort_results cohort_results;

struct cohort_result {
	size_t index; /* position among the parameter sets */
	int rank;     /* rank that ran the task, in that run; -1: not run */
	/* COHORT_OK; COHORT_ETASK if the task failed; if it was not run, the
	 * status with which the sweep ended, or COHORT_ECORRUPT if some task
	 * wrote to memory that is not its own, so that ranks took this one for
	 * done. */
	cohort_status status;
	const char *error; /* a sentence; "" if status is COHORT_OK */
	const void *param; /* the parameter set; NULL if it has no bytes */
	/* The result; NULL if it has no bytes. A failed task has one, too, if
	 * its execute returned. */
	const void *data;
	size_t bytes;       /* of data */
	double seconds;     /* wall-clock time of the last attempt */
	int attempts;       /* number of attempts; 0: not run */
	size_t param_bytes; /* of param */
};

/**
 * Collect the results of the last cohort_scatter that ran tasks, on every rank.
 * Collective. There is one result for each parameter set; tasks that failed or
 * were not run have one too, and do not change the status of this call. May be
 * called again until the next scatter.
 *
 *   out  receives the results, which the caller releases with
 *        cohort_results_free. They stay valid after the next scatter and after
 *        cohort_close
 *
 * COHORT_EINVAL    out is NULL
 * COHORT_ESTATE    there was no scatter; nothing was sent
 * COHORT_ENOMEM    no memory for the results. If the results have come and only
 *                  the lists of them lack memory, this rank alone has the
 *                  failure, and the group stays usable
 * COHORT_ECORRUPT  the results are damaged, because some task wrote to memory
 *                  that is not its own: isolate tasks to find it. The group
 *                  stays usable
 */
COHORT_INLINE COHORT_CHECKED cohort_status cohort_gather(cohort *group,
                                                         cohort_results **out);

/**
 * As cohort_gather, but only rank 0 receives all results. The other ranks
 * receive those that they ran themselves.
 */
COHORT_INLINE COHORT_CHECKED cohort_status
cohort_gather_to_root(cohort *group, cohort_results **out);

/**
 * As cohort_gather and cohort_gather_to_root, with elements of `result_bytes`
 * bytes in the arrays that cohort_results_all and cohort_results_local return.
 *
 * COHORT_EINVAL  also if result_bytes is less than a cohort_result had in
 *                version 0.1, or no multiple of its alignment
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_gather_sized(cohort *group, size_t result_bytes, cohort_results **out);
COHORT_API COHORT_CHECKED cohort_status cohort_gather_to_root_sized(
    cohort *group, size_t result_bytes, cohort_results **out);

/**
 * All results that were collected, in the order of the parameter sets. The
 * array belongs to `results`. *count receives its length. The first call lays
 * the array out, which takes its time and memory.
 */
COHORT_API const cohort_result *
cohort_results_all(const cohort_results *results, size_t *count);

/**
 * The results of tasks that this rank ran in this run, in the order of the
 * parameter sets. The array belongs to `results`. *count receives its length.
 * The first call lays the array out.
 */
COHORT_API const cohort_result *
cohort_results_local(const cohort_results *results, size_t *count);

/** Release results and everything that they point to. NULL is allowed. */
COHORT_API void cohort_results_free(cohort_results *results);

/* ---- the results in a journal, also while a sweep writes it ---- */

typedef struct cohort_journal cohort_journal;

/**
 * Open the journal at `path` to read its results. Any process that may read the
 * directory and its files can do so, whoever owns them, while a sweep writes
 * the journal or later. It needs no group and no MPI, may be called inside a
 * task, takes no lock, and changes nothing, so the file system may be mounted
 * read-only.
 *
 *   path  of the directory that a job named as its journal
 *   out   receives the journal, which the caller releases with
 *         cohort_journal_close
 *
 * COHORT_EINVAL    path is NULL or empty, out is NULL; there is no journal
 *                  there, or not yet: a sweep makes it before its first task
 *                  runs; it was written in another byte order, or by a version
 *                  of cohort with another format
 * COHORT_EIO       the directory or its identity cannot be read
 * COHORT_ECORRUPT  the identity is damaged or missing
 * COHORT_ENOMEM    no memory
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_journal_open(const char *path, cohort_journal **out);

/**
 * Read the next result. Each task that a rank has finished is given, as it was
 * written: failed tasks too, with COHORT_ETASK and a sentence. What a rank
 * wrote in one run comes in the order in which it finished the tasks; only
 * results of more than a gigabyte may come later than those that it finished
 * after them. Runs come in their order, and files of one run one after another.
 * Ranks of one machine may share a file, in which their results are mixed in
 * any order, so nothing follows from the order between ranks. If a task occurs
 * more than once, because a later run ran it again for example, each of its
 * results is given, and the last one of the latest run counts. `index` does not
 * tell which results are of one task, since parameter sets may have moved
 * between the runs: cohort_journal_record does.
 *
 *   out  written if there is a result. `index` is the position of the parameter
 *        set in the run that wrote the result, `rank` the rank that ran it
 *        there. `param` is NULL. `data` is aligned for any type; it and `error`
 *        belong to the journal and are valid until the next call or
 *        cohort_journal_close
 *   end  receives false with a result; true if there is none now. A later call
 *        goes on, with results that were written since, by runs that have begun
 *        since too
 *
 * A result is given once it is complete: one that a rank is about to write is
 * none yet, and no error. In two cases a result is given again, as it was or
 * as another one: a child of an isolated sweep was killed just when it had
 * written it, or has destroyed memory of its rank; the task runs again then.
 *
 * Cost: each answer that there is none now takes a look at the directory and at
 * the size of each file.
 *
 * COHORT_EINVAL    journal, out or end is NULL
 * COHORT_ECORRUPT  a file is damaged; the sentence has its name and the offset.
 *                  Later calls go on with the other files and leave this one
 *                  out
 * COHORT_EIO       a file cannot be read, or the journal has been removed.
 *                  Later calls go on with the other files, and then try again
 * COHORT_ENOMEM    no memory for a result; later calls as after COHORT_EIO
 */
COHORT_INLINE COHORT_CHECKED cohort_status
cohort_journal_next(cohort_journal *journal, cohort_result *out, bool *end);

/**
 * As cohort_journal_next, with a result of `result_bytes` bytes.
 *
 * COHORT_EINVAL  also as for cohort_gather_sized
 */
COHORT_API COHORT_CHECKED cohort_status
cohort_journal_next_sized(cohort_journal *journal, cohort_result *out,
                          size_t result_bytes, bool *end);

/*
 * What a journal knows of a result beside it. It tells to which parameter set
 * the result belongs, whatever sets the runs had:
 *
 * - It is the result of a set with the same digest, which cohort_param_digest
 *   computes: at any index or, if `of_index`, at result.index only, and if
 *   `of_seed` with the same job.seed only. Of n equal sets each has a result of
 *   its own.
 * - Of two results with the same digest and the same index the later one
 *   counts. With another index it is that of another, equal set; but if `rerun`
 *   and the set moved, it takes the place of the first failed result of an
 *   earlier run with its digest that is not `of_index`.
 * - Journals of version 0.1 have no digests: both halves are 0. All runs of
 *   such a journal have the same set at an index, so there the index tells.
 */
typedef struct cohort_record {
	uint64_t digest[2]; /* XXH3-128 of the parameter set: low half, high */
	uint64_t seed;      /* job.seed of the run */
	size_t count;       /* parameter sets of the run */
	unsigned run;       /* that wrote the result, from 1 */
	bool of_index;      /* the task called cohort_task_index */
	bool of_seed;       /* it called cohort_task_seed */
	bool rerun;         /* the run had job.rerun_failed */
	/* Room for later fields; 0. */
	unsigned char unused[1];
} cohort_record;

/**
 * What the journal knows of the result that cohort_journal_next has given last.
 *
 *   out  written
 *
 * COHORT_EINVAL  journal or out is NULL
 * COHORT_ESTATE  the last call of cohort_journal_next has given no result, or
 *                there was none
 */
COHORT_INLINE COHORT_CHECKED cohort_status
cohort_journal_record(const cohort_journal *journal, cohort_record *out);

/** As cohort_journal_record, with a record of `record_bytes` bytes. */
COHORT_API COHORT_CHECKED cohort_status cohort_journal_record_sized(
    const cohort_journal *journal, cohort_record *out, size_t record_bytes);

/**
 * The digest by which journals know a parameter set of `bytes` bytes: XXH3-128
 * with seed 0. digest[0] receives the low half, digest[1] the high one.
 *
 *   param   NULL only if bytes is 0
 */
COHORT_API void cohort_param_digest(const void *param, size_t bytes,
                                    uint64_t digest[2]);

/** Release the journal and the last result that it gave. The files stay as they
 * are. NULL is allowed. */
COHORT_API void cohort_journal_close(cohort_journal *journal);

/* ---- the functions that pass a struct's size along ---- */

#ifndef COHORT_NO_INLINES
static inline cohort_status cohort_open(const cohort_options *options,
                                        cohort **out)
{
	return cohort_open_sized(options, sizeof(*options), out);
}

static inline cohort_status cohort_predict(const cohort_options *options,
                                           cohort_prediction **out)
{
	return cohort_predict_sized(options, sizeof(*options),
	                            sizeof(cohort_prediction), out);
}

static inline cohort_status cohort_scatter(cohort *group, const cohort_job *job,
                                           const void *params, size_t count)
{
	return cohort_scatter_sized(group, job, sizeof(*job), params, count);
}

static inline cohort_status cohort_scatter_objects(cohort *group,
                                                   const cohort_job *job,
                                                   const cohort_blob params[],
                                                   size_t count)
{
	return cohort_scatter_objects_sized(group, job, sizeof(*job), params,
	                                    count);
}

static inline cohort_status cohort_progress(const cohort *group,
                                            cohort_counts *out)
{
	return cohort_progress_sized(group, out, sizeof(*out));
}

static inline cohort_status cohort_gather(cohort *group, cohort_results **out)
{
	return cohort_gather_sized(group, sizeof(cohort_result), out);
}

static inline cohort_status cohort_gather_to_root(cohort *group,
                                                  cohort_results **out)
{
	return cohort_gather_to_root_sized(group, sizeof(cohort_result), out);
}

static inline cohort_status cohort_journal_next(cohort_journal *journal,
                                                cohort_result *out, bool *end)
{
	return cohort_journal_next_sized(journal, out, sizeof(*out), end);
}

static inline cohort_status cohort_journal_record(const cohort_journal *journal,
                                                  cohort_record *out)
{
	return cohort_journal_record_sized(journal, out, sizeof(*out));
}
#endif

#ifdef __cplusplus
}
#endif

#endif
