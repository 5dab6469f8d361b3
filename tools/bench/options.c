#include "options.h"

#include <stddef.h>

#define AT(field) offsetof(struct bench_options, field)

static const struct option options[] = {
    {"What is timed", "calls", 0, OPTION_TEXT, AT(calls), "NAME,...",
     "Some of barrier, bcast, gatherv, allgatherv, allreduce, bcast_object, "
     "allgather_objects and task. All if it is not given."},
    {NULL, "sizes", 0, OPTION_TEXT, AT(sizes), "FROM:TO|SIZE,...",
     "Bytes that each rank brings, as in 8,1K,1M; FROM:TO doubles them. 1:1M "
     "if it is not given."},
    {NULL, "tasks", 0, OPTION_TEXT, AT(tasks), "COUNT,...",
     "Numbers of empty tasks. 1000,100000 if it is not given."},
    {NULL, "seconds", 0, OPTION_TEXT, AT(seconds), "SECONDS",
     "About so long each line takes; 0.1 if it is not given. The number of "
     "iterations follows from it."},
    {NULL, "iterations", 'i', OPTION_TEXT, AT(iterations), "N",
     "Time so many calls for each line instead."},

    {"Ranks", "ranks", 'n', OPTION_TEXT, AT(ranks), "N",
     "Ranks that mp starts; one for each core if it is not given. A launcher's "
     "number of ranks counts under mpirun."},
    {NULL, "backend", 0, OPTION_TEXT, AT(backend), "NAME",
     "auto, serial, mp or mpi, as COHORT_BACKEND."},
    {NULL, "transport", 0, OPTION_TEXT, AT(transport), "NAME",
     "shm or socket, as COHORT_TRANSPORT."},
    {NULL, "help", 'h', OPTION_FLAG, AT(help), NULL, "Print this."},
};

const struct option_set bench_option_set = {
    "cohort bench",
    "[OPTION]...",
    "Time the collective calls and empty tasks on this machine, in the columns "
    "of the OSU benchmarks: each rank's mean time of a call, and of these the "
    "average, the least and the greatest over all ranks. Also under mpirun.",
    options,
    sizeof(options) / sizeof(options[0]),
};
