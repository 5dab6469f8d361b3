#include "environment.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

/* Beginnings of the names of variables that belong to a launcher. Those of
 * Open MPI are also the user's, see is_users. */
static const char *const launchers[] = {
    "OMPI_",          "PMIX_",          "PMI_",
    "PRTE_",          "HYDI_",          "HYDRA_",
    "MPI_LOCAL",      "PALS_",          "FLUX_",
    "MPIEXEC_",       "SLURM_STEP",     "SLURM_PROCID",
    "SLURM_LOCALID",  "SLURM_NODEID",   "SLURM_GTIDS",
    "SLURM_TASK_PID", "SLURM_SRUN_",    "SLURM_LAUNCH_NODE_IPADDR",
    "SLURM_CPU_BIND", "SLURM_MPI_TYPE", "SLURM_DISTRIBUTION",
};

/* The user's own settings of Open MPI, which a task may need to call mpirun.
 * mpirun adds settings of its own for its processes. */
static bool is_users(const char *variable)
{
	static const char as_root[] = "OMPI_ALLOW_RUN_AS_ROOT";
	static const char *const settings[] = {"OMPI_MCA_", "PRTE_MCA_",
	                                       "PMIX_MCA_"};

	if (!strncmp(variable, as_root, strlen(as_root)))
		return true;
	if (getenv("OMPI_COMM_WORLD_RANK") || getenv("PMIX_RANK"))
		return false;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (!strncmp(variable, settings[i], strlen(settings[i])))
			return true;
	return false;
}

static bool is_launchers(const char *variable)
{
	if (is_users(variable))
		return false;
	for (size_t i = 0; i < sizeof(launchers) / sizeof(launchers[0]); i++)
		if (!strncmp(variable, launchers[i], strlen(launchers[i])))
			return true;
	return false;
}

static void append(struct variable_list *list, char *variable)
{
	if (list->count == list->room) {
		list->room = list->room * 2 + 16;
		list->variables = memory_resize(list->variables, list->room,
		                                sizeof(*list->variables));
	}
	list->variables[list->count++] = variable;
}

static void clear(struct variable_list *list)
{
	while (list->count > 0)
		free(list->variables[--list->count]);
}

static char *make_variable(const char *name, const char *value)
{
	struct text text = {0};

	text_print(&text, "%s=%s", name, value);
	text_string(&text);
	return text.bytes;
}

/* Whether the variable has the name of this one, which is NAME=VALUE too. */
static bool has_name_of(const char *variable, const char *other)
{
	const size_t length = strcspn(other, "=") + 1;

	return !strncmp(variable, other, length);
}

/* The place of the list's variable with the name of `variable`; NULL if there
 * is none. */
static char **find(const struct variable_list *list, const char *variable)
{
	for (size_t i = 0; i < list->count; i++)
		if (has_name_of(list->variables[i], variable))
			return &list->variables[i];
	return NULL;
}

void task_environment_init(struct task_environment *environment)
{
	*environment = (struct task_environment){0};
	for (char **variable = environ; *variable; variable++)
		if (!is_launchers(*variable))
			append(&environment->kept,
			       memory_text(*variable, strlen(*variable)));
}

/* Puts it in the place of one with its name. */
static void set(struct variable_list *list, const char *name, const char *value)
{
	char *variable = make_variable(name, value);
	char **old = find(list, variable);

	if (old) {
		free(*old);
		*old = variable;
	} else {
		append(list, variable);
	}
}

void task_environment_keep(struct task_environment *environment,
                           const char *name, const char *value)
{
	set(&environment->kept, name, value);
}

void task_environment_default(struct task_environment *environment,
                              const char *name, const char *value)
{
	char *variable = make_variable(name, value);

	if (find(&environment->kept, variable))
		free(variable);
	else
		append(&environment->kept, variable);
}

void task_environment_begin(struct task_environment *environment)
{
	clear(&environment->own);
}

void task_environment_add(struct task_environment *environment,
                          const char *name, const char *value)
{
	append(&environment->own, make_variable(name, value));
}

void task_environment_set(struct task_environment *environment,
                          const char *name, const char *value)
{
	set(&environment->own, name, value);
}

/* A variable of all tasks is left out if the task has one of its name: of two,
 * programs take either. */
char *const *task_environment_list(struct task_environment *environment)
{
	const struct variable_list *kept = &environment->kept;
	const struct variable_list *own = &environment->own;
	size_t count = 0;

	environment->all =
	    memory_resize(environment->all, kept->count + own->count + 1,
	                  sizeof(*environment->all));
	for (size_t i = 0; i < kept->count; i++)
		if (!find(own, kept->variables[i]))
			environment->all[count++] = kept->variables[i];
	for (size_t i = 0; i < own->count; i++)
		environment->all[count++] = own->variables[i];
	environment->all[count] = NULL;
	return environment->all;
}

bool task_environment_is_name(const char *name, size_t length)
{
	if (length == 0 || isdigit((unsigned char)*name))
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_')
			return false;
	return true;
}

void task_environment_free(struct task_environment *environment)
{
	clear(&environment->kept);
	clear(&environment->own);
	free(environment->kept.variables);
	free(environment->own.variables);
	free(environment->all);
	*environment = (struct task_environment){0};
}
