#include "options.h"

#include <stddef.h>

#define AT(field) offsetof(struct run_options, field)

static const struct option options[] = {
    {"Ranks", "ranks", 'n', OPTION_TEXT, AT(ranks), "N",
     "Number of ranks (COHORT_SIZE); one for each core if it is not given. "
     "Under a launcher its number of processes counts."},
    {NULL, "backend", 0, OPTION_TEXT, AT(backend), "NAME",
     "auto, serial, mp or mpi (COHORT_BACKEND). mpi without a launcher: it is "
     "started with one, as in mpirun -n N PROGRAM."},
    {NULL, "launcher", 0, OPTION_TEXT, AT(launcher), "NAME",
     "The launcher for --backend mpi. If it is not given: the first of mpirun, "
     "mpiexec and their like in PATH for whose MPI cohort has a module."},
    {NULL, "launcher-argument", 0, OPTION_LIST, AT(launcher_arguments), "WORD",
     "One more argument of the launcher, before the program, such as "
     "--oversubscribe. May be given several times."},
    {NULL, "transport", 0, OPTION_TEXT, AT(transport), "NAME",
     "shm or socket: how mp moves data (COHORT_TRANSPORT)."},

    {"Calls", "timeout", 0, OPTION_TEXT, AT(timeout), "SECONDS",
     "How long a collective call may wait for its peers; 0: no limit "
     "(COHORT_TIMEOUT)."},
    {NULL, "check", 0, OPTION_FLAG, AT(check), NULL,
     "Compare the calls of all ranks on mpi, too (COHORT_CHECK)."},

    {"Sweeps", "schedule", 0, OPTION_TEXT, AT(schedule), "NAME[,CHUNK]",
     "static, dynamic or guided, for jobs that name no schedule "
     "(COHORT_SCHEDULE)."},
    {NULL, "isolate", 0, OPTION_FLAG, AT(isolate), NULL,
     "Run tasks in child processes, so that a crash fails one task only "
     "(COHORT_ISOLATE)."},
    {NULL, "journal-unlocked", 0, OPTION_FLAG, AT(unlocked), NULL,
     "A journal may lie on a file system without locks "
     "(COHORT_JOURNAL_UNLOCKED)."},
    {NULL, "progress", 0, OPTION_TEXT, AT(progress), "WHEN",
     "auto, always or never (COHORT_PROGRESS)."},

    {"What is said", "log", 0, OPTION_TEXT, AT(log), "LEVEL",
     "error, warn, info or debug (COHORT_LOG)."},
    {NULL, "dry-run", 0, OPTION_FLAG, AT(dry_run), NULL,
     "Run nothing: print the command that would run, quoted for a shell."},
    {NULL, "verbose", 'v', OPTION_FLAG, AT(verbose), NULL,
     "Also print that command before it runs."},
    {NULL, "quiet", 'q', OPTION_FLAG, AT(quiet), NULL,
     "Do not print what will happen."},
    {NULL, "help", 'h', OPTION_FLAG, AT(help), NULL, "Print this."},
};

const struct option_set run_option_set = {
    "cohort run",
    "[-n N] [OPTION]... -- PROGRAM [ARGUMENT]...",
    "Run a program that uses cohort: set the variables that it reads, say what "
    "will happen, and become it. What the program itself asks for in "
    "cohort_open takes precedence.",
    options,
    sizeof(options) / sizeof(options[0]),
};
