#include "calls.h"

#include <cohort.h>

#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <pthread.h>
#include <string>
#include <sys/time.h>
#include <unistd.h>
#include <vector>

namespace
{
enum { BYTES = 32 << 20, MOMENT_US = 10000 };

const char *how;
cohort *group;
sigjmp_buf outside;
volatile std::sig_atomic_t in_call;
volatile std::sig_atomic_t is_cancelled;
volatile cohort_status nested;
cohort_status in_thread;
std::vector<char> from;
std::vector<char> to;

void print(const char *what, cohort_status status)
{
	std::printf("rank %d: %s: %s: %s\n", cohort_rank(group), what,
	            cohort_status_name(status),
	            status == COHORT_OK ? "" : cohort_error());
}

std::string note()
{
	return std::string(std::getenv("LEAVING_NOTES")) + "/left";
}

void on_alarm(int)
{
	if (!in_call)
		return;
	in_call = 0;
	if (!std::strcmp(how, "jump"))
		siglongjmp(outside, 1);
	if (!std::strcmp(how, "thread_exit"))
		pthread_exit(nullptr);
	nested = cohort_barrier(group);
	close(open(note().c_str(), O_CREAT | O_WRONLY, 0600));
}

// One that takes long: on serial it copies data.
cohort_status call()
{
	const std::size_t count = from.size();

	return count > 0 ? cohort_gatherv(group, from.data(), count, to.data(),
	                                  &count, COHORT_UINT8, 0)
	                 : cohort_barrier(group);
}

// The call of serial may have ended before the signal comes.
void *call_until_left(void *)
{
	do {
		in_call = 1;
		in_thread = call();
	} while (in_call && !is_cancelled && cohort_size(group) == 1);
	in_call = 0;
	pthread_testcancel();
	return nullptr;
}

void handle_alarms()
{
	struct sigaction action = {};

	action.sa_handler = on_alarm;
	sigaction(SIGALRM, &action, nullptr);
}

void arm()
{
	const itimerval often = {{0, MOMENT_US}, {0, MOMENT_US}};

	handle_alarms();
	setitimer(ITIMER_REAL, &often, nullptr);
}

void disarm()
{
	const itimerval never = {};

	setitimer(ITIMER_REAL, &never, nullptr);
}

// Of the process's threads, which may be some of MPI's, the other one gets the signal.
void call_in_thread()
{
	pthread_t thread;
	void *result = nullptr;

	handle_alarms();
	pthread_create(&thread, nullptr, call_until_left, nullptr);
	while (!in_call)
		usleep(MOMENT_US);
	usleep(MOMENT_US);
	if (!std::strcmp(how, "cancel")) {
		pthread_cancel(thread);
		is_cancelled = 1;
		close(open(note().c_str(), O_CREAT | O_WRONLY, 0600));
	} else {
		pthread_kill(thread, SIGALRM);
	}
	pthread_join(thread, &result);
	std::printf("rank 0: its thread %s\n",
	            result == PTHREAD_CANCELED ? "was cancelled" : "has ended");
}

void run_rank_0()
{
	if (!std::strcmp(how, "thread_exit") || !std::strcmp(how, "cancel")) {
		call_in_thread();
		if (!std::strcmp(how, "cancel"))
			print("the call", in_thread);
	} else if (sigsetjmp(outside, 1) == 0) {
		arm();
		call_until_left(nullptr);
		disarm();
		print("nested", nested);
		print("the call", in_thread);
	}
	disarm();
	close(open(note().c_str(), O_CREAT | O_WRONLY, 0600));
}
} // namespace

int leave_call(const char *way)
{
	how = way;
	if (cohort_open(nullptr, &group) != COHORT_OK)
		return 2;
	if (cohort_size(group) == 1) {
		from.resize(BYTES);
		to.resize(BYTES);
	}
	if (cohort_is_root(group))
		run_rank_0();
	else
		while (access(note().c_str(), F_OK))
			usleep(MOMENT_US);
	if (!cohort_is_root(group))
		print("peer", cohort_barrier(group));
	print("next", cohort_barrier(group));
	const cohort_status closed = cohort_close(group);
	std::printf("close: %s\n", cohort_status_name(closed));
	return closed == COHORT_OK ? 0 : 1;
}
