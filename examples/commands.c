/*
 * Run shell commands, one for each line of a file, and print how each ended, in
 * the order of the file. Blank lines are left out.
 *
 *	commands FILE
 *
 * It shows how a task runs another program: popen starts it, and the status that
 * pclose returns decides whether the task failed. Rank 0 reads the file, the
 * ranks run the commands. All failures are results, so one command that fails
 * does not end the others. The exit status is 1 if any command failed.
 */
#define _POSIX_C_SOURCE 200809L /* popen */
#include <cohort.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Longer lines of the file are refused, longer output lines are cut. */
enum { COMMAND_BYTES = 1024, OUTPUT_BYTES = 256 };

struct commands {
	char (*lines)[COMMAND_BYTES];
	size_t count;
};

static void check(cohort_status status)
{
	if (status == COHORT_OK)
		return;
	fprintf(stderr, "commands: %s\n", cohort_error());
	exit(EXIT_FAILURE);
}

/* The first line of the output is kept. The rest is read, because a program
 * whose output nobody reads is ended by SIGPIPE. */
static void read_output(FILE *pipe, char output[OUTPUT_BYTES])
{
	char rest[BUFSIZ];

	if (!fgets(output, OUTPUT_BYTES, pipe))
		output[0] = '\0';
	output[strcspn(output, "\n")] = '\0';
	while (fread(rest, 1, sizeof(rest), pipe) > 0)
		continue;
}

/* pclose returns the shell's wait status, or -1 if there is none to be had. */
static int judge_status(cohort_task *task, const char *command, int status)
{
	if (status == -1)
		return cohort_task_fail(task, "%s: no exit status: %s", command,
		                        strerror(errno));
	if (WIFSIGNALED(status))
		return cohort_task_fail(task, "%s: killed by signal %d",
		                        command, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return cohort_task_fail(task, "%s: exit status %d", command,
		                        WEXITSTATUS(status));
	return 0;
}

static int run_command(cohort_task *task)
{
	const char *command = cohort_task_param(task);
	char *output = cohort_task_result(task, OUTPUT_BYTES);

	if (!output)
		return -1;
	FILE *pipe = popen(command, "r");
	if (!pipe)
		return cohort_task_fail(task, "%s: cannot start a shell: %s",
		                        command, strerror(errno));
	read_output(pipe, output);
	return judge_status(task, command, pclose(pipe));
}

static void append(struct commands *commands, const char *line)
{
	const size_t bytes = (commands->count + 1) * COMMAND_BYTES;
	char(*grown)[COMMAND_BYTES] = realloc(commands->lines, bytes);

	if (!grown) {
		perror("commands: realloc");
		exit(EXIT_FAILURE);
	}
	commands->lines = grown;
	memset(grown[commands->count], 0, COMMAND_BYTES);
	strcpy(grown[commands->count++], line);
}

static struct commands read_commands(const char *path)
{
	struct commands commands = {NULL, 0};
	char line[COMMAND_BYTES];
	size_t number = 0;
	FILE *file = fopen(path, "r");

	if (!file) {
		fprintf(stderr, "commands: %s: %s\n", path, strerror(errno));
		exit(EXIT_FAILURE);
	}
	while (fgets(line, sizeof(line), file)) {
		number++;
		if (!strchr(line, '\n') && !feof(file)) {
			fprintf(
			    stderr,
			    "commands: %s, line %zu: longer than %d bytes\n",
			    path, number, COMMAND_BYTES - 2);
			exit(EXIT_FAILURE);
		}
		line[strcspn(line, "\n")] = '\0';
		if (line[strspn(line, " \t\r")])
			append(&commands, line);
	}
	fclose(file);
	return commands;
}

/* Returns how many commands failed. */
static size_t print_results(const cohort_results *results)
{
	size_t count;
	size_t failed = 0;
	const cohort_result *all = cohort_results_all(results, &count);

	for (size_t i = 0; i < count; i++) {
		const bool good = all[i].status == COHORT_OK;

		printf("%zu\t%s\t%s\n", i, good ? "ok" : "failed",
		       good ? (const char *)all[i].data : all[i].error);
		failed += !good;
	}
	return failed;
}

int main(int argc, char *argv[])
{
	const cohort_job job = {
	    .execute = run_command,
	    .param_bytes = COMMAND_BYTES,
	};
	struct commands commands = {NULL, 0};
	cohort *group;
	cohort_results *results;
	size_t failed = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: commands FILE\n");
		return EXIT_FAILURE;
	}
	/* A parent that ignores SIGCHLD passes that on, and then the kernel keeps
	 * no exit status for pclose. */
	signal(SIGCHLD, SIG_DFL);
	check(cohort_open(NULL, &group));
	if (cohort_is_root(group))
		commands = read_commands(argv[1]);
	check(cohort_scatter(group, &job, commands.lines, commands.count));
	check(cohort_gather_to_root(group, &results));
	if (cohort_is_root(group))
		failed = print_results(results);
	cohort_results_free(results);
	free(commands.lines);
	check(cohort_close(group));
	return failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
