#define _GNU_SOURCE
#include "job.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char *site_path(const struct site *site, const char *name)
{
	static char paths[8][PATH_MAX];
	static unsigned turn;
	char *path = paths[turn++ % 8];

	snprintf(path, PATH_MAX, "%s/%s", site->folder, name);
	return path;
}

static void run_shell(const char *command, const char *path)
{
	char whole[PATH_MAX + 64];

	snprintf(whole, sizeof(whole), command, path);
	int ignored = system(whole);
	(void)ignored;
}

void site_make(struct site *site, const char *launcher, const char *target)
{
	site->launcher = launcher;
	site->target = target;
	snprintf(site->folder, sizeof(site->folder), "/tmp/storm-jobs-XXXXXX");
	if (!mkdtemp(site->folder) || mkdir(site_path(site, "tmp"), 0700))
		exit(2);
	const int fd =
	    open(site_path(site, "state"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof(*site->state)))
		exit(2);
	site->state = mmap(NULL, sizeof(*site->state), PROT_READ | PROT_WRITE,
	                   MAP_SHARED, fd, 0);
	if (site->state == MAP_FAILED)
		exit(2);
	close(fd);
}

void site_remove(const struct site *site)
{
	run_shell("rm -rf '%s'", site->folder);
}

void job_print_output(const struct site *site)
{
	fflush(stdout);
	run_shell("tail -n 40 '%s'", site_path(site, "output"));
}

/* Launchers print much when a rank dies. */
static void redirect(const struct site *site)
{
	const int fd = open(site_path(site, "output"),
	                    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
	    dup2(fd, STDERR_FILENO) < 0)
		_exit(126);
}

/* The job's files are its own: ctest's log, say, is not handed on. */
static void close_others(void)
{
	for (int fd = STDERR_FILENO + 1; fd < 1024; fd++)
		close(fd);
}

static void set_number(const char *name, int number)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", number);
	setenv(name, text, 1);
}

static _Noreturn void become(const struct site *site, uint64_t seed,
                             enum plan_resume way, const char *journal,
                             const char *table)
{
	const struct plan plan = plan_draw(seed);
	char ranks[16];
	char seed_text[32];
	const char *words[10];
	int n = 0;

	setsid();
	redirect(site);
	close_others();
	snprintf(ranks, sizeof(ranks), "%d", plan.ranks);
	snprintf(seed_text, sizeof(seed_text), "%llu",
	         (unsigned long long)seed);
	setenv("TMPDIR", site_path(site, "tmp"), 1);
	setenv("COHORT_BACKEND",
	       way == RESUME_SAME ? "mpi"
	       : way == RESUME_MP ? "mp"
	                          : "serial",
	       1);
	set_number("COHORT_SIZE", plan.ranks);
	if (way == RESUME_SAME) {
		set_number("COHORT_TEST_NODES", plan.nodes);
		words[n++] = site->launcher;
		words[n++] = "-n";
		words[n++] = ranks;
	}
	if (way == RESUME_SERIAL)
		unsetenv("COHORT_SIZE");
	words[n++] = site->target;
	words[n++] = site_path(site, "state");
	words[n++] = seed_text;
	words[n++] = site_path(site, table);
	if (journal)
		words[n++] = site_path(site, journal);
	words[n] = NULL;
	execv(words[0], (char **)(uintptr_t)words);
	_exit(127);
}

pid_t job_start(const struct site *site, uint64_t seed, enum plan_resume way,
                const char *journal, const char *table)
{
	memset(site->state, 0, sizeof(*site->state));
	fflush(stdout);
	const pid_t pid = fork();
	if (pid == 0)
		become(site, seed, way, journal, table);
	return pid;
}
