/*
 * Launchers and modules. A process never has two MPIs, so each module is loaded
 * in a child of its own, which asks the MPI for its version: that needs no
 * MPI_Init.
 */
#define _GNU_SOURCE /* dladdr */
#include "base/capture.h"
#include "base/failure.h"
#include "run/launcher.h"
#include "sections.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longest that an MPI has (MPICH's MPI_MAX_LIBRARY_VERSION_STRING). */
enum { VERSION_BYTES = 8192 };

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

json_t *section_launcher(const cohort_prediction *prediction)
{
	struct run_launcher found = {0};
	const bool is_there = launcher_find(prediction->modules, &found);
	const int rank = prediction->launcher_rank;
	const int size = prediction->launcher_size;
	json_t *section = json_pack(
	    "{s:o, s:o, s:o, s:o, s:o, s:o}", "started_by",
	    text_or_null(prediction->launcher), "known_by",
	    text_or_null(prediction->launcher_variable), "rank",
	    rank < 0 ? json_null() : json_integer(rank), "processes",
	    size < 0 ? json_null() : json_integer(size), "in_path",
	    text_or_null(is_there ? found.path : NULL), "in_path_of_mpi",
	    text_or_null(is_there ? found.mpi : NULL));

	free(found.path);
	return section;
}

/* In the child: the library's path and, on the next line, its version; or why
 * the module does not load. */
static int look_at_module(void *arg)
{
	static char version[VERSION_BYTES];
	void *module = dlopen(arg, RTLD_NOW | RTLD_GLOBAL);
	int (*ask)(char *version, int *length);
	int length = 0;
	Dl_info info;

	if (!module) {
		printf("%s\n", dlerror());
		return 1;
	}
	void *name = dlsym(module, "MPI_Get_library_version");
	if (!name || !dladdr(name, &info)) {
		printf("it has no MPI_Get_library_version\n");
		return 1;
	}
	printf("%s\n", info.dli_fname);
	fflush(stdout);
	memcpy(&ask, &name, sizeof(ask));
	if (ask(version, &length) == 0)
		printf("%.*s\n", (int)strcspn(version, "\n"), version);
	return 0;
}

/* The text up to the end of its line, with each run of blanks as one space;
 * *text receives where the next line begins. Null if there is no line. */
static json_t *take_line(const char **text)
{
	const char *end = *text + strcspn(*text, "\n");
	struct text line = {0};

	for (const char *at = *text; at < end; at++) {
		const bool is_blank = *at == ' ' || *at == '\t';

		if (!is_blank)
			text_add(&line, at, 1);
		else if (at + 1 < end && at[1] != ' ' && at[1] != '\t')
			text_add_string(&line, " ");
	}
	json_t *string =
	    line.length > 0 ? json_string(text_string(&line)) : json_null();
	text_free(&line);
	*text = *end ? end + 1 : end;
	return string ? string : json_null();
}

static json_t *describe_module(const cohort_module *module)
{
	struct text said = {0};
	json_t *library = json_null();
	json_t *version = json_null();
	json_t *problem = text_or_null(module->problem);

	if (module->path) {
		char *path = strdup(module->path);
		const enum capture_end end =
		    path ? capture(look_at_module, path, &said)
		         : CAPTURE_FAILED;
		const char *at = text_string(&said);

		free(path);
		if (end == CAPTURE_DONE) {
			library = take_line(&at);
			version = take_line(&at);
		} else {
			json_decref(problem);
			problem = end == CAPTURE_FAILED && *at
			              ? take_line(&at)
			              : json_string("it crashed, or did not "
			                            "answer, as it loaded");
		}
	}
	text_free(&said);
	return json_pack("{s:o, s:o, s:o, s:o}", "module",
	                 text_or_null(module->path), "library", library,
	                 "version", version, "problem", problem);
}

json_t *section_modules(const cohort_prediction *prediction)
{
	json_t *section = json_object();

	for (size_t i = 0; prediction->modules[i]; i++)
		json_object_set_new(section, prediction->modules[i]->mpi,
		                    describe_module(prediction->modules[i]));
	return section;
}

const json_t *section_modules_choice(const json_t *modules,
                                     const cohort_prediction *prediction)
{
	const json_t *problem = NULL;

	for (size_t i = 0; prediction->modules[i]; i++) {
		const cohort_module *module = prediction->modules[i];
		const json_t *found = json_object_get(modules, module->mpi);

		if (prediction->module && module != prediction->module)
			continue;
		if (json_is_null(json_object_get(found, "problem")))
			return found;
		if (!problem || module->path)
			problem = json_object_get(found, "problem");
	}
	failure("mpi cannot be had: %s: install the MPI that the module was "
	        "built with, and the cohort that it belongs to",
	        problem ? json_string_value(problem) : "there is no module");
	return NULL;
}
