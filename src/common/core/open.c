#define _POSIX_C_SOURCE 200809L
#include "open.h"

#include "alloc.h"
#include "backend_select.h"
#include "common/base/cpu_count.h"
#include "common/base/log.h"
#include "common/base/struct_size.h"
#include "config_environment.h"
#include "config_read.h"
#include "fork_hook.h"
#include "group.h"
#include "group_list.h"
#include "job_end.h"
#include "nesting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	bool warned;         /* about unknown variables */
	bool opened;         /* a group */
	bool opened_in_task; /* a group inside a task */
	/* See group_become_task; NULL in ranks. */
	_Atomic uint64_t *aborted;
	uint64_t key;
	const void *task_thread; /* by the address of its errno */
	pid_t left_by; /* the process that has left a variable (nesting.h) */
	/* left_by and the variable, as they were before the open of the scoped
	 * group. */
	pid_t left_by_before;
	char *left_before;
} process;

void group_become_task(_Atomic uint64_t *aborted, uint64_t key)
{
	process.aborted = aborted;
	process.key = key;
	process.task_thread = &errno;
}

/* A process that has set the variable itself, for the programs that it starts,
 * does not read it. */
static struct nesting read_nesting(void)
{
	return process.left_by == getpid() ? (struct nesting){0}
	                                   : nesting_read();
}

/* Tell the programs that this process starts that they run inside a rank, so
 * that they neither join its job nor start ranks on all cores. */
static void leave_nesting(const struct nesting *own, const struct world *world,
                          bool launched)
{
	if (world->scoped) {
		process.left_by_before = process.left_by;
		process.left_before = nesting_save();
	}
	if (world->size == 1 && !launched)
		return;
	nesting_leave(own);
	process.left_by = getpid();
}

/* The process is no rank any more. Under MPI's launcher it still is one for the
 * programs that it starts: its variables describe it. */
static void take_nesting_back(bool is_mpi)
{
	if (is_mpi) {
		free(process.left_before);
	} else {
		nesting_restore(process.left_before);
		process.left_by = process.left_by_before;
	}
	process.left_before = NULL;
}

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
 * mpi4py does so when it is imported. Open MPI then sets the variables of its
 * launcher in this process, so nothing is noticed there. */
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

/* The launcher of this process, if it has one: `found`, or NULL. */
static const struct launcher *find_own_launcher(struct config *config,
                                                struct launcher *found)
{
	const struct nesting inherited = read_nesting();

	return nesting_apply(&inherited, launcher_detect(found) ? found : NULL,
	                     config);
}

/* The configuration, and the launcher as find_own_launcher has it. */
static cohort_status read_surroundings(const cohort_options *options,
                                       struct config *config,
                                       struct launcher *found,
                                       const struct launcher **launcher)
{
	const cohort_status status = config_read(options, config);

	if (status != COHORT_OK)
		config_read_backend(options, config);
	*launcher = find_own_launcher(config, found);
	return status;
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
	    read_surroundings(options, config, &found, &launcher);

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
	leave_nesting(&own, *out, launcher != NULL);
	warn_of_size(config, launcher, *out);
	warn_of_one_rank(config, launcher, *out);
	process.opened = true;
	return COHORT_OK;
}

/* The configuration inside a task. The group is alone, as a program that the
 * task starts: COHORT_BACKEND, COHORT_SIZE and the progress line are meant for
 * the rank. */
static cohort_status read_in_task(const cohort_options *options,
                                  struct config *config)
{
	const cohort_status status = config_read(options, config);

	if (status != COHORT_OK)
		return status;
	if (config->backend_from_options &&
	    (config->backend == BACKEND_MP || config->backend == BACKEND_MPI))
		return error_set(COHORT_ESTATE,
		                 "cohort_open: options.backend is \"%s\", but "
		                 "this is called from inside a task, where "
		                 "other ranks cannot join: use \"serial\", "
		                 "\"auto\" or NULL there",
		                 options->backend);
	config->backend = BACKEND_SERIAL;
	config->backend_from = "the task that opens the group";
	if (!config->size_from_options)
		config->size = 0;
	config->progress = PROGRESS_NEVER;
	return COHORT_OK;
}

static cohort_status open_world_in_task(const cohort_options *options,
                                        struct config *config,
                                        struct world **out)
{
	const struct backend *backend = NULL;
	cohort_status status = read_in_task(options, config);

	if (status == COHORT_OK)
		status = backend_select(config, NULL, &backend);
	if (status == COHORT_OK)
		status = backend->open(config, NULL, out);
	if (status == COHORT_OK && !process.opened_in_task)
		warn_of_size(config, NULL, *out);
	return status;
}

/* Whether this thread is in a task. COHORT_ESTATE if only another one is. */
static cohort_status find_task(bool *in_task)
{
	enum task_place place = group_list_task_place();

	if (process.aborted && place == TASK_NOWHERE)
		place = process.task_thread == &errno ? TASK_IN_THIS_THREAD
		                                      : TASK_IN_OTHER_THREAD;
	*in_task = place == TASK_IN_THIS_THREAD;
	if (*in_task || place == TASK_NOWHERE)
		return COHORT_OK;
	return error_set(COHORT_ESTATE,
	                 "cohort_open: another thread is in cohort_scatter: "
	                 "open groups before it, or in the thread that runs a "
	                 "task");
}

cohort_status open_read(const cohort_options *options, struct config *config,
                        struct launcher *found,
                        const struct launcher **launcher)
{
	bool in_task;
	const cohort_status status = find_task(&in_task);

	*launcher = NULL;
	if (status != COHORT_OK)
		return status;
	return in_task ? read_in_task(options, config)
	               : read_surroundings(options, config, found, launcher);
}

static cohort_status open_group(const cohort_options *options, cohort **out)
{
	struct config config;
	bool in_task;

	if (!out)
		return error_set(COHORT_EINVAL,
		                 "cohort_open: out is NULL: pass the address "
		                 "of a cohort pointer");
	cohort_status status = find_task(&in_task);
	if (status == COHORT_OK)
		status = group_list_watch_forks();
	if (status != COHORT_OK)
		return status;
	cohort *group = calloc(1, sizeof(*group));
	if (!group)
		return error_sys("cohort_open: calloc");
	/* On mp this forks, and each rank has its copy of the group. */
	group->fork_hooks = hooks_of(options);
	status = in_task ? open_world_in_task(options, &config, &group->world)
	                 : open_world(options, &group->fork_hooks, &config,
	                              &group->world);
	if (status != COHORT_OK) {
		free(group);
		return status;
	}
	group->forks = group_forks;
	if (!group->world->caller)
		group->world->caller = &group->own_caller;
	if (!group->world->failed)
		group->world->failed = &group->interrupted;
	group->interrupt = group->world->interrupt;
	group->schedule = config.schedule;
	group->chunk = config.chunk;
	group->timeout = config.timeout;
	group->isolate = config.isolate;
	group->journal_unlocked = config.journal_unlocked;
	group->progress_mode = config.progress;
	/* Not once for each task. */
	group->told_of_threads = process.opened_in_task;
	process.opened_in_task |= in_task;
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
	if (options &&
	    !struct_read(&whole, sizeof(whole), options, options_bytes))
		status = struct_refuse(COHORT_ECONFIG, "cohort_open", "options",
		                       options_bytes, sizeof(whole));
	else
		status = open_group(&whole, out);
	group_list_end_open();
	errno = saved;
	return status;
}

/* The group is not in the list of open groups any more. */
static cohort_status close_taken(cohort *group)
{
	const bool together = group->broken == COHORT_OK &&
	                      group_is_own(group) &&
	                      !group_is_interrupted(group);
	const struct call *call =
	    together ? group_call(group, CALL_CLOSE) : NULL;
	struct group_extension *extension = atomic_load(&group->extension);
	world_caller *caller = group->world->caller;
	/* The word goes with the ranks. */
	const bool keeps_caller = !group->world->scoped;

	atomic_store_explicit(caller, &errno, memory_order_relaxed);
	if (extension)
		extension->release(extension);
	alloc_release_all(group);
	const cohort_status status =
	    group->world->backend->close(group->world, call);
	if (keeps_caller)
		atomic_store_explicit(caller, NULL, memory_order_relaxed);
	group_list_keep_closed(group);
	return status;
}

/* The group ends its ranks, and so all groups that they have. Returns on rank 0
 * only. */
static cohort_status close_scoped(cohort *group)
{
	const bool is_mpi = !strcmp(group->world->backend->name, "mpi");
	cohort_status status = COHORT_OK;
	cohort *other;

	while ((other = group_list_take_beside(group))) {
		const cohort_status closed = close_taken(other);
		status = status == COHORT_OK ? closed : status;
	}
	const cohort_status closed = close_taken(group);
	take_nesting_back(is_mpi);
	return status == COHORT_OK ? closed : status;
}

cohort_status cohort_close(cohort *group)
{
	if (group && group_is_in_hook())
		return group_refuse_in_hook(__func__);
	group_end_copy_if_left(__builtin_frame_address(0));
	group_list_end_if_left(__func__);
	cohort_status status = group ? group_list_take(group) : COHORT_OK;

	if (!group || status != COHORT_OK)
		return status;
	const int saved = errno;
	status = group->world->scoped && group_is_own(group)
	             ? close_scoped(group)
	             : close_taken(group);
	errno = saved;
	return status;
}

void cohort_abort(cohort *group, int exit_code)
{
	if (group && process.aborted && !group_is_own(group))
		atomic_store(process.aborted,
		             (process.key & ~(uint64_t)GROUP_EXIT_CODE) |
		                 (uint64_t)(exit_code & GROUP_EXIT_CODE));
	else if (group && !group_is_closed(group) && group_is_own(group))
		group->world->backend->abort(group->world, exit_code);
	_Exit(exit_code);
}
