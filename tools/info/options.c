#include "options.h"

#include <stddef.h>

#define AT(field) offsetof(struct info_options, field)

static const struct option options[] = {
    {"What is asked for", "backend", 0, OPTION_TEXT, AT(backend), "NAME",
     "auto, serial, mp or mpi, as a program may name it in cohort_open."},
    {NULL, "ranks", 'n', OPTION_TEXT, AT(ranks), "N",
     "Number of ranks, as a program may name it."},

    {"What is printed", "json", 0, OPTION_FLAG, AT(json), NULL,
     "An object of JSON instead of text."},
    {NULL, "help", 'h', OPTION_FLAG, AT(help), NULL, "Print this."},
};

const struct option_set info_option_set = {
    "cohort info",
    "[OPTION]...",
    "What a program that uses cohort would get here, and why: backend, cores, "
    "launcher, the modules for MPI and the libraries that they load, limits. "
    "The exit status is 1 if the backend that is asked for, here or by "
    "COHORT_BACKEND, cannot be had. Under a launcher the first process prints.",
    options,
    sizeof(options) / sizeof(options[0]),
};
