#include "group.h"

#include "backend_select.h"
#include "common/base/log.h"
#include "common/base/struct_size.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The process's groups. A pointer that is not in the list is no open group,
 * so closing twice is an error and not a crash. */
static struct {
	cohort *groups;
	bool counting;        /* group_forks */
	_Atomic int *aborted; /* see group_become_task; NULL in ranks */
} process;

unsigned group_forks;

static void count_fork(void)
{
	group_forks++;
}

void group_become_task(_Atomic int *aborted)
{
	process.aborted = aborted;
}

static bool in_any_task(void)
{
	if (process.aborted)
		return true;
	for (const cohort *group = process.groups; group; group = group->next)
		if (group->in_task && group_is_own(group))
			return true;
	return false;
}

static cohort_status open_world(const cohort_options *options,
                                struct config *config, struct world **out)
{
	struct launcher launcher;
	const struct backend *backend = NULL;
	cohort_status status = config_read(options, config);

	if (status != COHORT_OK)
		return status;
	log_set_threshold(config->log_level);
	const bool launched = launcher_detect(&launcher);
	status = backend_select(config, launched ? &launcher : NULL, &backend);
	if (status != COHORT_OK)
		return status;
	return backend->open(config, launched ? &launcher : NULL, out);
}

static cohort_status open_group(const cohort_options *options, cohort **out)
{
	struct config config;

	if (!out)
		return error_set(COHORT_EINVAL,
		                 "cohort_open: out is NULL: pass the address "
		                 "of a cohort pointer");
	if (in_any_task())
		return error_set(COHORT_ESTATE,
		                 "cohort_open: called from inside a task: open "
		                 "groups before cohort_scatter");
	if (!process.counting) {
		if (pthread_atfork(NULL, NULL, count_fork))
			return error_set(COHORT_ENOMEM,
			                 "cohort_open: pthread_atfork: no "
			                 "memory for a handler");
		process.counting = true;
	}
	cohort *group = calloc(1, sizeof(*group));
	if (!group)
		return error_sys("cohort_open: calloc");

	cohort_status status = open_world(options, &config, &group->world);
	if (status != COHORT_OK) {
		free(group);
		return status;
	}
	group->forks = group_forks;
	group->schedule = config.schedule;
	group->chunk = config.chunk;
	group->isolate = config.isolate;
	group->progress_mode = config.progress;
	group->next = process.groups;
	process.groups = group;
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
	cohort_status status = COHORT_OK;

	if (options &&
	    !struct_read(&whole, sizeof(whole), options, options_bytes))
		status = struct_refuse(COHORT_ECONFIG, "cohort_open", "options",
		                       options_bytes, sizeof(whole));
	else
		status = open_group(&whole, out);

	errno = saved;
	return status;
}

/* The link that points to `group`; NULL if it is not open. */
static cohort **find(const cohort *group)
{
	for (cohort **link = &process.groups; *link; link = &(*link)->next)
		if (*link == group)
			return link;
	return NULL;
}

cohort_status cohort_close(cohort *group)
{
	if (!group)
		return COHORT_OK;
	cohort **link = find(group);
	if (!link)
		return error_set(COHORT_ESTATE,
		                 "cohort_close: this is not an open group: was "
		                 "it closed already?");
	if (group->in_task)
		return error_set(COHORT_ESTATE,
		                 "cohort_close: called from inside a task: "
		                 "close the group after cohort_scatter");

	const bool together = group->broken == COHORT_OK && group_is_own(group);
	const struct call *call =
	    together ? group_call(group, CALL_CLOSE) : NULL;
	*link = group->next;
	struct group_extension *extension = atomic_load(&group->extension);
	if (extension)
		extension->release(extension);
	group_free_all(group);
	const int saved = errno;
	cohort_status status = group->world->backend->close(group->world, call);
	free(group);
	errno = saved;
	return status;
}

void cohort_abort(cohort *group, int exit_code)
{
	if (group && process.aborted)
		atomic_store(process.aborted,
		             GROUP_ABORTED | (exit_code & 0xff));
	else if (group && group_is_own(group))
		group->world->backend->abort(group->world, exit_code);
	_Exit(exit_code);
}

int cohort_rank(const cohort *group)
{
	return group ? group->world->rank : -1;
}

int cohort_size(const cohort *group)
{
	return group ? group->world->size : -1;
}

bool cohort_is_root(const cohort *group)
{
	return cohort_rank(group) == 0;
}

const char *cohort_backend(const cohort *group)
{
	return group ? group->world->backend->name : "";
}

cohort_status group_turn_away(const cohort *group, const char *function)
{
	if (!group)
		return error_set(COHORT_EINVAL,
		                 "%s: group is NULL: pass what cohort_open "
		                 "returned",
		                 function);
	if (!group_is_own(group))
		return error_set(COHORT_ESTATE,
		                 "%s: this process was forked off by rank %d "
		                 "and is no rank itself: only ranks take part",
		                 function, group->world->rank);
	if (group->in_task)
		return error_set(COHORT_ESTATE,
		                 "%s: called from inside a task, where other "
		                 "ranks cannot join: call it after "
		                 "cohort_scatter",
		                 function);
	return error_set(group->broken, "%s", group->sentence);
}

void group_break(cohort *group, cohort_status status)
{
	group->broken = status;
	memcpy(group->sentence, cohort_error(), ERROR_BYTES);
}

cohort_status group_refuse(cohort *group, const struct call *call,
                           cohort_status status)
{
	group->world->backend->refuse(group->world, call);
	errno = group->saved_errno;
	return status;
}

cohort_status group_give_up(cohort *group, const struct call *call,
                            cohort_status status)
{
	return group_finish(group, group_refuse(group, call, status));
}
