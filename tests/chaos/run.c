#define _GNU_SOURCE
#include "run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct place place;

static pid_t started;
static bool ended;
static int end_status;

/* splitmix64 */
unsigned draw(uint64_t *state, unsigned n)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (unsigned)(((x ^ x >> 31) >> 33) % n);
}

struct setup setup_draw(uint64_t *state)
{
	static const char *const schedules[] = {
	    "static", "dynamic", "dynamic,1", "dynamic,20", "guided"};
	struct setup setup = {
	    .backend = "mp",
	    .transport = draw(state, 3) ? "shm" : "socket",
	    .size = 1 + (int)draw(state, 4),
	    .schedule = schedules[draw(state, 5)],
	    .nodes = 1,
	    .isolate = draw(state, 4) > 0,
	    .journal = true,
	    .table = "table",
	};
	const unsigned kind = draw(state, 10);

	/* Launchers are slow. */
	if (kind == 0)
		setup.backend = "serial";
	if (kind < 1 || kind > 4 || !place.mpirun[kind % 2])
		return setup;
	setup.backend = "mpi";
	setup.launcher = place.mpirun[kind % 2];
	setup.size = 1 + (int)draw(state, kind % 2 ? 2 : 3);
	setup.nodes = setup.size > 1 ? 1 + (int)draw(state, 2) : 1;
	return setup;
}

void setup_describe(const struct setup *setup, char *text, size_t bytes)
{
	const char *name =
	    setup->launcher ? strrchr(setup->launcher, '/') : NULL;

	snprintf(text, bytes, "%s %s %d ranks, %s%s%s",
	         setup->launcher          ? name ? name + 1 : setup->launcher
	         : *setup->backend == 's' ? ""
	                                  : setup->transport,
	         setup->backend, *setup->backend == 's' ? 1 : setup->size,
	         setup->schedule, setup->isolate ? ", isolated" : "",
	         setup->nodes > 1 ? ", 2 nodes" : "");
}

void path_of(char path[PATH_BYTES], const char *name)
{
	snprintf(path, PATH_BYTES, "%.200s/%.50s", place.folder, name);
}

static void set_number(const char *name, int number)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", number);
	setenv(name, text, 1);
}

static void set_environment(const struct setup *setup)
{
	/* Open MPI leaves files when it is killed. */
	setenv("OMPI_MCA_btl_vader_backing_directory", place.folder, 1);
	setenv("OMPI_MCA_orte_tmpdir_base", place.folder, 1);
	setenv("COHORT_BACKEND", setup->backend, 1);
	setenv("COHORT_TRANSPORT", setup->transport, 1);
	setenv("COHORT_SCHEDULE", setup->schedule, 1);
	set_number("COHORT_SIZE", setup->size);
	set_number("COHORT_ISOLATE", setup->isolate);
	set_number("COHORT_TEST_NODES", setup->nodes);
	setenv("COHORT_LOG", "error", 0);
}

/* Launchers print much when a rank dies. It is shown if the test fails. */
static void hush(void)
{
	char path[PATH_BYTES];

	path_of(path, "output");
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return;
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

static _Noreturn void become(const struct setup *setup)
{
	char count[16];
	char size[16];
	char shared[PATH_BYTES];
	char table[PATH_BYTES];
	char journal[PATH_BYTES];
	char *words[12];
	int n = 0;

	setsid();
	hush();
	set_environment(setup);
	snprintf(count, sizeof(count), "%d", place.count);
	snprintf(size, sizeof(size), "%d", setup->size);
	path_of(shared, "shared");
	path_of(table, setup->table);
	path_of(journal, "journal");
	if (setup->launcher) {
		words[n++] = (char *)(uintptr_t)setup->launcher;
		words[n++] = "-n";
		words[n++] = size;
	}
	words[n++] = (char *)(uintptr_t)place.program;
	words[n++] = count;
	words[n++] = shared;
	words[n++] = table;
	if (setup->journal)
		words[n++] = journal;
	words[n] = NULL;
	execv(words[0], words);
	perror(words[0]);
	_exit(127);
}

pid_t run_start(const struct setup *setup)
{
	memset(place.shared, 0, sizeof(*place.shared));
	ended = false;
	fflush(NULL);
	started = fork();
	if (started < 0) {
		perror("fork");
		exit(1);
	}
	if (started == 0)
		become(setup);
	return started;
}

/* False if no process is left. */
static bool take_in(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0) {
		if (pid != started)
			continue;
		ended = true;
		end_status = status;
	}
	return pid == 0;
}

bool run_ended(int *status)
{
	if (!ended)
		take_in();
	*status = end_status;
	return ended;
}

/* Processes that have lost their parents are this process's children. */
static void kill_children(void)
{
	char name[64];
	int pid;

	snprintf(name, sizeof(name), "/proc/self/task/%d/children", getpid());
	FILE *file = fopen(name, "re");
	while (file && fscanf(file, "%d", &pid) == 1) {
		char command[64];
		snprintf(command, sizeof(command),
		         "ps -o pid,ppid,stat,wchan:20,args -p %d", pid);
		int ignored = system(command);
		(void)ignored;
		kill(pid, SIGKILL);
	}
	if (file)
		fclose(file);
}

bool run_finish(double most, int *status, double *took)
{
	const double begin = now();
	bool in_time = true;

	while (take_in()) {
		if (now() > begin + most) {
			in_time = false;
			kill_children();
			nap(0.1);
		}
		nap(5e-4);
	}
	*took = now() - begin;
	*status = end_status;
	return in_time;
}
