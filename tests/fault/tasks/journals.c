/* Sweeps with a journal: in use, full, resumed. */
#define _GNU_SOURCE
#include "cases.h"
#include "sweep.h"

#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TASKS = 40 };

static char path[PATH_BYTES];

static int begin_second(cohort_task *task)
{
	char command[4 * PATH_BYTES];
	const int index = (int)cohort_task_index(task);

	task_begins(task);
	if (index % 20 == 7) {
		snprintf(command, sizeof(command),
		         "COHORT_BACKEND=serial '%s' --second '%s'",
		         here.program, path);
		const int status = system(command);
		EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		       "the second sweep: %x", (unsigned)status);
		atomic_fetch_add(&here.shared->note, 1);
	}
	return task_ends(task);
}

/* Another program is refused while tasks of the first one run. */
int second_sweep(const char *journal)
{
	const cohort_job job = {.execute = task_plain,
	                        .param_bytes = sizeof(uint64_t),
	                        .journal = journal};
	cohort_status status = cohort_open(NULL, &here.group);

	if (status == COHORT_OK)
		status =
		    cohort_scatter(here.group, &job, sweep_params(), TASKS);
	if (status != COHORT_ESTATE || !strstr(cohort_error(), "process") ||
	    !strstr(cohort_error(), journal)) {
		fprintf(stderr, "%s: %s\n", cohort_status_name(status),
		        cohort_error());
		return 1;
	}
	return cohort_close(here.group) != COHORT_OK;
}

void case_journal_in_use(void)
{
	static const struct failing none = {0};

	path_of(path, "used");
	for (int i = 0; i < 2; i++) {
		struct gathered gathered =
		    sweep_run((cohort_job){.execute = begin_second,
		                           .isolate = i == 0,
		                           .journal = path},
		              TASKS);
		EXPECT(here.shared->note == TASKS / 20, "%d",
		       here.shared->note);
		sweep_expect(&gathered, TASKS, &none);
		barrier();
		if (here.rank == 0)
			folder_empty();
		barrier();
	}
}

static const char *pid_path;

/* The process that is left has inherited the task's descriptors. */
static int kill_rank(cohort_task *task)
{
	if (cohort_task_index(task) == TASKS / 2 && access(pid_path, F_OK)) {
		const pid_t rank = getppid();
		const pid_t left = fork();
		if (left == 0)
			for (;;)
				pause();
		FILE *file = fopen(pid_path, "w");
		if (file) {
			fprintf(file, "%d", (int)left);
			fclose(file);
		}
		kill(rank, SIGKILL);
		pause();
	}
	return 0;
}

int killed_sweep(const char *journal, const char *pid)
{
	const cohort_job job = {.execute = kill_rank,
	                        .param_bytes = sizeof(uint64_t),
	                        .isolate = true,
	                        .journal = journal};

	pid_path = pid;
	MUST(cohort_open(NULL, &here.group));
	MUST(cohort_scatter(here.group, &job, sweep_params(), TASKS));
	MUST(cohort_close(here.group));
	return 0;
}

static int run_killed(const char *pid)
{
	char command[6 * PATH_BYTES];

	snprintf(command, sizeof(command),
	         "COHORT_BACKEND=serial '%s' --killed '%s' '%s'", here.program,
	         path, pid);
	return system(command);
}

/* A run that was killed can be resumed at once, even if a process of it still
 * runs. */
void case_journal_of_killed(void)
{
	char pid[PATH_BYTES];
	int left = 0;

	if (here.rank != 0)
		return;
	path_of(path, "killed");
	path_of(pid, "pid");
	int status = run_killed(pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGKILL,
	       "the first run: %x", (unsigned)status);
	FILE *file = fopen(pid, "r");
	EXPECT(file && fscanf(file, "%d", &left) == 1, "nobody is left");
	if (file)
		fclose(file);
	status = run_killed(pid);
	EXPECT(status == 0, "the second run: %x", (unsigned)status);
	EXPECT(left > 0 && !kill(left, SIGKILL), "%d did not live on", left);
}

static const struct failing crashing = {5, 2, "signal 9", 2};

static int crash_some(cohort_task *task)
{
	task_begins(task);
	if (failing_has(&crashing, cohort_task_index(task)))
		raise(SIGKILL);
	return task_ends(task);
}

static int begun(void)
{
	int count = 0;

	for (size_t i = 0; i < TASKS; i++)
		count += here.shared->began[i] > 0;
	return count;
}

/* Set the counts as if the tasks had run, for sweep_expect. */
static void expect_none_begun(void)
{
	EXPECT(begun() == 0, "%d tasks are run again", begun());
	barrier();
	for (size_t k = 0; here.rank == 0 && k < TASKS; k++)
		here.shared->began[k] = failing_has(&crashing, k) ? 2 : 1;
	barrier();
}

/* Failed tasks are kept like the others, and no task is run twice. */
void case_journal_of_crashes(void)
{
	path_of(path, "crashes");
	for (int i = 0; i < 4; i++) {
		const cohort_job job = {.execute = crash_some,
		                        .isolate = i != 3,
		                        .retries = i != 3,
		                        .schedule = (cohort_schedule)i,
		                        .journal = path};
		struct gathered gathered = sweep_run(job, TASKS);
		if (i > 0)
			expect_none_begun();
		sweep_expect(&gathered, TASKS, &crashing);
	}
}

static void set_file_limit(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
	setrlimit(RLIMIT_FSIZE, &limit);
}

/* Record files of a run. */
static int count_files(const char *run)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	int count = 0;

	while (folder && (entry = readdir(folder)))
		count += !strncmp(entry->d_name, run, strlen(run));
	if (folder)
		closedir(folder);
	return count;
}

/* Each machine adds one record file to the journal, whatever its number of ranks,
 * and a run with nothing left to do adds one in all. */
void case_journal_files(void)
{
	static const struct failing none = {0};
	cohort_job job = {.execute = task_plain, .journal = path};
	int32_t machines = cohort_local_rank(here.group) == 0;

	cohort_status status =
	    cohort_allreduce(here.group, COHORT_IN_PLACE, &machines, 1,
	                     COHORT_INT32, COHORT_SUM);
	EXPECT(status == COHORT_OK, "%s", cohort_error());
	for (int isolate = 0; isolate < 2; isolate++) {
		path_of(path, isolate ? "isolated" : "files");
		job.isolate = isolate;
		job.schedule = COHORT_STATIC;
		struct gathered gathered = sweep_run(job, TASKS);
		sweep_expect(&gathered, TASKS, &none);
		EXPECT(count_files("tasks-1-") == machines, "%d files of a run",
		       count_files("tasks-1-"));
		barrier();
		gathered = sweep_run(job, TASKS);
		EXPECT(begun() == 0, "%d tasks are run again", begun());
		EXPECT(gathered.count == TASKS, "%zu results", gathered.count);
		sweep_free(&gathered);
		EXPECT(count_files("tasks-") == machines + 1, "%d files",
		       count_files("tasks-"));
		barrier();
	}
}

/* A disk that is full as soon as it has a few tasks: the sweep's results are
 * there, the journal's are valid, and the others are run later. */
void case_journal_full(void)
{
	static const struct failing none = {0};
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	cohort_job job = {
	    .execute = task_plain, .isolate = true, .journal = path};

	path_of(path, "full");
	/* What happens in one rank only is every rank's status. */
	const int last = here.size - 1;
	job.schedule = COHORT_STATIC;
	barrier();
	if (here.rank == last)
		set_file_limit(1000);
	cohort_status status = sweep_scatter(job, TASKS);
	set_file_limit(RLIM_INFINITY);
	EXPECT(status == COHORT_EIO && strstr(cohort_error(), "tasks-1-"),
	       "%s: %s", cohort_status_name(status), cohort_error());
	struct gathered gathered = sweep_gather();
	sweep_expect(&gathered, TASKS, &none);

	gathered = sweep_run(job, TASKS);
	const int again = begun();
	EXPECT(again > 0 && again < TASKS, "%d tasks are run again", again);
	EXPECT(gathered.count == TASKS, "%zu results", gathered.count);
	sweep_free(&gathered);
	gathered = sweep_run(job, TASKS);
	EXPECT(begun() == 0, "%d tasks are run again", begun());
	sweep_free(&gathered);
	signal(SIGXFSZ, handler);
}
