// A C++ program whose callback does not return.
//
//	leaving HOW WHERE
//
// HOW is throw, pthread_exit, longjmp or exit; WHERE is execute (in task 2), build
// or teardown (on the last rank), or on_result. "longjmp_" and a word say what the
// program does next.
#include <cohort.h>

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <pthread.h>
#include <stdexcept>
#include <unistd.h>

namespace
{
enum { TASKS = 6, LEFT = 2, STATUS = 3 };

const char *how;
const char *where;
bool last_rank;
std::jmp_buf outside;

void leave()
{
	if (!std::strcmp(how, "throw"))
		throw std::runtime_error("no convergence");
	if (!std::strcmp(how, "pthread_exit"))
		pthread_exit(nullptr);
	if (!std::strncmp(how, "longjmp", 7))
		std::longjmp(outside, 1);
	std::exit(STATUS);
}

int build(void *, void **)
{
	if (last_rank && !std::strcmp(where, "build"))
		leave();
	return 0;
}

int execute(cohort_task *task)
{
	if (cohort_task_index(task) == LEFT && !std::strcmp(where, "execute"))
		leave();
	return 0;
}

void teardown(void *)
{
	if (last_rank && !std::strcmp(where, "teardown"))
		leave();
}

int on_result(void *, const cohort_result *)
{
	leave();
	return 0;
}

cohort_status scatter(cohort *group)
{
	cohort_job job = {};

	if (!std::strcmp(where, "on_result"))
		job.on_result = on_result;

	job.build = build;
	job.execute = execute;
	job.teardown = teardown;
	if (setjmp(outside) == 0)
		return cohort_scatter(group, &job, nullptr, TASKS);
	std::printf("behind the longjmp\n");
	if (!std::strcmp(how, "longjmp_exit"))
		std::exit(0);
	if (!std::strcmp(how, "longjmp_close"))
		return cohort_close(group);
	if (!std::strcmp(how, "longjmp_open"))
		return cohort_open(nullptr, &group);
	return cohort_barrier(group);
}

void print_results(cohort *group)
{
	cohort_results *results;
	std::size_t count;

	if (cohort_gather(group, &results) != COHORT_OK) {
		std::printf("gather: %s\n", cohort_error());
		return;
	}
	const cohort_result *all = cohort_results_all(results, &count);
	for (std::size_t i = 0; i < count; i++)
		std::printf("task %zu: %s: %s\n", i,
		            cohort_status_name(all[i].status), all[i].error);
	cohort_results_free(results);
}
} // namespace

int main(int argc, char **argv)
{
	cohort *group;

	if (argc != 3)
		return 2;
	how = argv[1];
	where = argv[2];
	if (cohort_open(nullptr, &group) != COHORT_OK)
		return 2;
	const pid_t self = getpid();
	last_rank = cohort_rank(group) == cohort_size(group) - 1;
	try {
		const cohort_status status = scatter(group);
		std::printf("scatter: %s: %s\n", cohort_status_name(status),
		            status == COHORT_OK ? "" : cohort_error());
	} catch (const std::exception &) {
		std::printf("caught outside\n");
	}
	if (getpid() != self)
		std::printf("a copy of the program\n");
	print_results(group);
	return cohort_close(group) == COHORT_OK ? 0 : 1;
}
