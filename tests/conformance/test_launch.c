/*
 * Starts `conformance` on every backend and transport, with many numbers of
 * ranks, and checks its exit status and the backend that it chose.
 */
#define _GNU_SOURCE /* environ */
#include "common/core/config.h"
#include "mismatch.h"
#include "spawn.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/* Seconds for each run. Detects a hang, and bounds nothing. */
static const double LIMIT = 1200;

/* Criterion copies it between processes, so it holds no pointers. */
struct sweep_run {
	char mismatch[32];  /* of this kind; "": the checks */
	char part[16];      /* this one of the checks; "": all */
	char backend[16];   /* COHORT_BACKEND; "" leaves it unset */
	char transport[16]; /* likewise */
	char schedule[16];  /* likewise */
	char expected[16];  /* the backend that it should choose */
	char launcher[256];
	int ranks;
	bool quick;
	bool fits; /* each rank believes that it has a core */
};

/* The runs of one test. */
enum { RUNS = 320 };

static struct sweep_run *add_run(struct sweep_run runs[RUNS], size_t *count,
                                 const char *expected, int ranks)
{
	struct sweep_run *run = &runs[(*count)++];

	if (*count > RUNS)
		abort();
	*run = (struct sweep_run){.ranks = ranks};
	snprintf(run->expected, sizeof(run->expected), "%s", expected);
	return run;
}

static void set(char field[16], const char *value)
{
	snprintf(field, 16, "%s", value);
}

/* Unset all variables of the library but those of the run. */
static void set_environment(const struct sweep_run *run)
{
	char name[64];
	char size[16];

	for (char **entry = environ; *entry;) {
		size_t length = strcspn(*entry, "=");
		if (strncmp(*entry, "COHORT_", 7) || length >= sizeof(name)) {
			entry++;
			continue;
		}
		memcpy(name, *entry, length);
		name[length] = '\0';
		unsetenv(name); /* the others move up */
	}
	snprintf(size, sizeof(size), "%d", run->ranks);
	if (run->backend[0])
		setenv("COHORT_BACKEND", run->backend, 1);
	if (run->transport[0])
		setenv("COHORT_TRANSPORT", run->transport, 1);
	if (run->schedule[0])
		setenv("COHORT_SCHEDULE", run->schedule, 1);
	if (!run->launcher[0])
		setenv("COHORT_SIZE", size, 1);
	/* Open MPI refuses root, as whom tests run in containers. */
	if (geteuid() == 0) {
		setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
		setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
	}
}

static struct ending start(const struct sweep_run *run)
{
	struct command command = {.count = 0};
	struct ending ending;
	char ranks[16];

	snprintf(ranks, sizeof(ranks), "%d", run->ranks);
	if (run->launcher[0]) {
		command_add(&command, run->launcher);
		if (strstr(run->launcher, "openmpi"))
			command_add(&command, "--oversubscribe");
		command_add(&command, "-n");
		command_add(&command, ranks);
	}
	command_add(&command, CONFORMANCE_PROGRAM);
	if (run->quick)
		command_add(&command, "--quick");
	if (run->fits) {
		command_add(&command, "--cores");
		command_add(&command, ranks);
	}
	if (run->mismatch[0]) {
		command_add(&command, "--mismatch");
		command_add(&command, run->mismatch);
	}
	if (run->part[0])
		command_add(&command, run->part);
	set_environment(run);
	command_run(&command, LIMIT, &ending);
	return ending;
}

static void launch(const struct sweep_run *run)
{
	const struct ending ending = start(run);
	char name[128];
	char line[64];

	snprintf(name, sizeof(name), "%s %d%s %s %s %s", run->expected,
	         run->ranks, run->fits ? " that fit" : "", run->transport,
	         run->schedule, run->mismatch);
	snprintf(line, sizeof(line), "checks, ranks=%d backend=%s\n",
	         run->ranks, run->expected);
	cr_assert(ending.in_time, "%s: not done after %g s:\n%s", name, LIMIT,
	          ending.text);
	cr_assert(ending.signal == 0, "%s: signal %d:\n%s", name, ending.signal,
	          ending.text);
	cr_assert(ending.status == 0, "%s: status %d:\n%s", name, ending.status,
	          ending.text);
	cr_assert(strstr(ending.text, "conformance: passed ") &&
	              strstr(ending.text, line),
	          "%s: ended well, but did not say \"%s\":\n%s", name, line,
	          ending.text);
	cr_assert(!strstr(ending.text, "FAILED"), "%s:\n%s", name, ending.text);
	const char *figure = strstr(ending.text, "mismatch ");
	if (figure)
		printf("%.*s, %s\n", (int)strcspn(figure, "\n"), figure,
		       run->transport);
}

static const char *const transports[] = {
#define WORD(name, word) #word,
    TRANSPORT_MAP(WORD)
#undef WORD
};

enum { TRANSPORTS = sizeof(transports) / sizeof(*transports) };

/* Asked for, and because there is one rank. */
ParameterizedTestParameters(serial, conforms)
{
	static struct sweep_run runs[RUNS];
	size_t count = 0;

	set(add_run(runs, &count, "serial", 1)->backend, "serial");
	struct sweep_run *run = add_run(runs, &count, "serial", 1);
	set(run->schedule, "static");
	run->quick = true;
	return cr_make_param_array(struct sweep_run, runs, count);
}

ParameterizedTest(struct sweep_run *run, serial, conforms)
{
	launch(run);
}

/* The number of ranks that the test is for; CMakeLists.txt lists them. */
static int ranks_wanted(void)
{
	const char *text = getenv("CONFORMANCE_RANKS");

	return text ? atoi(text) : 3;
}

ParameterizedTestParameters(mp, conforms)
{
	static const char *const schedules[] = {"static", "guided,3",
	                                        "dynamic,7"};
	static struct sweep_run runs[RUNS];
	const int ranks = ranks_wanted();
	size_t count = 0;

	for (size_t t = 0; t < TRANSPORTS; t++) {
		struct sweep_run *run = add_run(runs, &count, "mp", ranks);
		set(run->backend, "mp");
		set(run->transport, transports[t]);
		set(run->schedule, schedules[ranks % 3]);
		run->quick = ranks > FULL_RANKS;
	}
	/* Neither backend nor transport is set. */
	if (ranks == 3)
		add_run(runs, &count, "mp", ranks)->quick = true;
	return cr_make_param_array(struct sweep_run, runs, count);
}

ParameterizedTest(struct sweep_run *run, mp, conforms)
{
	launch(run);
}

/* The counts of so many ranks do not fit an arrival word, and lie in a slot. */
static const int many[] = {13, 17};

/* Ranks that believe that each of them has a core. */
ParameterizedTestParameters(mp_fitting, conforms)
{
	static const int ranks[] = {3, 4, 13};
	static struct sweep_run runs[RUNS];
	size_t count = 0;

	for (size_t i = 0; i < LENGTH(ranks); i++) {
		struct sweep_run *run = add_run(runs, &count, "mp", ranks[i]);
		set(run->backend, "mp");
		set(run->transport, "shm");
		run->quick = true;
		run->fits = true;
		if (FULL_RANKS == 1 && ranks[i] >= many[0])
			set(run->part, "gatherv");
	}
	for (size_t i = 0; i < LENGTH(many); i++) {
		struct sweep_run *run = add_run(runs, &count, "mp", many[i]);
		set(run->part, "gatherv");
		set(run->backend, "mp");
		set(run->transport, "shm");
		run->quick = true;
	}
	return cr_make_param_array(struct sweep_run, runs, count);
}

ParameterizedTest(struct sweep_run *run, mp_fitting, conforms)
{
	launch(run);
}

static const char *const kinds[] = {
#define NAME(name, ...) #name,
    KIND_MAP(NAME)
#undef NAME
};

/* The kinds whose names begin so. */
static void add_mismatches(struct sweep_run runs[RUNS], size_t *count,
                           const char *transport, int ranks, const char *begin,
                           bool fits)
{
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		if (strncmp(kinds[i], begin, strlen(begin)))
			continue;
		struct sweep_run *run = add_run(runs, count, "mp", ranks);
		snprintf(run->mismatch, sizeof(run->mismatch), "%s", kinds[i]);
		set(run->backend, "mp");
		set(run->transport, transport);
		run->fits = fits;
	}
}

ParameterizedTestParameters(mismatch, is_told)
{
	static struct sweep_run runs[RUNS];
	size_t count = 0;

	for (size_t t = 0; t < TRANSPORTS; t++)
		add_mismatches(runs, &count, transports[t], ranks_wanted(), "",
		               false);
	return cr_make_param_array(struct sweep_run, runs, count);
}

ParameterizedTest(struct sweep_run *run, mismatch, is_told)
{
	launch(run);
}

ParameterizedTestParameters(mismatch_fitting, is_told)
{
	static struct sweep_run runs[RUNS];
	size_t count = 0;

	for (size_t i = 0; i < LENGTH(many); i++)
		add_mismatches(runs, &count, "shm", many[i], "gatherv_", false);
	add_mismatches(runs, &count, "shm", 13, "gatherv_", true);
	add_mismatches(runs, &count, "shm", 3, "", true);
	return cr_make_param_array(struct sweep_run, runs, count);
}

ParameterizedTest(struct sweep_run *run, mismatch_fitting, is_told)
{
	launch(run);
}

#if defined(MPIRUN_OPENMPI) || defined(MPIRUN_MPICH)
/* Under a launcher, auto is mpi; and so it is by name. */
static size_t add_mpi(struct sweep_run runs[RUNS], const char *launcher,
                      int most_full)
{
	size_t count = 0;
	struct sweep_run *run = add_run(runs, &count, "mpi", ranks_wanted());

	snprintf(run->launcher, sizeof(run->launcher), "%s", launcher);
	set(run->backend, run->ranks % 2 ? "" : "mpi");
	run->quick = run->ranks > most_full;
	return count;
}
#endif

#ifdef MPIRUN_OPENMPI
ParameterizedTestParameters(openmpi, conforms)
{
	static struct sweep_run runs[RUNS];
	size_t count = add_mpi(runs, MPIRUN_OPENMPI, FULL_RANKS);

	return cr_make_param_array(struct sweep_run, runs, count);
}

ParameterizedTest(struct sweep_run *run, openmpi, conforms)
{
	launch(run);
}
#endif

#ifdef MPIRUN_MPICH
/* With more ranks than cores each of its calls takes milliseconds, because it
 * spins. So more than two ranks run a few parts only: the module's code is the one
 * that runs over Open MPI. */
ParameterizedTestParameters(mpich, conforms)
{
	static const char *const parts[] = {"gatherv", "objects", "results"};
	static struct sweep_run runs[RUNS];
	size_t count = add_mpi(runs, MPIRUN_MPICH, 1);

	for (size_t i = 0; runs[0].ranks > 2 && i < LENGTH(parts); i++) {
		if (i > 0)
			runs[count++] = runs[0];
		set(runs[i].part, parts[i]);
	}
	return cr_make_param_array(struct sweep_run, runs, count);
}

ParameterizedTest(struct sweep_run *run, mpich, conforms)
{
	launch(run);
}
#endif
