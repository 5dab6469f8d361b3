#define _GNU_SOURCE
#include "job_judge.h"

#include "clock.h"
#include "descendants.h"
#include "pace.h"
#include "records.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/wait.h>

/* They detect hangs, and bound nothing. */
enum { END_SECONDS = 30, STRAY_SECONDS = 10, RESUME_SECONDS = 120 };

struct job_judge judge;

const char *const job_kinds[] = {"in the ranks", "isolated"};

void job_complain(const struct job_attack *attack, const char *what)
{
	const struct plan *plan = &attack->plan;

	printf("FAILED: %s: rank %d of %d, signal %d, %s, %d node(s), %d tasks "
	       "begun; again: 1 %llu\n",
	       what, plan->victim, plan->ranks, plan->signal,
	       job_kinds[plan->isolated], plan->nodes, plan->begun,
	       (unsigned long long)attack->seed);
	job_print_output(&judge.site);
	judge.failures++;
}

void job_kill_all(void)
{
	const double end = now() + STRAY_SECONDS;

	/* Children of those that are killed become children of this process. */
	do
		descendants_kill();
	while (!descendants_reap(0.1) && now() < end);
}

/* Files in TMPDIR, where launchers have a folder for each job. */
static bool has_left_files(void)
{
	const struct dirent *entry;
	bool any = false;
	DIR *folder = opendir(site_path(&judge.site, "tmp"));

	while (folder && (entry = readdir(folder)))
		any |= entry->d_name[0] != '.';
	if (folder)
		closedir(folder);
	return any;
}

/* The launcher's end, and that of all other processes. */
void job_judge_end(struct job_attack *attack, pid_t launcher)
{
	struct outcomes *outcomes = attack->outcomes;
	char text[PATH_MAX + 32];
	int status = 0;

	if (!descendants_await(launcher, END_SECONDS * pace_now(), &status)) {
		judge.hung++;
		printf("the launcher hangs; again: 1 %llu\n",
		       (unsigned long long)attack->seed);
		job_kill_all();
		return;
	}
	outcomes_add_time(outcomes, now() - attack->killed);
	outcomes->survivors += (unsigned)attack->plan.ranks - 1;
	if (status == 0)
		job_complain(attack, "the launcher ends with status 0");
	if (WIFSIGNALED(status)) {
		judge.crashed++;
		printf("the launcher was killed by signal %d; again: 1 %llu\n",
		       WTERMSIG(status), (unsigned long long)attack->seed);
	}
	const bool gone = descendants_reap(STRAY_SECONDS * pace_now());
	const char *name = names_first_left(&attack->names);
	outcomes->left += !gone || name || has_left_files();
	if (!gone)
		job_complain(attack, "processes are left");
	snprintf(text, sizeof(text), "%s is left", name ? name : "");
	if (name)
		job_complain(attack, text);
	if (has_left_files() && !WIFSIGNALED(status))
		job_complain(attack, "files are left in TMPDIR");
	job_kill_all();
}

void job_judge_journal(struct job_attack *attack)
{
	char sentence[RECORDS_SENTENCE];
	int lost = 0;
	const int recorded = records_read(site_path(&judge.site, "journal"),
	                                  attack->has, sentence);

	if (recorded < 0) {
		attack->outcomes->wrong++;
		job_complain(attack, sentence);
		return;
	}
	for (int i = 0; i < PLAN_TASKS; i++) {
		const int begins = atomic_load(&judge.site.state->begins[i]);
		lost += begins > 0 && !attack->has[i];
		if (begins > 1 || (attack->has[i] && begins == 0))
			job_complain(attack, "a task was not begun once");
	}
	judge.recorded += (unsigned)recorded;
	judge.lost += (unsigned)lost;
	if (lost > attack->plan.ranks)
		job_complain(attack, "finished tasks have no record");
}

static bool tables_are_equal(void)
{
	char command[512];

	snprintf(command, sizeof(command), "cd '%s' && cmp table expected",
	         judge.site.folder);
	return system(command) == 0;
}

/* The run that completes the sweep. */
void job_judge_resume(const struct job_attack *attack)
{
	const enum plan_resume way = attack->plan.resume;
	const pid_t started =
	    job_start(&judge.site, attack->seed, way, "journal", "table");
	int again = 0;
	int status = 0;

	atomic_store(&judge.site.state->go, 1);
	judge.resumed[way]++;
	if (descendants_await(started, RESUME_SECONDS * pace_now(), &status)) {
		if (status != 0)
			job_complain(attack, "the second run fails");
	} else if (way == RESUME_SAME && atomic_load(&judge.site.state->over)) {
		judge.hung++;
	} else {
		attack->outcomes->hangs++;
		job_complain(attack, "the second run hangs");
	}
	job_kill_all();
	for (int i = 0; i < PLAN_TASKS; i++)
		again += atomic_load(&judge.site.state->begins[i]) !=
		         !attack->has[i];
	if (again > 0)
		job_complain(attack,
		             "other tasks than the missing ones were run");
	if (!tables_are_equal()) {
		attack->outcomes->wrong++;
		job_complain(attack, "another table than an undisturbed run");
	}
}
