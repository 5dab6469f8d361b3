#define _GNU_SOURCE
#include "run.h"

#include "../../storm/descendants.h"
#include "attach.h"
#include "clock.h"
#include "launched.h"
#include "pace.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HANG_SECONDS = 60, PRINTED_BYTES = 64 * 1024 };

static char target_path[PATH_MAX];
static char folder[] = "/tmp/cohort-injection-XXXXXX";
static char trace[sizeof(folder) + 8];
static char work[sizeof(folder) + 8];
static char printed[PRINTED_BYTES]; /* to stderr, which is a file */
static char printed_again[PRINTED_BYTES];
static int printed_file;
static int verdict_file;
static struct launcher launcher;
static struct verdict *verdict;

const char *run_trace(void)
{
	return trace;
}

static int remove_entry(const char *path, const struct stat *about, int type,
                        struct FTW *walk)
{
	(void)about;
	(void)type;
	(void)walk;
	return remove(path);
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

void run_begin(const char *target, const struct launcher *with)
{
	if (with)
		launcher = *with;
	if (!realpath(target, target_path) || !mkdtemp(folder))
		die(target);
	snprintf(trace, sizeof(trace), "%s/trace", folder);
	snprintf(work, sizeof(work), "%s/work", folder);
	/* Not VERDICT_FD: its copy of that number would close at exec. */
	verdict_file = fcntl(memfd_create("verdict", MFD_CLOEXEC),
	                     F_DUPFD_CLOEXEC, VERDICT_FD + 1);
	if (verdict_file < 0 ||
	    ftruncate(verdict_file, (off_t)sizeof(*verdict)))
		die("memfd_create");
	printed_file = memfd_create("stderr", MFD_CLOEXEC);
	if (printed_file < 0 || fcntl(printed_file, F_SETFL, O_APPEND | O_RDWR))
		die("memfd_create");
	verdict = mmap(NULL, sizeof(*verdict), PROT_READ | PROT_WRITE,
	               MAP_SHARED, verdict_file, 0);
	if (verdict == MAP_FAILED)
		die("mmap");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void run_end(void)
{
	nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* The streams, and the folder. */
static void prepare_target(const struct setting *setting)
{
	const int null = open("/dev/null", O_RDWR);
	char nodes[16];

	snprintf(nodes, sizeof(nodes), "%d", setting->nodes);
	setenv("COHORT_BACKEND", setting->backend, 1);
	setenv("COHORT_TEST_NODES", nodes, 1);
	/* The calls that compare calls are made with one setting. */
	setenv("COHORT_CHECK",
	       setting->launched && setting->nodes == 1 ? "1" : "0", 1);
	setenv("COHORT_PROGRESS", setting->threads ? "always" : "never", 1);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(printed_file, STDERR_FILENO) < 0 || chdir(work))
		_exit(2);
	if (null > VERDICT_FD)
		close(null);
}

static void run_program(const struct setting *setting, bool stops)
{
	char stop[] = "stop";
	char go[] = "go";
	char with_journals[] = "journals";
	char without[] = "none";
	char program[32];
	char size[16];
	char *argv[] = {target_path, stops ? stop : go,
	                setting->threads ? with_journals : without, program,
	                NULL};

	snprintf(program, sizeof(program), "%s", setting->program);
	snprintf(size, sizeof(size), "%d", setting->size);
	setenv("COHORT_TRANSPORT", setting->transport, 1);
	setenv("COHORT_SIZE", size, 1);
	if (dup2(verdict_file, VERDICT_FD) < 0)
		_exit(2);
	execv(target_path, argv);
	_exit(2);
}

/* The target alone stops itself if it is traced. */
static pid_t start_target(const struct setting *setting, bool traced,
                          const struct injection *injection)
{
	const struct launched how = {launcher.mpirun, launcher.catcher,
	                             launcher.marks,  target_path,
	                             trace,           verdict_file};

	memset(verdict, 0, sizeof(*verdict));
	if (ftruncate(printed_file, 0))
		die("ftruncate");
	const pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid != 0)
		return pid;
	prepare_target(setting);
	if (setting->launched)
		launched_run(&how, setting, traced, injection);
	run_program(setting, traced);
	_exit(2);
}

/* Wait for the first process, and then for all others. False if one of them did
 * not end; `stuck` has those. */
static bool await_all(pid_t first, int *status, char stuck[STUCK_BYTES])
{
	const double end = now() + HANG_SECONDS * pace_now();
	pid_t pid = 0;

	while (pid != first && now() < end) {
		pid = waitpid(first, status, WNOHANG);
		if (pid == 0)
			nap(0.0005);
	}
	if (pid == first && descendants_reap(HANG_SECONDS / 2 * pace_now()))
		return true;
	stuck_describe(getpid(), stuck);
	while (!descendants_reap(0.01))
		descendants_kill();
	return false;
}

/* What is wrong with a run in which nothing fails; "" if nothing is. */
static void find_fault(const struct setting *setting, int status,
                       char out[SENTENCE_BYTES])
{
	*out = '\0';
	for (int r = 0; r < setting->size; r++) {
		const struct rank_verdict *rank = &verdict->ranks[r];
		if (*rank->wrong)
			snprintf(out, SENTENCE_BYTES, "%s", rank->wrong);
		else if (rank->count)
			snprintf(out, SENTENCE_BYTES, "%s: %.300s",
			         rank->failures[0].call,
			         rank->failures[0].sentence);
		else if (!rank->finished || status != 0)
			snprintf(out, SENTENCE_BYTES,
			         "rank %d did not come to its end", r);
		else
			continue;
		return;
	}
}

/* Whether a file is none of a journal's. A draft that the run could not remove is
 * removed by the next one. */
static int is_stray(const char *path, const struct stat *about, int type,
                    struct FTW *walk)
{
	const char *name = path + walk->base;

	(void)about;
	return type == FTW_F && strcmp(name, "lock") != 0 &&
	       strcmp(name, "identity") != 0 && strncmp(name, "tasks-", 6) != 0;
}

static size_t read_printed(char text[PRINTED_BYTES])
{
	const ssize_t got = pread(printed_file, text, PRINTED_BYTES - 1, 0);
	const size_t bytes = got > 0 ? (size_t)got : 0;

	text[bytes] = '\0';
	return bytes;
}

static void run_again(const struct setting *setting, struct run *run)
{
	int status = -1;
	const pid_t pid = start_target(setting, false, NULL);

	if (await_all(pid, &status, run->stuck))
		find_fault(setting, status, run->again);
	else
		strcpy(run->again, "a process did not end");
	if (nftw(work, is_stray, 8, FTW_PHYS))
		strcpy(run->again, "a file is left that is no journal's");
	run->resumable = !*run->again;
	run->printed_again_bytes = read_printed(printed_again);
	run->printed_again = printed_again;
}

/* Start the target, which stops itself unless it is launched, and trace it. Returns
 * its process, or 0 if it cannot be traced. */
static pid_t start_traced(const struct setting *setting,
                          const struct injection *injection)
{
	int status = 0;
	const pid_t target = start_target(setting, true, injection);
	if (setting->launched)
		return target;
	const bool stopped =
	    waitpid(target, &status, WUNTRACED) == target && WIFSTOPPED(status);

	if (stopped && attach_strace(target, trace, injection))
		return target;
	while (!descendants_reap(0.01))
		descendants_kill();
	return 0;
}

bool run_target(const struct setting *setting,
                const struct injection *injection, struct run *out)
{
	struct run run = {.status = -1};

	nftw(work, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	if (mkdir(work, 0700))
		die(work);
	const pid_t target = start_traced(setting, injection);
	if (!target)
		return false;
	kill(target, SIGCONT);
	run.hung = !await_all(target, &run.status, run.stuck);
	run.injected = injection && trace_has_injection(trace);
	run.verdict = *verdict;
	run.printed_bytes = read_printed(printed);
	run.printed = printed;
	run_again(setting, &run);
	*out = run;
	return true;
}
