/* Limits that the program lowers after the open, to keep code that it does not
 * trust from opening or writing files. */
#define _DEFAULT_SOURCE
#include "cohort.h"
#include "scenarios.h"

#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/resource.h>

static void set_limit(int resource)
{
	const struct rlimit none = {0, 0};

	setrlimit(resource, &none);
}

static void no_descriptors(int rank)
{
	(void)rank;
	set_limit(RLIMIT_NOFILE);
}

static void no_bytes(int rank)
{
	(void)rank;
	set_limit(RLIMIT_FSIZE);
}

/* Number 1: with a journal, whose files cannot be opened. */
enum guest_end run_without_descriptors(const char *journal, int number)
{
	const struct guest guest = {
	    .journal = number == 1 ? journal : NULL,
	    .opened = no_descriptors,
	};

	return guest_run(&guest);
}

/* Number 1: with a journal, whose files cannot be written. */
enum guest_end run_without_bytes(const char *journal, int number)
{
	const struct guest guest = {
	    .journal = number == 1 ? journal : NULL,
	    .opened = no_bytes,
	};

	return guest_run(&guest);
}

static void no_addresses(int rank)
{
	(void)rank;
	set_limit(RLIMIT_AS);
}

/* What fails says that there is no memory. */
enum guest_end run_without_memory(const char *journal, int number)
{
	const struct guest guest = {
	    .journal = number == 1 ? journal : NULL,
	    .opened = no_addresses,
	};
	const enum guest_end end = guest_run(&guest);

	return end == GUEST_STATUS && strstr(cohort_error(), "Invalid argument")
	           ? GUEST_WRONG
	           : end;
}

static void print_too_much(int rank)
{
	no_bytes(rank);
	printf("lost\n");
}

/* The library's flushes lose what the program has printed to a file that may not
 * grow, and end nobody. */
enum guest_end run_with_output(const char *journal, int number)
{
	const struct guest guest = {.opened = print_too_much};

	(void)number;
	if (!freopen(journal, "w", stdout))
		return GUEST_WRONG;
	const enum guest_end end = guest_run(&guest);
	/* The C library would write the rest, with the signal. */
	__fpurge(stdout);
	return end;
}
