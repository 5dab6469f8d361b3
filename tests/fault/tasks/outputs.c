/* The output of tasks appears once, however they end. Too large results and too
 * long sentences. */
#define _GNU_SOURCE
#include "cases.h"
#include "sweep.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TASKS = 60 };

/* No line ends, so the stream flushes nothing by itself. */
static int print(cohort_task *task)
{
	const size_t index = cohort_task_index(task);

	task_begins(task);
	if (index % 10 == 7)
		raise(SIGKILL);
	printf("<%zu>", index);
	fprintf(stderr, "[%zu]", index);
	if (index % 10 == 3)
		exit(0);
	return task_ends(task);
}

static void set_streams(int out, int err)
{
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
}

static int times(const char *text, const char *format, int index)
{
	char word[16];
	int count = 0;

	snprintf(word, sizeof(word), format, index);
	while ((text = strstr(text, word))) {
		text++;
		count++;
	}
	return count;
}

/* A file of the rank's own: the output of several ranks in one file may be
 * mixed. */
static int open_output(const char *name, int rank)
{
	char path[PATH_BYTES];
	char file[32];

	snprintf(file, sizeof(file), "%s.%d", name, rank);
	path_of(path, file);
	return open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void expect_output(const char *name, const char *format)
{
	static char text[1 << 16];
	size_t used = 0;

	for (int r = 0; r < here.size; r++) {
		const int fd = open_output(name, r);
		const ssize_t got =
		    pread(fd, text + used, sizeof(text) - 1 - used, 0);
		used += got > 0 ? (size_t)got : 0;
		close(fd);
	}
	text[used] = '\0';
	for (int i = 0; i < TASKS; i++)
		EXPECT(times(text, format, i) == (i % 10 != 7),
		       "%d is there %d times: %s", i, times(text, format, i),
		       text);
	for (int r = 0; r < here.size; r++)
		EXPECT(times(text, "{%d}", r) == 1,
		       "rank %d is there %d times: %s", r,
		       times(text, "{%d}", r), text);
}

static int print_line(cohort_task *task)
{
	char line[101];

	memset(line, 'a' + (int)(cohort_task_index(task) % 26), 100);
	line[100] = '\0';
	puts(line);
	nap(1e-4); /* so that each rank gets some */
	return task_ends(task);
}

/* Whether the file has this number of lines, each as print_line writes them. */
static void expect_lines(int lines)
{
	static char text[1 << 16];
	const int fd = open_output("lines", 0);
	const ssize_t got = pread(fd, text, sizeof(text) - 1, 0);
	int whole = 0;

	close(fd);
	for (const char *line = text; line < text + got; line += 101) {
		char expected[101];
		memset(expected, line[0], 100);
		expected[100] = '\n';
		whole += !memcmp(line, expected, 101);
	}
	EXPECT(whole == lines && got == 101 * lines, "%d lines are whole: %s",
	       whole, text);
}

/* All ranks write to one file through buffers that hold several lines and a part of
 * one. */
void case_output_together(void)
{
	enum { LINES = 200 };
	const int out = dup(STDOUT_FILENO);
	const int file = open_output("lines", 0);

	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	cohort_status status =
	    sweep_scatter((cohort_job){.execute = print_line}, LINES);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	MUST(status);
	barrier();
	expect_lines(LINES);
	close(file);
	close(out);
}

void case_output(void)
{
	const int out = dup(STDOUT_FILENO);
	const int err = dup(STDERR_FILENO);
	const int files[] = {open_output("out", here.rank),
	                     open_output("err", here.rank)};

	set_streams(files[0], files[1]);
	printf("{%d}", here.rank); /* in the buffer when children are forked */
	fprintf(stderr, "{%d}", here.rank);
	cohort_status status = sweep_scatter(
	    (cohort_job){.execute = print, .isolate = true}, TASKS);
	set_streams(out, err);
	MUST(status);
	barrier();
	expect_output("out", "<%d>");
	expect_output("err", "[%d]");
	close(files[0]);
	close(files[1]);
	close(out);
	close(err);
	barrier();
}

static int print_to_nobody(cohort_task *task)
{
	task_begins(task);
	printf("<%zu>", cohort_task_index(task));
	return task_ends(task);
}

/* Each child runs a task and is then killed by SIGPIPE, since nobody reads its
 * output. The sweep is completed all the same. */
void case_output_closed(void)
{
	static const struct failing none = {0};
	const int out = dup(STDOUT_FILENO);
	int pipes[2];

	EXPECT(!pipe(pipes), "pipe");
	close(pipes[0]);
	set_streams(pipes[1], STDERR_FILENO);
	close(pipes[1]);
	struct gathered gathered =
	    sweep_run((cohort_job){.execute = print_to_nobody, .isolate = true},
	              30 * (size_t)here.size);
	set_streams(out, STDERR_FILENO);
	close(out);
	sweep_expect(&gathered, 30 * (size_t)here.size, &none);
}

static size_t bytes_wanted;
static bool checks;

static int want_much(cohort_task *task)
{
	task_begins(task);
	if (cohort_task_index(task) % 7 == 4) {
		char *result = cohort_task_result(task, bytes_wanted);
		EXPECT(!result, "there is memory for %zu bytes", bytes_wanted);
		if (checks)
			return 0;
		task_dies();
		*(volatile char *)((uintptr_t)result | 16) = 1;
	}
	return task_ends(task);
}

static void expect_too_large(bool isolate, const char *words)
{
	static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 64, SIZE_MAX / 2,
	                               SIZE_MAX / 4, (size_t)1 << 46};
	const struct failing failing = {7, 4, words, 1};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		bytes_wanted = sizes[i];
		struct gathered gathered = sweep_run(
		    (cohort_job){.execute = want_much, .isolate = isolate}, 20);
		sweep_expect(&gathered, 20, &failing);
	}
}

void case_results_too_large(void)
{
	checks = true;
	expect_too_large(true, "no memory for a result of");
	expect_too_large(false, "no memory for a result of");
	checks = false;
	expect_too_large(true, "signal 11");
}

enum { SENTENCE_MOST = 4095 };

static const char euro[] = "\xe2\x82\xac";
static const char dots[] = " ... ";

/* The sentence is longer than what is kept. It begins with as many letters as
 * the index says, so that the border falls on each byte of a character. The
 * last task says bytes that are no UTF-8, and the one before nothing. */
static int say_too_much(cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	char sentence[9000] = "";

	task_begins(task);
	memset(cohort_task_result(task, 100 * index + 1), (int)index,
	       100 * index + 1);
	if (index == 7)
		return cohort_task_fail_text(task, "caf\xe9 %s \x80\x1b[1m");
	if (index == 6)
		return cohort_task_fail_text(task, NULL);
	memset(sentence, 'a', index % 3);
	for (int i = 0; i < 1500; i++)
		strcat(sentence, euro);
	strcat(sentence, "so");
	return index < 3 ? cohort_task_fail(task, "%s", sentence)
	                 : cohort_task_fail_text(task, sentence);
}

/* Failed tasks have a result, too. */
static void expect_data(size_t k, const cohort_result *result)
{
	const unsigned char *data = result->data;

	EXPECT(result->status == COHORT_ETASK && result->bytes == 100 * k + 1 &&
	           data && data[0] == k && data[100 * k] == k,
	       "task %zu: %zu bytes", k, result->bytes);
}

static void expect_both_ends(size_t k, const char *error)
{
	const size_t length = strlen(error);
	const char *middle = strstr(error, dots);

	EXPECT(length > SENTENCE_MOST - 6 && length <= SENTENCE_MOST && middle,
	       "task %zu: %zu bytes", k, length);
	EXPECT(!strncmp(error + k % 3, euro, 3) &&
	           !strcmp(error + length - 5, "\xe2\x82\xacso") &&
	           !strncmp(middle - 3, euro, 3) &&
	           !strncmp(middle + strlen(dots), euro, 3),
	       "task %zu: %s", k, error);
}

void case_sentences_too_long(void)
{
	char path[PATH_BYTES + 16];

	snprintf(path, sizeof(path), "%s/journal", here.folder);
	/* The last two have their results from the journal. */
	for (int i = 0; i < 4; i++) {
		struct gathered gathered =
		    sweep_run((cohort_job){.execute = say_too_much,
		                           .isolate = i == 1,
		                           .journal = i > 1 ? path : NULL},
		              8);
		for (size_t k = 0; k < gathered.count; k++)
			expect_data(k, &gathered.all[k]);
		for (size_t k = 0; k < 6; k++)
			expect_both_ends(k, gathered.all[k].error);
		EXPECT(!strcmp(gathered.all[6].error, "execute returned -1"),
		       "%s", gathered.all[6].error);
		EXPECT(!strcmp(gathered.all[7].error, "caf\xe9 %s \x80\x1b[1m"),
		       "%s", gathered.all[7].error);
		sweep_free(&gathered);
	}
}

/* What opens groups in a task is the task itself, and none of its threads. */
static void *open_in_thread(void *unused)
{
	cohort *group = NULL;
	cohort_status status =
	    cohort_open(&(cohort_options){.backend = "serial"}, &group);

	EXPECT(status == COHORT_ESTATE && strstr(cohort_error(), "thread"),
	       "%s: %s", cohort_status_name(status), cohort_error());
	return unused;
}

static int open_groups(cohort_task *task)
{
	static const cohort_options kinds[] = {
	    {.backend = "mp", .size = 2},
	    {.backend = "mpi"},
	};
	cohort *group = NULL;
	pthread_t thread;

	task_begins(task);
	EXPECT(!pthread_create(&thread, NULL, open_in_thread, NULL) &&
	           !pthread_join(thread, NULL),
	       "no thread");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		cohort_status status = cohort_open(&kinds[i], &group);
		EXPECT(status == COHORT_ESTATE &&
		           strstr(cohort_error(), "inside a task"),
		       "%s: %s", cohort_status_name(status), cohort_error());
	}
	cohort_status status = cohort_barrier(here.group);
	EXPECT(status == COHORT_ESTATE, "%s", cohort_status_name(status));
	return task_ends(task);
}

/* A task cannot open groups of several ranks, in the rank's process or in a child. */
void case_groups_in_tasks(void)
{
	static const struct failing none = {0};

	for (int i = 0; i < 2; i++) {
		struct gathered gathered = sweep_run(
		    (cohort_job){.execute = open_groups, .isolate = i == 1},
		    TASKS);
		sweep_expect(&gathered, TASKS, &none);
	}
}

static pthread_barrier_t both;

/* Holds the lock of stdin, as a thread does that waits for input. */
static void *take_stdin(void *unused)
{
	(void)unused;
	flockfile(stdin);
	pthread_barrier_wait(&both);
	pthread_barrier_wait(&both);
	funlockfile(stdin);
	return NULL;
}

/* A thread that reads stdin does not hold up a fork. */
void case_stdin_taken(void)
{
	static const struct failing none = {0};
	pthread_t thread;

	pthread_barrier_init(&both, NULL, 2);
	EXPECT(!pthread_create(&thread, NULL, take_stdin, NULL), "no thread");
	pthread_barrier_wait(&both);
	struct gathered gathered = sweep_run(
	    (cohort_job){.execute = task_plain, .isolate = true}, TASKS);
	sweep_expect(&gathered, TASKS, &none);
	pthread_barrier_wait(&both);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&both);
}
