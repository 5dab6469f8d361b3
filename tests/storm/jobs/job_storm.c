/*
 * Kill ranks of sweeps under a launcher of MPI, again and again. On `mpi` the
 * launcher ends the job then. What the sweep has finished must be in its journal,
 * and another run must do the rest.
 *
 *	job_storm LAUNCHER TARGET [KILLS [SEED]]
 *
 * The environment overrules: COHORT_TEST_STORM_KILLS, COHORT_TEST_STORM_SEED. The
 * seed alone decides what is killed, how, and after how many tasks. The scheduler
 * also decides when exactly. `job_storm LAUNCHER TARGET 1 SEED+NUMBER` repeats
 * one attack.
 *
 * After each kill:
 *
 * - The launcher ends with another status than 0, and no process of the job is
 *   left, nor a file that the job has made in TMPDIR, /dev/shm or elsewhere.
 * - Each record of the journal is true. Only tasks that were under way at the kill
 *   have none: one for each rank.
 * - A run with the same journal, with the launcher or without, ends well. Its
 *   table has the same bytes as that of an undisturbed run. It runs the tasks
 *   without a record, each once, and no other.
 *
 * A launcher that does not end although the victim is dead, or that crashes, is not
 * the library's fault: MPICH 4.0 does both sometimes. It is killed, counted in a
 * line of its own, and does not fail the test. The printed times go from the kill
 * to the launcher's end.
 */
#define _GNU_SOURCE
#include "asked_number.h"
#include "clock.h"
#include "descendants.h"
#include "job_judge.h"
#include "pace.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* They detect hangs, and bound nothing. */
enum { START_SECONDS = 120, END_SECONDS = 30 };

static unsigned missed; /* the sweep had ended before the kill */

/* False if the launcher ends before, or if it takes too long. */
static bool await_count(pid_t launcher, _Atomic int *count, int least)
{
	const double end = now() + START_SECONDS * pace_now();

	while (atomic_load(count) < least) {
		siginfo_t info = {0};
		if (waitid(P_PID, (id_t)launcher, &info,
		           WEXITED | WNOHANG | WNOWAIT) ||
		    info.si_pid == launcher || now() > end)
			return false;
		nap(1e-4);
	}
	return true;
}

/* Look at the job's files, and then let it run until the moment of the kill. */
static bool begin_tasks(const struct plan *plan, pid_t launcher,
                        struct names *names, const struct timespec *begin)
{
	struct plan_state *state = judge.site.state;

	if (!await_count(launcher, &state->waiting, plan->ranks))
		return false;
	names_collect(names, launcher, judge.site.folder, begin);
	atomic_store(&state->go, 1);
	return await_count(launcher, &state->begun, plan->begun);
}

/* The process cannot be another one: the rank is in the sweep, which has tasks
 * left, or the kill is not sent. False if it comes too late. */
static bool kill_victim(const struct plan *plan)
{
	struct plan_state *state = judge.site.state;
	const pid_t victim = atomic_load(&state->pids[plan->victim]);
	const int fd = (int)syscall(SYS_pidfd_open, victim, 0);
	const bool in_time =
	    fd >= 0 && atomic_load(&state->begun) < PLAN_TASKS &&
	    syscall(SYS_pidfd_send_signal, fd, plan->signal, NULL, 0) == 0;

	if (fd >= 0)
		close(fd);
	return in_time;
}

static void forget(void)
{
	char command[512];

	snprintf(command, sizeof(command),
	         "cd '%s' && rm -rf journal table tmp && mkdir -m 700 tmp",
	         judge.site.folder);
	if (system(command) != 0)
		exit(2);
}

static void run_attack(uint64_t seed)
{
	static struct job_attack attack; /* its names are large */
	const struct plan *plan = &attack.plan;
	struct timespec begin;

	attack = (struct job_attack){.seed = seed, .plan = plan_draw(seed)};
	attack.outcomes = &judge.outcomes_of[plan->isolated];
	forget();
	clock_gettime(CLOCK_REALTIME_COARSE, &begin); /* of file systems */
	const pid_t launcher =
	    job_start(&judge.site, seed, RESUME_SAME, "journal", "table");
	if (launcher < 0 ||
	    !begin_tasks(plan, launcher, &attack.names, &begin)) {
		attack.outcomes->hangs++;
		job_complain(&attack, "the job does not begin");
		job_kill_all();
		return;
	}
	nap(1e-6 * plan->wait_us);
	atomic_store(&judge.site.state->killed, 1);
	attack.killed = now();
	if (kill_victim(plan)) {
		attack.outcomes->kills++;
		job_judge_end(&attack, launcher);
		job_judge_journal(&attack);
		job_judge_resume(&attack);
	} else {
		missed++;
		descendants_reap(END_SECONDS * pace_now());
		job_kill_all();
	}
}

static void make_expected(void)
{
	const pid_t pid =
	    job_start(&judge.site, 0, RESUME_SERIAL, NULL, "expected");
	int status = 0;

	atomic_store(&judge.site.state->go, 1);
	if (!descendants_await(pid, START_SECONDS, &status) || status != 0) {
		puts("FAILED: the undisturbed run");
		job_print_output(&judge.site);
		exit(1);
	}
}

static void print_table(void)
{
	outcomes_print("tasks", judge.outcomes_of, job_kinds, JOB_KINDS);
	printf("%u tasks had a record, %u were under way; the rest was run by "
	       "%u jobs, %u runs on mp and %u on serial\n",
	       judge.recorded, judge.lost, judge.resumed[RESUME_SAME],
	       judge.resumed[RESUME_MP], judge.resumed[RESUME_SERIAL]);
	printf("launchers that hung: %u, that crashed: %u; kills that came too "
	       "late: %u\n",
	       judge.hung, judge.crashed, missed);
}

int main(int argc, char *argv[])
{
	if (argc < 3) {
		fprintf(stderr,
		        "usage: job_storm LAUNCHER TARGET [KILLS [SEED]]\n");
		return 2;
	}
	const uint64_t kills = asked_number("COHORT_TEST_STORM_KILLS",
	                                    argc > 3 ? argv[3] : NULL, 10);
	const uint64_t seed = asked_number("COHORT_TEST_STORM_SEED",
	                                   argc > 4 ? argv[4] : NULL, 1);
	descendants_adopt();
	site_make(&judge.site, argv[1], argv[2]);
	pace_begin(NULL);
	const double begin = now();
	make_expected();
	for (uint64_t i = 0; i < kills; i++)
		run_attack(seed + i);
	print_table();
	printf("the machine's slowdown: %.1f\n", pace_slowdown(begin, now()));
	site_remove(&judge.site);
	return judge.failures > 0;
}
