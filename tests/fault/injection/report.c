#include "report.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

void report_statuses(FILE *out, const struct verdict *verdict)
{
	for (int r = 0; r < RANKS_MOST; r++) {
		const struct rank_verdict *rank = &verdict->ranks[r];
		for (int i = 0; i < rank->count; i++)
			fprintf(out, "    rank %d: %s: %s: %s\n", r,
			        rank->failures[i].call,
			        cohort_status_name(rank->failures[i].status),
			        rank->failures[i].sentence);
	}
}

static void write_name(FILE *out, const struct setting *setting,
                       const struct injection *injection)
{
	if (injection)
		fprintf(out, "%s %s %s %d", setting->name, injection->call,
		        injection->error, injection->occurrence);
	else
		fprintf(out, "%s undisturbed", setting->name);
}

static void write_ranks(FILE *out, const struct setting *setting,
                        const struct run *run)
{
	for (int r = 0; r < setting->size; r++) {
		const struct rank_verdict *rank = &run->verdict.ranks[r];
		fprintf(out, "    rank %d:%s%s %s\n", r,
		        rank->opened ? " opened" : "",
		        rank->finished ? " finished" : "", rank->wrong);
	}
}

/* Text of several lines; the judge may have cut it at their ends. */
static void write_text(FILE *out, const char *title, const char *text,
                       size_t bytes)
{
	fprintf(out, "  %s:\n", bytes ? title : "nothing on stderr");
	for (size_t i = 0; i < bytes; i++) {
		if (i == 0 || !text[i - 1] || text[i - 1] == '\n')
			fputs("    ", out);
		fputc(text[i] ? text[i] : '\n', out);
	}
	if (bytes && text[bytes - 1] && text[bytes - 1] != '\n')
		fputc('\n', out);
}

/* The trace has all calls of the kind that fails. */
static void write_injected(FILE *out)
{
	char line[512];
	FILE *trace = fopen(run_trace(), "re");

	while (trace && fgets(line, sizeof(line), trace))
		if (strstr(line, "INJECTED"))
			fprintf(out, "    %s", line);
	if (trace)
		fclose(trace);
}

static void write_failed(FILE *out, const struct setting *setting,
                         const struct injection *injection,
                         const struct run *run, const char *complaint)
{
	fputs("FAILED: ", out);
	write_name(out, setting, injection);
	fprintf(out, ": %s\n", complaint);
	fprintf(out, "  %s %d\n",
	        WIFEXITED(run->status) ? "exit status" : "signal",
	        WIFEXITED(run->status) ? WEXITSTATUS(run->status)
	                               : WTERMSIG(run->status));
	write_ranks(out, setting, run);
	report_statuses(out, &run->verdict);
	if (*run->stuck)
		write_text(out, "did not end", run->stuck, strlen(run->stuck));
	write_text(out, "stderr", run->printed, run->printed_bytes);
	write_text(out, "stderr of the next run", run->printed_again,
	           run->printed_again_bytes);
	write_injected(out);
}

void report_failed(const struct setting *setting,
                   const struct injection *injection, const struct run *run,
                   const char *complaint)
{
	FILE *kept = fopen("injection-failures", "ae");
	const time_t when = time(NULL);

	write_failed(stdout, setting, injection, run, complaint);
	if (!kept)
		return;
	fputs(ctime(&when), kept);
	write_failed(kept, setting, injection, run, complaint);
	fclose(kept);
}

void report_not_made(const struct setting *setting,
                     const struct injection *injection)
{
	fputs("not made: ", stdout);
	write_name(stdout, setting, injection);
	fputc('\n', stdout);
}
