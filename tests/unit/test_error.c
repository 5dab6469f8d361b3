/* The thread's last sentence, and the names of statuses. */
#define _POSIX_C_SOURCE 200809L
#include "common/base/error.h"

#include <criterion/criterion.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

Test(error, every_status_has_its_name)
{
	static const struct {
		cohort_status status;
		const char *name;
	} known[] = {
	    {COHORT_OK, "COHORT_OK"},
	    {COHORT_EINVAL, "COHORT_EINVAL"},
	    {COHORT_ECONFIG, "COHORT_ECONFIG"},
	    {COHORT_EBACKEND, "COHORT_EBACKEND"},
	    {COHORT_ESTATE, "COHORT_ESTATE"},
	    {COHORT_EMISMATCH, "COHORT_EMISMATCH"},
	    {COHORT_EPEER, "COHORT_EPEER"},
	    {COHORT_ETIMEOUT, "COHORT_ETIMEOUT"},
	    {COHORT_ETASK, "COHORT_ETASK"},
	    {COHORT_ENOMEM, "COHORT_ENOMEM"},
	    {COHORT_ESYS, "COHORT_ESYS"},
	    {COHORT_EIO, "COHORT_EIO"},
	    {COHORT_ECORRUPT, "COHORT_ECORRUPT"},
	    {COHORT_ESTOPPED, "COHORT_ESTOPPED"},
	    {COHORT_EBUILD, "COHORT_EBUILD"},
	    {COHORT_EINTERRUPTED, "COHORT_EINTERRUPTED"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		cr_expect((size_t)known[i].status == i, "%s moved",
		          known[i].name);
		cr_expect_str_eq(cohort_status_name(known[i].status),
		                 known[i].name);
	}
	cr_expect_str_eq(cohort_status_name((cohort_status)16), "COHORT_?");
	cr_expect_str_eq(cohort_status_name((cohort_status)-1), "COHORT_?");
}

Test(error, nothing_is_said_before_anything_failed)
{
	cr_expect_str_eq(cohort_error(), "");
}

Test(error, a_sentence_is_kept_until_the_next)
{
	errno = EDOM;
	cr_expect(error_set(COHORT_EIO, "%s: %d", "first", 1) == COHORT_EIO);
	cr_expect(errno == EDOM, "errno is %d", errno);
	cr_expect_str_eq(cohort_error(), "first: 1");
	cr_expect(error_set(COHORT_EPEER, "second") == COHORT_EPEER);
	cr_expect_str_eq(cohort_error(), "second");
}

Test(error, the_last_sentence_may_go_into_the_next)
{
	error_set(COHORT_EINVAL, "the cause");
	error_set(COHORT_EINVAL, "so: %s", cohort_error());
	cr_expect_str_eq(cohort_error(), "so: the cause");
}

Test(error, a_long_sentence_keeps_beginning_and_end)
{
	char text[2 * ERROR_BYTES];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	error_set(COHORT_EINVAL, "because %s so", text);
	cr_expect(strlen(cohort_error()) == 4095, "%zu",
	          strlen(cohort_error()));
	cr_expect(!strncmp(cohort_error(), "because xxx", 11));
	cr_expect_str_eq(cohort_error() + 4095 - 6, "xxx so");
	cr_expect(strstr(cohort_error(), "x ... x"));
	errno = EIO;
	error_sys("%s", text);
	cr_expect(strlen(cohort_error()) < ERROR_BYTES);
	cr_expect(strstr(cohort_error(), strerror(EIO)));
}

Test(error, system_errors_say_what_the_system_says)
{
	char expected[256];

	errno = ENFILE;
	cr_expect(error_sys("socketpair for rank %d", 3) == COHORT_ESYS);
	cr_expect(errno == ENFILE, "errno is %d", errno);
	snprintf(expected, sizeof(expected), "socketpair for rank 3: %s",
	         strerror(ENFILE));
	cr_expect_str_eq(cohort_error(), expected);
	errno = ENOMEM;
	cr_expect(error_sys("mmap") == COHORT_ENOMEM);
}

static void *fail_elsewhere(void *before)
{
	*(bool *)before = cohort_error()[0] == '\0';
	error_set(COHORT_EINVAL, "elsewhere");
	return NULL;
}

Test(error, each_thread_has_its_own)
{
	pthread_t thread;
	bool empty = false;

	error_set(COHORT_EINVAL, "here");
	cr_assert(pthread_create(&thread, NULL, fail_elsewhere, &empty) == 0);
	cr_assert(pthread_join(thread, NULL) == 0);
	cr_expect(empty, "a new thread begins with a sentence");
	cr_expect_str_eq(cohort_error(), "here");
}

Test(error, a_shared_sentence_names_the_call_that_was_made)
{
	const struct error_call none = error_begin_call("first", "outer");

	error_set(COHORT_EIO, "first: why");
	cr_expect_str_eq(cohort_error(), "outer: why");
	const struct error_call outer = error_begin_call("first", "inner");
	error_set(COHORT_EIO, "first: first: why");
	cr_expect_str_eq(cohort_error(), "inner: first: why");
	error_end_call(outer);
	error_set(COHORT_EIO, "%s", "first: again");
	cr_expect_str_eq(cohort_error(), "outer: again");
	error_set(COHORT_EIO, "first_of_all: why");
	cr_expect_str_eq(cohort_error(), "first_of_all: why");
	error_end_call(none);
	error_set(COHORT_EIO, "first: why");
	cr_expect_str_eq(cohort_error(), "first: why");
}
