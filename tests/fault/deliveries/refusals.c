/* The system refuses rank 0 the memory that it needs to hand over results. */
#define _GNU_SOURCE
#include "outcome.h"
#include "scenes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int refusal; /* errno of mprotect on rank 0; 0: it works */

/* The library calls this one. Children of rank 0 are not refused. */
int mprotect(void *start, size_t bytes, int rights)
{
	if (refusal && rights != PROT_NONE && getpid() == scene.root) {
		errno = refusal;
		return -1;
	}
	return (int)syscall(SYS_mprotect, start, bytes, rights);
}

/* From the first result on. */
static int take_and_refuse(void *arg, const cohort_result *result)
{
	refusal = scene.refusal;
	return on_scene_result(arg, result);
}

static void expect_failure(cohort_status status, cohort_status wanted,
                           const char *words)
{
	if (status != wanted || !strstr(cohort_error(), words))
		fail("%s: %s", cohort_status_name(status), cohort_error());
	if (scene.rank == 0 && scene.calls >= scene.count)
		fail("all results came");
}

void scene_refused(const cohort_job *job)
{
	cohort_job idle = *job;
	const bool lacks = job->isolate;

	scene.count = 100;
	scene.bytes = 1 << 20;
	scene.refusal = lacks ? ENOMEM : EACCES;
	idle.idle_root = true;
	idle.on_result = take_and_refuse;
	expect_failure(sweep_scene(&idle), lacks ? COHORT_ENOMEM : COHORT_ESYS,
	               "rank 0 has no memory to open results");
}

#ifndef __SANITIZE_ADDRESS__
/* Bytes of addresses that this process uses. */
static rlim_t used_addresses(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (!file || fscanf(file, "%lu", &pages) != 1)
		fail("cannot read /proc/self/statm");
	fclose(file);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}
#endif

void scene_no_copy(const cohort_job *job)
{
#ifndef __SANITIZE_ADDRESS__
	const rlim_t most = used_addresses() + ((rlim_t)20 << 20);
	const struct rlimit limit = {most, most};
	cohort_job idle = *job;

	scene.count = 3;
	scene.bytes = 60 << 20;
	idle.idle_root = true;
	if (scene.rank == 0 && setrlimit(RLIMIT_AS, &limit))
		fail("setrlimit: %s", strerror(errno));
	expect_failure(sweep_scene(&idle), COHORT_ENOMEM,
	               "copy a result for on_result");
#else
	(void)job; /* its allocator reserves addresses of its own */
#endif
}
