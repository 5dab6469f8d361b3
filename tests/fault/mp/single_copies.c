/*
 * Ranks that read the memory of others (mp/shm/single_copy.h): the system refuses
 * it from some call on; the rank whose memory is read dies, gives up and changes
 * it, or has not mapped all of it.
 */
#define _GNU_SOURCE
#include "hooks.h"
#include "large_transfer.h"
#include "mp/liveness.h"
#include "mp/world.h"
#include "runner.h"
#include "scenarios.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { IN_CALL = 1, GIVEN_UP = 2, ROUNDS = 2, VICTIM = LARGE_ROOT };

/* Not allreduce, which does not read. */
enum { READING = LARGE_allreduce };
_Static_assert((int)LARGE_allreduce == (int)LARGES - 1, "the others read");

static const struct large_kind *kind;

/* Who owns the memory that is read: in a gather to VICTIM another rank. */
static int owner_of(const struct large_kind *which)
{
	return which == &large_kinds[LARGE_gatherv] ? VICTIM + 1 : VICTIM;
}

static void prepare(void)
{
	setenv("COHORT_TEST_SINGLE_COPY", "always", 1);
	hooks_reset();
}

/* Some rounds of the call, all of which succeed. */
static void move_right(void)
{
	struct large_transfer t = large_prepare(0);

	for (int i = 0; i < ROUNDS; i++) {
		EXPECT(kind->move(&t) == COHORT_OK, "%s", cohort_error());
		EXPECT(kind->arrived(&t), "%s: wrong data", kind->name);
		large_clear(&t);
	}
	EXPECT(cohort_close(t.group) == COHORT_OK, "%s", cohort_error());
	large_free(&t);
}

/* In the first read, in its middle, and in a later one. What was refused is tried
 * no more. */
void scenario_single_copy_refused(void)
{
	static const int from[] = {5, 1, 30};
	/* Filling and comparing take long under the sanitizers. */
	const size_t moments = SANITIZED ? 1 : sizeof(from) / sizeof(*from);

	for (int which = 0; which < READING; which++)
		for (size_t i = 0; i < moments; i++) {
			kind = &large_kinds[which];
			prepare();
			hooks->refused_from = from[i];
			EXPECT(run(move_right).code == 0, "exit status");
			const int reads = atomic_load(&hooks->reads);
			EXPECT(reads > 0, "%s: nothing was read", kind->name);
			EXPECT(reads <= from[i] + LARGE_RANKS,
			       "%s: %d reads, refused from %d on", kind->name,
			       reads, from[i]);
		}
}

/* Ends a process that reads the memory of another one. */
static void forbid_reading(void)
{
	struct sock_filter filter[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	             offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {
	    .len = sizeof(filter) / sizeof(*filter), .filter = filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		skip("the system has no filters of system calls");
}

static void move_filtered(void)
{
	forbid_reading();
	move_right();
}

/* The filter comes between two calls. */
static void move_filtered_later(void)
{
	struct large_transfer t = large_prepare(0);

	for (int i = 0; i < ROUNDS; i++) {
		EXPECT(kind->move(&t) == COHORT_OK, "%s", cohort_error());
		EXPECT(kind->arrived(&t), "%s: wrong data", kind->name);
		large_clear(&t);
		if (i == 0)
			forbid_reading();
	}
	EXPECT(cohort_close(t.group) == COHORT_OK, "%s", cohort_error());
	large_free(&t);
}

void scenario_single_copy_filtered(void)
{
	for (int which = 0; which < READING; which += 1 + READING * SANITIZED) {
		kind = &large_kinds[which];
		prepare();
		EXPECT(run(move_filtered).code == 0, "%s", kind->name);
		EXPECT(atomic_load(&hooks->reads) == 0, "%s", kind->name);
		prepare();
		EXPECT(run(move_filtered_later).code == 0, "%s", kind->name);
		EXPECT(atomic_load(&hooks->reads) > 0, "%s", kind->name);
	}
}

static bool is_owner(pid_t process)
{
	return process == shared->slots[owner_of(kind)].pid;
}

/* The reader goes on when the owner is ending: it may still read there, but not
 * use what it reads. */
static void kill_owner(pid_t owner)
{
	const struct rank_record *records = world_current()->control->records;

	if (!is_owner(owner))
		return;
	shared->event = now();
	kill(owner, SIGKILL);
	while (!liveness_is_marked(&records[owner_of(kind)]))
		nap(1e-4);
}

/* The call of every rank, with its status; a rank that failed changes its data
 * at once, and stays where its memory can be read. */
static void move_once(double timeout)
{
	struct large_transfer t = large_prepare(timeout);

	ranks_barrier(t.group, IN_CALL);
	cohort_status status = kind->move(&t);
	keep(t.rank, status);
	shared->slots[t.rank].right = status != COHORT_OK || kind->arrived(&t);
	memset(t.mine, 0xee, LARGE_ELEMENTS * sizeof(*t.mine));
	if (t.rank == LARGE_ROOT)
		large_clear(&t);
	reach(t.rank, GIVEN_UP);
	if (timeout > 0)
		await_all(LARGE_RANKS, GIVEN_UP);
	EXPECT(cohort_barrier(t.group) != COHORT_OK, "the next call succeeds");
	EXPECT(cohort_close(t.group) == COHORT_OK, "%s", cohort_error());
	large_free(&t);
}

static void move_killed(void)
{
	move_once(0);
}

void scenario_single_copy_owner_killed(void)
{
	for (int which = 0; which < READING; which++) {
		int told = 0;
		kind = &large_kinds[which];
		prepare();
		hooks->in_read = kill_owner;
		EXPECT(run(move_killed).code == 128 + SIGKILL, "exit status");
		for (int r = 0; r < LARGE_RANKS; r++) {
			const struct slot *slot = &shared->slots[r];
			if (r == owner_of(kind))
				continue;
			told += slot->status == COHORT_EPEER;
			EXPECT(slot->right, "%s: rank %d has wrong data",
			       kind->name, r);
			EXPECT(slot->status == COHORT_OK ||
			           slot->status == COHORT_EPEER,
			       "%s: rank %d: %s", kind->name, r,
			       slot->sentence);
			if (slot->status != COHORT_OK)
				EXPECT_WITHIN(shared->event, slot->returned,
				              0.5, "rank %d was told late", r);
		}
		EXPECT(told > 0, "%s: nobody was told", kind->name);
	}
}

/* The reader is late; meanwhile the owner gives up, and changes its data. */
static void outwait_owner(pid_t owner)
{
	if (is_owner(owner))
		await(owner_of(kind), GIVEN_UP);
}

static void move_late(void)
{
	move_once(0.3);
}

void scenario_single_copy_given_up(void)
{
	for (int which = 0; which < READING; which++) {
		kind = &large_kinds[which];
		prepare();
		hooks->in_read = outwait_owner;
		EXPECT(run(move_late).code == 0, "%s: exit status", kind->name);
		EXPECT(atomic_load(&hooks->reads) > 0, "nothing was read");
		for (int r = 0; r < LARGE_RANKS; r++)
			EXPECT(
			    shared->slots[r].right &&
			        (shared->slots[r].status == COHORT_ETIMEOUT ||
			         (which == LARGE_gatherv && r != LARGE_ROOT)),
			    "%s: rank %d: status %d, %s", kind->name, r,
			    shared->slots[r].status, shared->slots[r].sentence);
	}
}

/* The owner's data end with a page that is not there. */
static void move_unmapped(void)
{
	signal(SIGSEGV, SIG_DFL); /* sanitizers catch it */
	struct large_transfer t = large_prepare(0);
	void *const allocated = t.mine;
	const size_t bytes = LARGE_ELEMENTS * sizeof(*t.mine);
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *data = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (!EXPECT(data != MAP_FAILED && !munmap(data + bytes - page, page),
	            "no memory"))
		exit(1);
	if (t.rank == owner_of(kind))
		t.mine = (void *)data;
	keep(t.rank, kind->move(&t));
	cohort_close(t.group);
	t.mine = allocated;
	large_free(&t);
}

/* The owner crashes as it would without all this. */
void scenario_single_copy_unmapped(void)
{
	for (int which = 0; which < READING; which++) {
		kind = &large_kinds[which];
		prepare();
		EXPECT(run(move_unmapped).code == 128 + SIGSEGV,
		       "%s: exit status", kind->name);
		EXPECT(atomic_load(&hooks->reads) > 0, "nothing was read");
		EXPECT(shared->slots[owner_of(kind)].status == NOT_RETURNED,
		       "%s: the owner has returned", kind->name);
		/* In a broadcast the others may have what they need. */
		EXPECT(shared->slots[VICTIM].status == COHORT_EPEER ||
		           owner_of(kind) == VICTIM,
		       "%s", shared->slots[VICTIM].sentence);
	}
}
