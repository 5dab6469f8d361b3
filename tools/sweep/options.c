#include "options.h"

#include <stddef.h>

#define AT(field) offsetof(struct sweep_options, field)

static const struct option options[] = {
    {"Parameters", "input", 0, OPTION_TEXT, AT(input), "FILE",
     "Read parameter sets from a table with a header: CSV, TSV or JSON lines, "
     "by its ending. - is standard input."},
    {NULL, "format", 0, OPTION_TEXT, AT(format), "csv|tsv|jsonl",
     "Format of the input."},
    {NULL, "parameter", 'p', OPTION_LIST, AT(values), "NAME=VALUES",
     "Values of a parameter: 1,2,3; linspace:FROM:TO:COUNT; "
     "logspace:FROM:TO:COUNT (powers of ten); range:FROM:TO:STEP (TO "
     "included); file:PATH (its lines). Several -p make all combinations, the "
     "first one changing slowest; with an input, each row takes each of them. "
     "Quotes keep a value as it is, as in -p 'x=\"range:0:1:1\",\"a,b\"'."},
    {NULL, "zip", 0, OPTION_FLAG, AT(zip), NULL,
     "Pair the values of several -p instead: the first with the first, and so "
     "on."},
    {NULL, "sample", 0, OPTION_TEXT, AT(sample), "COUNT",
     "Draw COUNT samples of the parameters whose -p is uniform:LO:HI, "
     "normal:MEAN:SD, loguniform:LO:HI, triangular:LO:MODE:HI or "
     "choice:A,B,..."},
    {NULL, "method", 0, OPTION_TEXT, AT(method), "random|lhs|sobol",
     "How to draw: random (the default), lhs (a Latin hypercube) or sobol."},
    {NULL, "seed", 0, OPTION_TEXT, AT(seed), "NUMBER",
     "Seed of the samples and of {seed}; 0 if it is not given. Results with "
     "another seed are not used. sobol without a seed is not randomised."},
    {NULL, "dry-run", 0, OPTION_OPTIONAL, AT(dry_run), "params",
     "Run nothing: print the commands, quoted for a shell; with =params the "
     "table of parameters, as CSV."},

    {"The command", "shell", 0, OPTION_FLAG, AT(shell), NULL,
     "COMMAND is a script for sh -c; what is put in is quoted, and a "
     "placeholder between quotes of the script is refused."},
    {NULL, "stdin", 0, OPTION_TEXT, AT(input_of_task), "FILE",
     "Standard input of a task, such as '{mesh}'. /dev/null if it is not "
     "given."},
    {NULL, "chdir", 0, OPTION_TEXT, AT(folder), "DIR",
     "Directory in which a task begins; it may have placeholders."},
    {NULL, "tmp", 0, OPTION_FLAG, AT(temporary), NULL,
     "Begin each task in an empty directory of its own, and remove it "
     "afterwards."},
    {NULL, "keep-failed", 0, OPTION_FLAG, AT(keep_failed), NULL,
     "Keep the directories of --tmp of tasks that failed."},
    {NULL, "env", 0, OPTION_LIST, AT(environment), "NAME=VALUE",
     "Set a variable of the tasks; the value may have placeholders. It takes "
     "the place of one that a task has, and the last one of a name counts."},
    {NULL, "nice", 0, OPTION_TEXT, AT(nice), "N",
     "Add N to the tasks' niceness."},
    {NULL, "mem", 0, OPTION_TEXT, AT(memory), "SIZE",
     "Memory that a task may have, as in 500M or 2G: that of all its processes "
     "in a cgroup where one can be made, else the address space of each "
     "(RLIMIT_AS). The sentence of a task that was ended says which."},
    {NULL, "cpus", 0, OPTION_TEXT, AT(cpus), "K",
     "Cores for each task: as many tasks run at once as there are K cores "
     "for, pinned to them, and OMP_NUM_THREADS and its kin are K where they "
     "are not set. Ranks for which there are no cores run no tasks."},
    {NULL, "gpus", 0, OPTION_OPTIONAL, AT(gpus), "COUNT",
     "Deal GPUs to the tasks that run at once, one to each: those that "
     "CUDA_VISIBLE_DEVICES or ROCR_VISIBLE_DEVICES lists, as under a batch "
     "system, or the first COUNT of them. If neither is set, 0 to COUNT - 1 "
     "by both variables."},

    {"Ranks", "ranks", 'n', OPTION_TEXT, AT(ranks), "N",
     "Tasks that run at once on this machine; one for each core if it is not "
     "given. A launcher's number of ranks counts under mpirun."},
    {NULL, "backend", 0, OPTION_TEXT, AT(backend), "auto|serial|mp|mpi",
     "How ranks are made, as COHORT_BACKEND."},

    {"What is kept", "journal", 0, OPTION_TEXT, AT(journal), "DIR",
     "Directory of the sweep. If it is not given: the input's name, or the "
     "command's, with .cohort behind it. The same command line, run again, "
     "does what is left. A result belongs to the names and values of its "
     "parameters, in any order, and to --seed."},
    {NULL, "fresh", 0, OPTION_FLAG, AT(fresh), NULL,
     "Start over: the old directory is renamed, not deleted."},
    {NULL, "retry-failed", 0, OPTION_FLAG, AT(retry_failed), NULL,
     "Run the tasks again that have failed in an earlier run."},
    {NULL, "only", 0, OPTION_TEXT, AT(only), "failed|INDEXES",
     "Run no other tasks than these, such as 3,7-9 (from 0), of which those "
     "with a result are left as they are; or the tasks again that have failed "
     "in an earlier run, and no new ones. The table has all."},
    {NULL, "output-dir", 0, OPTION_TEXT, AT(output_folder), "DIR",
     "Also write what each task prints to DIR/INDEX.out and DIR/INDEX.err."},
    {NULL, "tag", 0, OPTION_FLAG, AT(tag), NULL,
     "Also print the tasks' lines as they come, with the task's index and a "
     "tab before them; a line of more than 1 MiB in pieces of that length."},
    {NULL, "parse", 0, OPTION_LIST, AT(parse), "WHAT",
     "Take columns of the table from standard output: json (the last line is "
     "an object), csv (the last line, named by --columns), number (the last "
     "line), regex:NAME=RE (the last line that matches; its first group). A "
     "task whose last line is longer than 64 MiB fails; with regex any line."},
    {NULL, "columns", 0, OPTION_TEXT, AT(columns), "A,B,...",
     "Names of the values of --parse csv."},
    {NULL, "output", 'o', OPTION_TEXT, AT(output), "FILE",
     "Write the table: .csv, .tsv, .jsonl, .sqlite or .h5 (HDF5). - is "
     "standard output."},
    {NULL, "output-format", 0, OPTION_TEXT, AT(output_format),
     "csv|tsv|jsonl|sqlite|hdf5",
     "Format of the table, instead of the file's ending."},
    {NULL, "no-measures", 0, OPTION_FLAG, AT(no_measures), NULL,
     "Leave out the columns that differ from run to run: seconds, attempts, "
     "max_rss, rank."},
    {NULL, "all-measures", 0, OPTION_FLAG, AT(all_measures), NULL,
     "Add the columns started, user_seconds and system_seconds behind rank."},

    {"When things go wrong", "timeout", 0, OPTION_TEXT, AT(timeout), "SECONDS",
     "End a task that takes longer: SIGTERM to its process group, SIGKILL "
     "after --grace."},
    {NULL, "grace", 0, OPTION_TEXT, AT(grace), "SECONDS",
     "Time from a task's SIGTERM to its SIGKILL, and, when the sweep gets "
     "SIGTERM, the time before that, for tasks that run to finish; 5 if it is "
     "not given."},
    {NULL, "retries", 0, OPTION_TEXT, AT(retries), "N",
     "Run a task that crashed or took too long up to N more times."},
    {NULL, "retry-on", 0, OPTION_TEXT, AT(retry_on), "exit",
     "exit: --retries also for tasks with another exit status than 0."},
    {NULL, "halt", 0, OPTION_TEXT, AT(halt), "now|soon,fail=N|N%",
     "Stop the sweep when so many tasks, or percent of all, have failed: soon "
     "starts no more tasks, now ends those that run as well."},
    {NULL, "deadline", 0, OPTION_TEXT, AT(deadline), "TIME",
     "Start nothing that would not finish by then, as the slowest quarter of "
     "the tasks so far has it: seconds from now, or @ and seconds since 1970. "
     "SLURM_JOB_END_TIME is taken if it is set."},
    {NULL, "help", 'h', OPTION_FLAG, AT(help), NULL, "Print this."},
};

const struct option_set sweep_option_set = {
    "cohort sweep",
    "[OPTION]... -- COMMAND [ARGUMENT]...",
    "Run COMMAND once for each parameter set. {NAME} in it is a parameter's "
    "value; {index}, {seed}, {attempt}, {rank}, {slot} and {dir} are the "
    "task's.",
    options,
    sizeof(options) / sizeof(options[0]),
};
