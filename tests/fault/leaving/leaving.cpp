// A C++ program whose callback does not return.
//
//	leaving HOW WHERE
//
// HOW is throw, pthread_exit, longjmp, exit, quick_exit, or context, which is a jump that the C
// library tells nobody of; WHERE is execute (in task 2), build or teardown (on the
// last rank), on_result, or one of the fork hooks. "context_" and a word say what
// the program does next. For copy and clone a process that is forked there returns;
// handlers of forks do not see the second one. copy_throw throws in it. nothing just
// returns. More words for HOW: longjmp_inside comes down within
// execute, longjmp_copy is done by a process that execute has forked, and
// longjmp_thread in a program whose only thread with cohort is not its first. If WHERE
// is call, HOW is one of calls.h.
#include "calls.h"

#include <cohort.h>

#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <pthread.h>
#include <stdexcept>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

namespace
{
enum { TASKS = 6, LEFT = 2, STATUS = 3 };

const char *how;
const char *where;
bool last_rank;
std::jmp_buf outside;
ucontext_t context;
volatile bool has_left;

bool is_at(const char *place)
{
	return !std::strcmp(where, place);
}

void jump_inside()
{
	std::jmp_buf inside;

	if (setjmp(inside) == 0)
		std::longjmp(inside, 1);
}

void jump_in_copy()
{
	const pid_t copy = fork();

	if (copy == 0)
		std::longjmp(outside, 1);
	int status;
	waitpid(copy, &status, 0);
}

// A copy has no memory for a result; else it would write into that of the task.
void ask_in_copy(cohort_task *task)
{
	const pid_t copy = fork();

	if (copy == 0) {
		void *memory = cohort_task_result(task, sizeof(int));
		std::fprintf(stderr, "the copy gets %s: %s\n",
		             memory ? "memory" : "nothing", cohort_error());
		_exit(0);
	}
	waitpid(copy, nullptr, 0);
}

// The copy comes back from the callback, once in each process that calls it.
void return_in_copy()
{
	static bool done;

	if (done)
		return;
	done = true;
	const pid_t copy = std::strcmp(how, "clone")
	                       ? fork()
	                       : (pid_t)syscall(SYS_clone, SIGCHLD, nullptr,
	                                        nullptr, nullptr, nullptr);
	if (copy == 0) {
		if (!std::strcmp(how, "copy_throw"))
			throw std::runtime_error("no convergence");
		return;
	}
	int status = 0;
	waitpid(copy, &status, 0);
	std::fprintf(stderr, "the copy's status: %d\n", WEXITSTATUS(status));
}

void leave()
{
	if (!std::strcmp(how, "nothing"))
		return;
	if (!std::strcmp(how, "clone") || !std::strncmp(how, "copy", 4))
		return return_in_copy();
	if (!std::strcmp(how, "longjmp_inside"))
		return jump_inside();
	if (!std::strcmp(how, "longjmp_copy"))
		return jump_in_copy();
	if (!std::strcmp(how, "throw"))
		throw std::runtime_error("no convergence");
	if (!std::strcmp(how, "pthread_exit"))
		pthread_exit(nullptr);
	if (!std::strncmp(how, "longjmp", 7))
		std::longjmp(outside, 1);
	has_left = true;
	if (!std::strcmp(how, "quick_exit"))
		std::quick_exit(STATUS);
	if (!std::strncmp(how, "context", 7))
		setcontext(&context);
	std::exit(STATUS);
}

void at_quick_end()
{
	std::fprintf(stderr, "the program's at_quick_exit handler\n");
}

void before_fork(void *)
{
	if (is_at("before_fork"))
		leave();
}

void after_fork_parent(void *)
{
	if (is_at("after_fork_parent"))
		leave();
}

void after_fork_child(void *)
{
	if (is_at("after_fork_child"))
		leave();
}

int build(void *, void **)
{
	if (last_rank && is_at("build"))
		leave();
	return 0;
}

int execute(cohort_task *task)
{
	const std::size_t index = cohort_task_index(task);
	void *result = cohort_task_result(task, sizeof(index));

	if (!result)
		return -1;
	std::memcpy(result, &index, sizeof(index));
	if (index == LEFT && !std::strcmp(how, "copy_result"))
		ask_in_copy(task);
	else if (index == LEFT && is_at("execute"))
		leave();
	return 0;
}

void teardown(void *)
{
	if (last_rank && is_at("teardown"))
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

	if (is_at("on_result"))
		job.on_result = on_result;

	job.build = build;
	job.execute = execute;
	job.teardown = teardown;
	job.journal = std::getenv("LEAVING_JOURNAL");
	getcontext(&context);
	if (!has_left && setjmp(outside) == 0)
		return cohort_scatter(group, &job, nullptr, TASKS);
	std::printf("behind the jump\n");
	std::fflush(stdout); // the child that runs tasks drops what is left
	if (!std::strcmp(how, "longjmp_copy"))
		_exit(0);
	if (!std::strcmp(how, "context_exit"))
		std::exit(0);
	if (!std::strcmp(how, "context_close"))
		return cohort_close(group);
	if (!std::strcmp(how, "context_open"))
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
	for (std::size_t i = 0; i < count; i++)
		if (all[i].status == COHORT_OK &&
		    (all[i].bytes != sizeof(i) ||
		     std::memcmp(all[i].data, &i, sizeof(i))))
			std::printf("task %zu: wrong data\n", i);
	cohort_results_free(results);
}

cohort *open_group()
{
	cohort_options options = {};
	cohort *group;

	options.before_fork = before_fork;
	options.after_fork_parent = after_fork_parent;
	options.after_fork_child = after_fork_child;
	try {
		if (setjmp(outside) == 0)
			return cohort_open(&options, &group) == COHORT_OK
			           ? group
			           : nullptr;
		std::printf("behind the jump\n");
	} catch (const std::exception &) {
		std::printf("caught outside\n");
	}
	return nullptr;
}

void *run(void *)
{
	cohort *group = open_group();

	if (!group) {
		std::printf("open: %s\n", cohort_error());
		std::exit(2);
	}
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
	std::exit(cohort_close(group) == COHORT_OK ? 0 : 1);
}
} // namespace

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc != 3)
		return 2;
	how = argv[1];
	where = argv[2];
	std::at_quick_exit(at_quick_end);
	if (is_at("call"))
		return leave_call(how);
	if (std::strcmp(how, "longjmp_thread"))
		run(nullptr);
	if (pthread_create(&thread, nullptr, run, nullptr))
		return 2;
	pthread_join(thread, nullptr);
}
