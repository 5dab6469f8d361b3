#define _POSIX_C_SOURCE 200809L
#include "surroundings.h"

#include "common/base/error.h"
#include "config_read.h"
#include "group.h"
#include "task_process.h"

#include <stdlib.h>
#include <unistd.h>

static struct {
	pid_t left_by; /* the process that has left the variable (nesting.h) */
	/* left_by and the variable, as they were before the open of the scoped
	 * group. */
	pid_t left_by_before;
	char *left_before;
} nested;

/* A process that has set the variable itself, for the programs that it starts,
 * does not read it. */
static struct nesting read_nesting(void)
{
	return nested.left_by == getpid() ? (struct nesting){0}
	                                  : nesting_read();
}

void surroundings_leave(const struct nesting *own, const struct world *world,
                        bool launched)
{
	if (world->scoped) {
		nested.left_by_before = nested.left_by;
		nested.left_before = nesting_save();
	}
	if (world->size == 1 && !launched)
		return;
	nesting_leave(own);
	nested.left_by = getpid();
}

void surroundings_take_back(bool is_mpi)
{
	if (is_mpi) {
		free(nested.left_before);
	} else {
		nesting_restore(nested.left_before);
		nested.left_by = nested.left_by_before;
	}
	nested.left_before = NULL;
}

/* The launcher of this process, if it has one: `found`, or NULL. */
static const struct launcher *find_own_launcher(struct config *config,
                                                struct launcher *found)
{
	const struct nesting inherited = read_nesting();

	return nesting_apply(&inherited, launcher_detect(found) ? found : NULL,
	                     config);
}

cohort_status surroundings_read(const cohort_options *options,
                                struct config *config, struct launcher *found,
                                const struct launcher **launcher)
{
	const cohort_status status = config_read(options, config);

	if (status != COHORT_OK)
		config_read_backend(options, config);
	*launcher = find_own_launcher(config, found);
	return status;
}

cohort_status surroundings_read_in_task(const cohort_options *options,
                                        struct config *config)
{
	const cohort_status status = config_read(options, config);

	if (status != COHORT_OK)
		return status;
	if (config->backend_from_options &&
	    (config->backend == BACKEND_MP || config->backend == BACKEND_MPI))
		return error_set(COHORT_ESTATE,
		                 "cohort_open: options.backend is \"%s\", but "
		                 "this is called from inside %s, where other "
		                 "ranks cannot join: use \"serial\", \"auto\" "
		                 "or NULL there",
		                 options->backend, group_callback());
	config->backend = BACKEND_SERIAL;
	config->backend_from = "the function of the job that opens the group";
	if (!config->size_from_options)
		config->size = 0;
	config->progress = PROGRESS_NEVER;
	return COHORT_OK;
}

cohort_status surroundings_read_anywhere(const cohort_options *options,
                                         struct config *config,
                                         struct launcher *found,
                                         const struct launcher **launcher)
{
	bool in_task;
	const cohort_status status = task_process_find(&in_task);

	*launcher = NULL;
	if (status != COHORT_OK)
		return status;
	return in_task ? surroundings_read_in_task(options, config)
	               : surroundings_read(options, config, found, launcher);
}
