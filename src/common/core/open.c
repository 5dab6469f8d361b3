#define _POSIX_C_SOURCE 200809L
#include "backend_select.h"
#include "common/base/cancellation.h"
#include "common/base/cpu_count.h"
#include "common/base/log.h"
#include "common/base/struct_size.h"
#include "config_environment.h"
#include "fork_hook.h"
#include "group.h"
#include "group_list.h"
#include "job_end.h"
#include "surroundings.h"
#include "task_process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct {
	bool warned;         /* about unknown variables */
	bool opened;         /* a group */
	bool opened_in_task; /* a group inside a task */
} process;

/* Only mp starts as many ranks as it is asked for. The variable is warned of
 * once, because the program may not know of it. */
static void warn_of_size(const struct config *config,
                         const struct launcher *launcher,
                         const struct world *world)
{
	const bool is_first =
	    world->rank == 0 && (!launcher || launcher->rank <= 0);
	const bool is_asked = config->size_from_options || !process.opened;

	if (!is_first || !is_asked || config->size == 0 ||
	    config->size == world->size)
		return;
	log_line(LOG_WARN, 0,
	         "%s is %d, but this group has %d %s: only mp starts as many "
	         "as it is asked for, and the backend is %s; leave the size "
	         "out",
	         config->size_from_options ? "options.size" : "COHORT_SIZE",
	         config->size, world->size, world->size == 1 ? "rank" : "ranks",
	         world->backend->name);
}

/* The program has initialised MPI without a launcher, perhaps without knowing:
 * mpi4py does so when it is imported. */
static void warn_of_one_rank(const struct config *config,
                             const struct launcher *launcher,
                             const struct world *world)
{
	if (config->backend != BACKEND_AUTO || launcher || config->mpi_comm ||
	    strcmp(world->backend->name, "mpi") || world->size > 1)
		return;
	const int cores = cpu_count();
	if (cores > 1)
		log_line(LOG_WARN, 0,
		         "this group has one rank on %d cores: the program has "
		         "initialised MPI, but no launcher started it; start "
		         "it with mpirun, or open the group before MPI_Init",
		         cores);
}

static struct fork_hooks hooks_of(const cohort_options *options)
{
	return (struct fork_hooks){
	    .before = options->before_fork,
	    .in_parent = options->after_fork_parent,
	    .in_child = options->after_fork_child,
	    .arg = options->fork_arg,
	    .call = fork_hook_call,
	};
}

static cohort_status open_world(const cohort_options *options,
                                const struct fork_hooks *hooks,
                                struct config *config, struct world **out)
{
	struct launcher found;
	const struct launcher *launcher;
	const struct backend *backend = NULL;
	cohort_status status =
	    surroundings_read(options, config, &found, &launcher);

	config->fork_hooks = hooks;
	if (status != COHORT_OK)
		return backend_refuse(config, launcher, status);
	log_set_threshold(config->log_level);
	const struct nesting own = nesting_own();
	if (!process.warned && (!launcher || launcher->rank <= 0))
		config_environment_warn(launcher ? launcher->rank : -1);
	process.warned = true;
	status = backend_select(config, launcher, &backend);
	if (status != COHORT_OK)
		return backend_refuse(config, launcher, status);
	if (!process.opened)
		backend_warn(config, launcher, backend);
	status = backend->open(config, launcher, out);
	if (status != COHORT_OK) {
		backend_failed(launcher, backend);
		return status;
	}
	job_end_cancel();
	surroundings_leave(&own, *out, launcher != NULL);
	warn_of_size(config, launcher, *out);
	warn_of_one_rank(config, launcher, *out);
	process.opened = true;
	return COHORT_OK;
}

/* This rank has no memory for a group, which the others are told. */
static cohort_status refuse_world(const cohort_options *options,
                                  cohort_status status)
{
	struct config config;
	struct launcher found;
	const struct launcher *launcher;
	const cohort_status read =
	    surroundings_read(options, &config, &found, &launcher);

	return backend_refuse(&config, launcher,
	                      read == COHORT_OK ? status : read);
}

static cohort_status open_world_in_task(const cohort_options *options,
                                        struct config *config,
                                        struct world **out)
{
	const struct backend *backend = NULL;
	cohort_status status = surroundings_read_in_task(options, config);

	if (status == COHORT_OK)
		status = backend_select(config, NULL, &backend);
	if (status == COHORT_OK)
		status = backend->open(config, NULL, out);
	if (status == COHORT_OK && !process.opened_in_task)
		warn_of_size(config, NULL, *out);
	return status;
}

/* The group has its world now. */
static void set_up_group(cohort *group, const struct config *config)
{
	group->forks = group_forks;
	if (!group->world->caller)
		group->world->caller = &group->own_caller;
	if (!group->world->failed)
		group->world->failed = &group->interrupted;
	group->interrupt = group->world->interrupt;
	group->schedule = config->schedule;
	group->chunk = config->chunk;
	group->timeout = config->timeout;
	group->isolate = config->isolate;
	group->journal_unlocked = config->journal_unlocked;
	group->progress_mode = config->progress;
}

static cohort_status open_group(const cohort_options *options, cohort **out)
{
	struct config config;
	bool in_task;

	if (!out)
		return error_set(COHORT_EINVAL,
		                 "cohort_open: out is NULL: pass the address "
		                 "of a cohort pointer");
	cohort_status status = task_process_find(&in_task);
	if (status != COHORT_OK)
		return status;
	cohort *group = NULL;
	task_process_watch_exit();
	status = group_list_watch_forks();
	if (status == COHORT_OK && !(group = group_list_make()))
		status = error_sys("cohort_open: calloc");
	if (status != COHORT_OK)
		return in_task ? status : refuse_world(options, status);
	/* On mp this forks, and each rank has its copy of the group. */
	group->fork_hooks = hooks_of(options);
	status = in_task ? open_world_in_task(options, &config, &group->world)
	                 : open_world(options, &group->fork_hooks, &config,
	                              &group->world);
	if (status != COHORT_OK) {
		group_list_keep_closed(group);
		return status;
	}
	set_up_group(group, &config);
	/* Not once for each task. */
	group->warned_of_threads = process.opened_in_task;
	process.opened_in_task |= in_task;
	if (!strcmp(group->world->backend->name, "mpi"))
		thread_set_fill(&group->threads);
	group_list_add(group);
	log_line(LOG_DEBUG, group->world->rank, "opened: %s, rank %d of %d",
	         group->world->backend->name, group->world->rank,
	         group->world->size);
	*out = group;
	return COHORT_OK;
}

cohort_status cohort_open_sized(const cohort_options *options,
                                size_t options_bytes, cohort **out)
{
	const int saved = errno;
	cohort_options whole = {0};
	if (group_is_in_hook())
		return group_refuse_in_hook("cohort_open");
	group_end_copy_if_left(__builtin_frame_address(0));
	group_list_end_if_left("cohort_open");
	cohort_status status = group_list_begin_open();

	if (status != COHORT_OK)
		return status;
	const int cancel_state = cancellation_forbid();
	if (options &&
	    !struct_read(&whole, sizeof(whole), options, options_bytes))
		status = struct_refuse(COHORT_ECONFIG, "cohort_open", "options",
		                       options_bytes, sizeof(whole));
	else
		status = open_group(&whole, out);
	cancellation_allow(cancel_state);
	group_list_end_open();
	errno = saved;
	return status;
}
