/*
 * The variable holds the number of the rank's process, the time at which the
 * rank wrote it, and where: after the rank's end, or on another machine, the
 * variable means nothing. A process that got the number later has started
 * later. (The time at which the rank itself has started would do as well, but
 * each rank would have to read it in /proc, which takes a tenth of the time
 * that a rank needs to start.) The fingerprints tell whether a variable is the
 * rank's own or was set anew: a task may start an MPI job of its own, or name
 * a backend.
 */
#define _GNU_SOURCE /* CLOCK_BOOTTIME */
#include "nesting.h"

#include "common/base/digest.h"
#include "common/base/environment.h"
#include "common/base/system_file.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char variable[] = "COHORT_INSIDE";

/* When a process started, in clock ticks since the machine did; 0 if that is
 * unknown. */
static uint64_t start_of(pid_t process)
{
	enum { FIELDS_BEFORE = 20 }; /* between the name and the time */
	char path[64];
	char text[1024];

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)process);
	if (!system_file_read(path, text, sizeof(text)))
		return 0;
	/* The name is in parentheses, and may contain any character. */
	const char *at = strrchr(text, ')');
	for (int i = 0; at && i < FIELDS_BEFORE; i++)
		at = strchr(at + 1, ' ');
	uint64_t start = 0;
	return at && sscanf(at, "%" SCNu64, &start) == 1 ? start : 0;
}

/* The time in the same ticks, which go on while the machine is suspended. */
static uint64_t ticks_now(void)
{
	const uint64_t hertz = (uint64_t)sysconf(_SC_CLK_TCK);
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return (uint64_t)time.tv_sec * hertz +
	       (uint64_t)time.tv_nsec * hertz / 1000000000;
}

/* Tells apart machines, their boots, and namespaces that number processes. */
static uint64_t place_fingerprint(void)
{
	char text[256];
	uint64_t place = DIGEST_BEGIN;

	if (system_file_read("/proc/sys/kernel/random/boot_id", text,
	                     sizeof(text)))
		place = digest_add(place, text, strlen(text));
	const ssize_t bytes = readlink("/proc/self/ns/pid", text, sizeof(text));
	return bytes > 0 ? digest_add(place, text, (size_t)bytes) : place;
}

static bool is_there(const struct nesting *nesting)
{
	if (kill(nesting->rank, 0) && errno == ESRCH)
		return false;
	return nesting->place == place_fingerprint() &&
	       start_of(nesting->rank) <= nesting->written;
}

struct nesting nesting_read(void)
{
	const int saved = errno;
	const char *value = environment_get(variable);
	struct nesting nesting = {0};
	long rank = 0;
	char rest;

	if (!value ||
	    sscanf(value,
	           "%ld:%" SCNu64 ":%" SCNx64 ":%" SCNx64 ":%" SCNx64 "%c",
	           &rank, &nesting.written, &nesting.place, &nesting.launcher,
	           &nesting.settings, &rest) != 5 ||
	    rank <= 1 || rank != (pid_t)rank)
		return (struct nesting){0};
	nesting.rank = (pid_t)rank;
	if (!is_there(&nesting))
		nesting = (struct nesting){0};
	errno = saved;
	return nesting;
}

struct nesting nesting_own(void)
{
	return (struct nesting){
	    .place = place_fingerprint(),
	    .launcher = launcher_fingerprint(),
	    .settings = environment_fingerprint(
	        environment_fingerprint(0, "COHORT_BACKEND"), "COHORT_SIZE"),
	};
}

const struct launcher *nesting_apply(const struct nesting *inherited,
                                     const struct launcher *launcher,
                                     struct config *config)
{
	const struct nesting now = nesting_own();

	config->inside = inherited->rank;
	if (!inherited->rank)
		return launcher;
	if (now.settings == inherited->settings &&
	    !config->backend_from_options) {
		config->backend = BACKEND_AUTO;
		config->backend_from = "nothing";
	}
	if (now.settings == inherited->settings && !config->size_from_options)
		config->size = 0;
	config->launcher_inherited =
	    launcher &&
	    (now.launcher == inherited->launcher || launcher_is_cut_off());
	return config->launcher_inherited ? NULL : launcher;
}

void nesting_leave(const struct nesting *own)
{
	const int saved = errno;
	char value[128];

	snprintf(value, sizeof(value),
	         "%ld:%" PRIu64 ":%" PRIx64 ":%" PRIx64 ":%" PRIx64,
	         (long)getpid(), ticks_now(), own->place, own->launcher,
	         own->settings);
	environment_set(variable, value);
	errno = saved;
}

char *nesting_save(void)
{
	return environment_copy(variable);
}

void nesting_restore(char *saved)
{
	environment_set(variable, saved);
	free(saved);
}
