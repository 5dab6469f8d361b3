/* Groups: their properties, several at once, closed and opened again. */
#include "parts.h"

#include <string.h>

static void checks_accessors(const struct run *run)
{
	const char *backend = cohort_backend(run->group);

	check_case("accessors");
	CHECK(run->size >= 1, "size is %d", run->size);
	CHECK(run->rank >= 0 && run->rank < run->size, "rank is %d", run->rank);
	CHECK(cohort_is_root(run->group) == (run->rank == 0), "root");
	CHECK(!strcmp(backend, "serial") || !strcmp(backend, "mp") ||
	          !strcmp(backend, "mpi"),
	      "backend is \"%s\"", backend);
	CHECK(strcmp(backend, "serial") || run->size == 1, "serial with %d",
	      run->size);
	CHECK(!strcmp(cohort_version(), "0.2.0"), "version is %s",
	      cohort_version());
	CHECK(cohort_version_number() == 200 && COHORT_VERSION == 200,
	      "version is %d", cohort_version_number());

	check_case("accessors of NULL");
	CHECK(cohort_rank(NULL) == -1, "rank %d", cohort_rank(NULL));
	CHECK(cohort_size(NULL) == -1, "size %d", cohort_size(NULL));
	CHECK(!cohort_is_root(NULL), "root");
	CHECK(!strcmp(cohort_backend(NULL), ""), "\"%s\"",
	      cohort_backend(NULL));
}

/* Every rank number occurs once. */
static void checks_ranks(const struct run *run, cohort *group)
{
	int64_t sum = 0;
	const int64_t mine = (int64_t)1 << (run->rank % 62);
	int64_t bits = 0;
	const int64_t rank = run->rank;

	CHECK(cohort_rank(group) == run->rank, "rank %d", cohort_rank(group));
	CHECK(cohort_size(group) == run->size, "size %d", cohort_size(group));
	MUST(cohort_allreduce(group, &rank, &sum, 1, COHORT_INT64, COHORT_SUM));
	CHECK(sum == (int64_t)run->size * (run->size - 1) / 2,
	      "the ranks add up to %lld", (long long)sum);
	MUST(
	    cohort_allreduce(group, &mine, &bits, 1, COHORT_INT64, COHORT_SUM));
	CHECK(run->size > 62 || bits == ((int64_t)1 << run->size) - 1,
	      "ranks are there twice: %llx", (unsigned long long)bits);
}

static void opens(const struct run *run, cohort **out)
{
	const cohort_options same = {.backend = cohort_backend(run->group)};

	*out = NULL;
	MUST(cohort_open(&same, out));
	CHECK(*out != NULL, "no group");
}

/* Calls on one group are not those on another. */
static void checks_several(const struct run *run)
{
	cohort *others[3];
	int32_t number;

	check_case("several groups at once");
	for (int i = 0; i < 3; i++)
		opens(run, &others[i]);
	for (int i = 0; i < 12; i++) {
		cohort *group = i % 4 == 3 ? run->group : others[i % 4];
		number = run->rank == 0 ? 100 + i : -1;
		MUST(cohort_bcast(group, &number, 1, COHORT_INT32, 0));
		CHECK(number == 100 + i, "got %d", (int)number);
		checks_ranks(run, group);
	}
	/* Not in the order in which they were opened. */
	MUST(cohort_close(others[1]));
	checks_ranks(run, others[0]);
	MUST(cohort_close(others[0]));
	checks_ranks(run, others[2]);
	MUST(cohort_close(others[2]));
	checks_ranks(run, run->group);
}

static void checks_reopening(const struct run *run)
{
	const int often = run->quick ? 5 : 50;

	for (int i = 0; i < often; i++) {
		cohort *group;
		check_case("opening again, %d of %d", i, often);
		opens(run, &group);
		checks_ranks(run, group);
		MUST(cohort_close(group));
	}
}

static int execute(cohort_task *task)
{
	(void)task;
	return 0;
}

/* Every call on a closed group is refused, and says why. */
static void checks_closed(cohort *group)
{
	const cohort_job job = {.execute = execute};
	cohort_results *results = NULL;
	cohort_counts counts;
	cohort_blob object = {0};
	int32_t number = 0;

	check_case("a closed group");
	CHECK_STATUS(COHORT_ESTATE, cohort_barrier(group));
	CHECK_NAMES("cohort_barrier: this group is closed");
	CHECK_STATUS(COHORT_ESTATE,
	             cohort_bcast(group, &number, 1, COHORT_INT32, 0));
	CHECK_STATUS(COHORT_ESTATE, cohort_bcast_object(group, &object, 0));
	CHECK_STATUS(COHORT_ESTATE, cohort_scatter(group, &job, NULL, 1));
	CHECK_NAMES("cohort_scatter: this group is closed");
	CHECK_STATUS(COHORT_ESTATE, cohort_gather(group, &results));
	CHECK_STATUS(COHORT_ESTATE, cohort_stop_on_signals(group));
	CHECK_STATUS(COHORT_ESTATE, cohort_stop(group));
	CHECK_STATUS(COHORT_ESTATE, cohort_progress(group, &counts));
	CHECK_NAMES("closed");
	CHECK(!cohort_alloc(group, 1), "memory of a closed group");
	CHECK_NAMES("closed");
	CHECK(cohort_rank(group) == -1, "rank %d", cohort_rank(group));
	CHECK(cohort_size(group) == -1, "size %d", cohort_size(group));
	CHECK(cohort_local_rank(group) == -1, "local rank %d",
	      cohort_local_rank(group));
	CHECK(cohort_local_size(group) == -1, "local size %d",
	      cohort_local_size(group));
	CHECK(!cohort_is_root(group), "root");
	CHECK(!strcmp(cohort_backend(group), ""), "\"%s\"",
	      cohort_backend(group));
	CHECK(cohort_stop_signal(group) == 0, "signal %d",
	      cohort_stop_signal(group));
	CHECK_STATUS(COHORT_ESTATE, cohort_close(group));
	CHECK_NAMES("closed already");
}

/* More than the library keeps before it uses their memory again. */
static void checks_many_closed(const struct run *run)
{
	enum { MANY = 40 };
	cohort *groups[MANY];

	for (int i = 0; i < MANY; i++)
		opens(run, &groups[i]);
	for (int i = 0; i < MANY; i++)
		MUST(cohort_close(groups[i]));
	for (int i = 0; i < MANY; i++)
		checks_closed(groups[i]);
	for (int i = 0; i < MANY; i++) {
		opens(run, &groups[i]);
		MUST(cohort_close(groups[i]));
	}
	for (int i = 0; i < MANY; i++)
		checks_closed(groups[i]);
	opens(run, &groups[0]);
	checks_ranks(run, groups[0]);
	MUST(cohort_close(groups[0]));
}

static void checks_closing(const struct run *run)
{
	cohort *group;
	int local = 0;

	check_case("closing");
	MUST(cohort_close(NULL));
	opens(run, &group);
	MUST(cohort_close(group));
	CHECK_STATUS(COHORT_ESTATE, cohort_close(group));
	CHECK_NAMES("cohort_close");
	checks_closed(group);
	CHECK_STATUS(COHORT_ESTATE, cohort_close((cohort *)(void *)&local));
	CHECK_NAMES("not an open group");
	checks_many_closed(run);
	checks_ranks(run, run->group);
}

static void checks_options(const struct run *run)
{
	const cohort_options elsewhere = {.backend = "nowhere"};
	const cohort_options negative = {.size = -2};
	const cohort_options larger = {.backend = "mp", .size = run->size + 1};
	const cohort_options as_large = {.backend = "mp", .size = run->size};
	int value;
	const cohort_options stray = {.backend = "serial", .mpi_comm = &value};
	cohort *group = run->group;

	check_case("options that are not allowed");
	CHECK_STATUS(COHORT_EINVAL, cohort_open(NULL, NULL));
	CHECK_NAMES("out");
	CHECK_STATUS(COHORT_ECONFIG, cohort_open(&elsewhere, &group));
	CHECK_NAMES("nowhere");
	CHECK_STATUS(COHORT_ECONFIG, cohort_open(&negative, &group));
	CHECK_NAMES("-2");
	CHECK_STATUS(COHORT_ECONFIG, cohort_open(&stray, &group));
	CHECK_NAMES("mpi_comm");
	if (!strcmp(cohort_backend(run->group), "mp")) {
		CHECK_STATUS(COHORT_ESTATE, cohort_open(&larger, &group));
		CHECK_NAMES("size");
	}
	CHECK(group == run->group, "a failure wrote out");
	if (!strcmp(cohort_backend(run->group), "mp")) {
		MUST(cohort_open(&as_large, &group));
		MUST(cohort_close(group));
	}
	checks_ranks(run, run->group);
}

/* Every rank may have a group of its own beside the others. */
static void checks_serial(const struct run *run)
{
	const cohort_options serial = {.backend = "serial"};
	cohort *group;
	int32_t mine = run->rank;
	int32_t sum = -1;

	check_case("a serial group beside it");
	MUST(cohort_open(&serial, &group));
	CHECK(cohort_size(group) == 1 && cohort_rank(group) == 0, "%d of %d",
	      cohort_rank(group), cohort_size(group));
	CHECK(!strcmp(cohort_backend(group), "serial"), "\"%s\"",
	      cohort_backend(group));
	MUST(cohort_allreduce(group, &mine, &sum, 1, COHORT_INT32, COHORT_SUM));
	CHECK(sum == mine, "%d", (int)sum);
	MUST(cohort_close(group));
}

void part_group(const struct run *run)
{
	checks_accessors(run);
	checks_ranks(run, run->group);
	checks_options(run);
	checks_several(run);
	checks_reopening(run);
	checks_closing(run);
	checks_serial(run);
}
