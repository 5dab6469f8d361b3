/* Measures how long it takes to write and to read a million records. */
#include "runner.h"
#include "scenarios.h"

enum { MILLION = 1000000 };

static cohort_status count_up(void *arg, const struct journal_record *record)
{
	uint64_t *sum = arg;

	*sum += *(const unsigned char *)record->data + record->index;
	return COHORT_OK;
}

void scenario_million(void)
{
	const struct journal_sweep sweep = sample_sweep(MILLION);
	struct journal_figures figures;
	struct journal_writer *writer = NULL;
	struct journal *journal;
	const double data[6] = {1};
	uint64_t sum = 0;

	cohort_status status = journal_open(path, &sweep, &journal);
	const struct journal_run this = journal_this_run(journal);
	if (status == COHORT_OK)
		status = journal_writer_open(path, &this, 0, NULL, &writer);
	double begin = now();
	for (uint64_t i = 0; i < MILLION && status == COHORT_OK; i++) {
		struct journal_record record = {
		    .index = i, .bytes = sizeof(data), .data = data};
		sample_digest(i, record.digest);
		status = journal_write(writer, &record);
	}
	const double written = now() - begin;
	begin = now();
	EXPECT(status == COHORT_OK && journal_writer_close(writer) == COHORT_OK,
	       "%s", cohort_error());
	const double closed = now() - begin;
	journal_close(journal);
	begin = now();
	status = journal_open(path, &sweep, &journal);
	if (status == COHORT_OK)
		status = journal_read(journal, count_up, &sum, &figures);
	const double loaded = now() - begin;
	EXPECT(status == COHORT_OK && figures.records == MILLION &&
	           sum == (uint64_t)MILLION * (MILLION - 1) / 2,
	       "%s", cohort_error());
	journal_close(journal);
	figure("a million records of 48 bytes: written in %.2f s, closed in "
	       "%.2f s, loaded in %.2f s",
	       written, closed, loaded);
}
