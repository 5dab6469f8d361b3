#include "output.h"

#include "say.h"
#include "table.h"

#include <errno.h>
#include <string.h>

static int say_lost(struct output *output)
{
	output->failed = true;
	return say_error("%s could not be written: %s", output->options->output,
	                 strerror(errno));
}

int output_begin(struct output *output)
{
	output->table = table_open(output->options->output,
	                           study_of(output->options)->layout);
	return output->table ? 0 : say_lost(output);
}

bool output_is_enough(const struct output *output)
{
	return output->options->until > 0 &&
	       output->good >= output->options->until;
}

int output_row(struct output *output, const cohort_result *result)
{
	const struct study *study = study_of(output->options);

	if (output->failed || output_is_enough(output))
		return 1;
	/* The sweep was stopped, and the tasks between were not run. */
	if (result->index != output->rows)
		return 0;
	study->row(output->table, output->plan, result->index, result);
	output->rows++;
	output->good += result->status == COHORT_OK;
	/* The stream has room for a row and writes it at once: who reads the file
	 * meanwhile finds no half of one. */
	if (output->options->follow && fflush(output->table) != 0)
		say_lost(output);
	return output->failed || output_is_enough(output);
}

int output_end(struct output *output)
{
	FILE *table = output->table;

	output->table = NULL;
	if (table && table_close(table) != 0 && !output->failed)
		say_lost(output);
	return output->failed ? -1 : 0;
}
