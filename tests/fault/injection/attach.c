#define _GNU_SOURCE
#include "attach.h"

#include "clock.h"
#include "pace.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ATTACH_SECONDS = 10 };

static pid_t start_strace(pid_t target, const char *trace,
                          const struct injection *injection)
{
	char calls[2 * CALL_BYTES];
	char inject[128];
	char number[16];
	const pid_t pid = fork();

	if (pid != 0)
		return pid;
	snprintf(number, sizeof(number), "%d", (int)target);
	if (!injection) {
		execlp("strace", "strace", "-f", "-qq", "-o", trace, "-p",
		       number, (char *)NULL);
		_exit(127);
	}
	snprintf(calls, sizeof(calls), "trace=%s", injection->call);
	snprintf(inject, sizeof(inject), "inject=%s:error=%s:when=%d",
	         injection->call, injection->error, injection->occurrence);
	execlp("strace", "strace", "-f", "-qq", "-o", trace, "-e", calls, "-e",
	       inject, "-p", number, (char *)NULL);
	_exit(127);
}

/* Whether the process has a tracer. */
static bool is_traced(pid_t pid)
{
	char path[64];
	char line[256];
	int tracer = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "TracerPid: %d", &tracer) == 1)
			break;
	if (file)
		fclose(file);
	return tracer != 0;
}

bool attach_strace(pid_t target, const char *trace,
                   const struct injection *injection)
{
	const pid_t strace = start_strace(target, trace, injection);
	const double end = now() + ATTACH_SECONDS * pace_now();

	while (strace > 0 && now() < end) {
		if (is_traced(target))
			return true;
		if (waitpid(strace, NULL, WNOHANG) != 0)
			break;
		nap(0.0005);
	}
	return false;
}
