#include "running.h"

#include "base/clock.h"
#include "sweep/note.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { RANKS_SHOWN = 20 };

/* A rank writes its note every second. Clocks of machines may differ, and a
 * busy machine may be late. */
static const double fresh_seconds = 10;

/* What the latest run has done so far. */
struct pace {
	size_t done;
	size_t left;
	double began; /* seconds since 1970 */
};

static struct pace measure_pace(const struct loaded *loaded,
                                const struct note *notes, size_t count)
{
	struct pace pace = {.began = INFINITY};

	for (size_t i = 0; i < count; i++)
		pace.began = fmin(pace.began, notes[i].started);
	for (size_t row = 0; row < loaded->table.rows; row++) {
		const struct task_record record =
		    outcome_record(&loaded->outcomes[row]);

		if (record.end == TASK_NOT_RUN) {
			pace.left++;
		} else if (count > 0 && record.output_run == notes[0].run) {
			pace.done++;
			pace.began = fmin(pace.began, record.started);
		}
	}
	return pace;
}

/* "12.3 s", "4:05 min", "26:03:09 h" */
static void print_duration(double seconds)
{
	const uint64_t whole = seconds > 0 ? (uint64_t)(seconds + 0.5) : 0;

	if (whole < 60)
		printf("%.1f s", seconds > 0 ? seconds : 0);
	else if (whole < 3600)
		printf("%" PRIu64 ":%02" PRIu64 " min", whole / 60, whole % 60);
	else
		printf("%" PRIu64 ":%02" PRIu64 ":%02" PRIu64 " h",
		       whole / 3600, whole / 60 % 60, whole % 60);
}

static void print_pace(const struct pace *pace, double now)
{
	const double rate = (double)pace->done / (now - pace->began);

	printf("this run: %zu tasks in ", pace->done);
	print_duration(now - pace->began);
	if (pace->done > 0 && now > pace->began) {
		printf(", %.3g/s; about ", rate);
		print_duration((double)pace->left / rate);
		printf(" left");
	}
	printf("\n");
}

static int compare_starts(const void *a, const void *b)
{
	const struct note *left = a;
	const struct note *right = b;

	if (left->started < right->started || left->started > right->started)
		return left->started < right->started ? -1 : 1;
	return (left->rank > right->rank) - (left->rank < right->rank);
}

static void print_ranks(struct note *notes, size_t count, double now, bool all)
{
	const size_t shown = all || count < RANKS_SHOWN ? count : RANKS_SHOWN;

	qsort(notes, count, sizeof(*notes), compare_starts);
	for (size_t i = 0; i < shown; i++) {
		const struct note *note = &notes[i];

		printf("  rank %d on %s: task %" PRIu64, note->rank, note->host,
		       note->index);
		if (note->number > 0)
			printf(", attempt %d", note->number + 1);
		printf(", for ");
		print_duration(now - note->started);
		printf("\n");
	}
	if (shown < count)
		printf("  and %zu other ranks, with shorter tasks (--all lists "
		       "them)\n",
		       count - shown);
}

/* Whether the journal has what came of the attempt: a rank that has no work
 * left does not write its note any more. */
static bool is_over(const struct loaded *loaded, const struct note *note)
{
	if (note->index >= loaded->table.rows)
		return false;
	const struct task_record record =
	    outcome_record(&loaded->outcomes[note->index]);
	return record.end != TASK_NOT_RUN && record.output_run == note->run &&
	       record.attempts > note->number;
}

/* Leaves the notes of attempts that go on; all, if all are of ranks that have
 * not been heard of for long. */
static void drop_ended(const struct loaded *loaded, struct note *notes,
                       size_t *count, double now)
{
	bool lives = false;
	size_t used = 0;

	for (size_t i = 0; i < *count; i++)
		lives |= now - notes[i].written <= fresh_seconds;
	for (size_t i = 0; lives && i < *count; i++)
		if (!is_over(loaded, &notes[i]))
			notes[used++] = notes[i];
	if (lives)
		*count = used;
}

/* Notes that are old, in front of those that are fresh. */
static size_t part_old(struct note *notes, size_t count, double now,
                       double *latest)
{
	size_t old = 0;

	*latest = 0;
	for (size_t i = 0; i < count; i++) {
		const struct note note = notes[i];

		if (now - note.written <= fresh_seconds)
			continue;
		*latest = fmax(*latest, note.written);
		notes[i] = notes[old];
		notes[old++] = note;
	}
	return old;
}

void running_print(const char *folder, const struct loaded *loaded, bool all)
{
	const double now = clock_since_1970();
	struct note *notes;
	size_t count;
	double latest;

	notes_read(folder, &notes, &count);
	const struct pace pace = measure_pace(loaded, notes, count);
	size_t old = part_old(notes, count, now, &latest);
	if (count > old)
		print_pace(&pace, now);
	drop_ended(loaded, notes, &count, now);
	old = part_old(notes, count, now, &latest);
	if (count > old) {
		printf("running:\n");
		print_ranks(notes + old, count - old, now, all);
	}
	if (old > 0) {
		printf("%zu rank%s been silent for ", old,
		       old == 1 ? " has" : "s have");
		print_duration(now - latest);
		printf(": the sweep was killed there, or the machine cannot be "
		       "reached\n");
	}
	free(notes);
}

int running_rank_of(const char *folder, uint64_t index, double *seconds)
{
	const double now = clock_since_1970();
	struct note *notes;
	size_t count;
	int rank = -1;

	notes_read(folder, &notes, &count);
	for (size_t i = 0; i < count; i++) {
		if (notes[i].index != index ||
		    now - notes[i].written > fresh_seconds)
			continue;
		rank = notes[i].rank;
		*seconds = fmax(now - notes[i].started, 0);
	}
	free(notes);
	return rank;
}
