#define _GNU_SOURCE
#include "runner.h"

#include "scenarios.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Detects a hang: no program takes so many seconds on a quiet machine. */
static const double HANG = 60;
/* Detects processes that stay when rank 0 is gone. On a busy machine one that has been
 * killed may wait for its turn on a core for seconds; bounds are the scenarios'. */
static const double LEFT = 10;

static pid_t root;

pid_t start(void (*program)(void))
{
	atomic_store(&shared->strays, 0);
	atomic_store(&shared->allocations, 0);
	shared->event = 0;
	memset(shared->slots, 0, sizeof(shared->slots));
	for (int r = 0; r < RANKS_MAX; r++)
		shared->slots[r].status = NOT_RETURNED;
	fflush(NULL);
	root = fork();
	if (root < 0) {
		perror("fork");
		exit(1);
	}
	if (root == 0) {
		/* Should the driver be killed, so is rank 0. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setsid();
		program();
		exit(0);
	}
	return root;
}

static void give_up_on(const char *what)
{
	char command[128];

	EXPECT(false, "%s: its processes are killed: %s", what,
	       pace_compared());
	snprintf(command, sizeof(command),
	         "ps -o pid,ppid,stat,wchan:20,comm -s %d", (int)root);
	int ignored = system(command);
	(void)ignored;
	kill(-root, SIGKILL);
}

/* The driver is a subreaper: whatever process of the program loses its parent
 * becomes the driver's child, so there are none left when it has none. */
struct ending finish(void)
{
	struct ending ending = {.code = -1};
	double begin = now();
	double most = HANG;
	int status;

	for (;;) {
		pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
		if (pid < 0)
			break;
		if (pid > 0)
			ending.all_gone = now();
		if (pid == root) {
			ending.root_gone = ending.all_gone;
			ending.code = WIFSIGNALED(status)
			                  ? 128 + WTERMSIG(status)
			                  : WEXITSTATUS(status);
			begin = now();
			most = LEFT;
		}
		if (now() > begin + most && !pace_within(begin, now(), most)) {
			give_up_on(ending.root_gone > 0 ? "left behind"
			                                : "it hangs");
			most += HANG;
		}
		if (pid == 0)
			nap(1e-4);
	}
	EXPECT(atomic_load(&shared->allocations) == 0,
	       "the monitor has allocated memory %d times",
	       atomic_load(&shared->allocations));
	return ending;
}

struct ending run(void (*program)(void))
{
	start(program);
	return finish();
}

static const struct {
	const char *name;
	void (*scenario)(void);
} scenarios[] = {
#define ROW(name, company, transport) {#name, scenario_##name},
    SCENARIO_MAP(ROW)
#undef ROW
};

static int run_scenario(size_t i)
{
	const double begin = now();

	scenarios[i].scenario();
	printf("%s: %s, %.2f s at a slowdown of %.1f\n", scenarios[i].name,
	       atomic_load(&shared->failures) ? "FAILED" : "passed",
	       now() - begin, pace_slowdown(begin, now()));
	return atomic_load(&shared->failures) ? 1 : 0;
}

int main(int argc, char *argv[])
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || prctl(PR_SET_CHILD_SUBREAPER, 1)) {
		perror("the driver cannot be prepared");
		return 1;
	}
	pace_begin(NULL);
	if (argc > 2)
		setenv("COHORT_TRANSPORT", argv[2], 1);
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++)
		if (argc > 1 && !strcmp(argv[1], scenarios[i].name))
			return run_scenario(i);
	fprintf(stderr, "usage: %s scenario [transport]\n", argv[0]);
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++)
		fprintf(stderr, "\t%s\n", scenarios[i].name);
	return 2;
}
