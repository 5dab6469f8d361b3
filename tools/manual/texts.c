#include "texts.h"

const struct page_section page_sections[] = {
    {"", "DESCRIPTION",
     "cohort sweep runs a program once for each parameter set, on all cores of "
     "a machine or under the launcher of an MPI, keeps what it printed and how "
     "it ended in a directory, and writes one table. The other subcommands "
     "look at that directory, also while the sweep runs, or are for programs "
     "that use the library cohort.\n\n"
     "There is no daemon, no database and no open port. The same command line, "
     "run again, does what is left."},
    {"", "EXAMPLES",
     "All combinations of 9 and 2 values, on all cores:\n\n"
     "  cohort sweep -p feed=linspace:5:45:9 -p recovery=0.3,0.4 \\\n"
     "      -o table.csv -- ./plant {feed} {recovery}\n\n"
     "The rows of a table, on the nodes of a cluster:\n\n"
     "  mpirun -n 256 cohort sweep --input cases.csv -- ./solver {mesh} "
     "{tol}\n\n"
     "What failed, what it printed, and the failed ones again:\n\n"
     "  cohort status cases.cohort\n"
     "  cohort output cases.cohort 17\n"
     "  cohort sweep --only failed --input cases.csv -- ./solver {mesh} {tol}"},
    {"sweep", "DESCRIPTION",
     "Run COMMAND once for each parameter set. Its arguments may have "
     "placeholders; no shell reads what is put in, so that one argument stays "
     "one argument:\n\n"
     "{NAME}\tthe value of a parameter\n"
     "{index}\tthe position of the parameter set, from 0\n"
     "{seed}\ta number for the task's random numbers; --seed decides all of "
     "them\n"
     "{attempt}\t0, and one more with each retry\n"
     "{rank}\tthe rank that runs the task\n"
     "{slot}\tthe number of that rank on its machine\n"
     "{dir}\tan empty directory of this task, which stays in "
     "NAME.cohort/tasks; that of --tmp if it is given\n"
     "{{ and }}\tbraces\n\n"
     "Without any placeholder the values follow the command as arguments. The "
     "variables COHORT_TASK_INDEX, COHORT_TASK_SEED, COHORT_TASK_ATTEMPT, "
     "COHORT_TASK_SLOT, and COHORT_P_NAME for each parameter, say the same.\n\n"
     "With --shell the arguments, joined by spaces, are a script for sh -c. "
     "Each value is put in with quotes around it, so that a placeholder stands "
     "outside of the script's own quotes, as in 'v '{a}. Between quotes, in a "
     "comment, $(( )) or ${ }, between backquotes, and behind <<, a backslash "
     "or a $ it is refused; write \"$COHORT_P_a\" there. The values do not "
     "follow a script that has COHORT_P_ in it.\n\n"
     "A task ends with its process group. Variables and descriptors of an "
     "MPI's "
     "launcher are not passed on, so that a task may be an MPI program "
     "itself."},
    {"sweep", "THE TABLE",
     "One row for each parameter set, in order: the parameters, then\n\n"
     "status\tok, failed, crashed, timeout, memory or not run\n"
     "exit\tits exit status\n"
     "signal\tthe signal that ended it\n"
     "seconds\twall-clock time of its last attempt\n"
     "attempts\thow often it was tried\n"
     "max_rss\tits largest resident memory, in bytes; at least that of the "
     "rank until then, which is 3 MB, 0.2 KB for each task that it has run, "
     "and on rank 0 the parameter sets\n"
     "rank\tthe rank that ran it\n\n"
     "with --all-measures also\n\n"
     "started\twhen its last attempt began, in seconds since 1970\n"
     "user_seconds\tCPU time of that attempt in the program and in the "
     "children that it waited for, in seconds, from the kernel\n"
     "system_seconds\ttheir CPU time in the kernel\n\n"
     "and what --parse took from its standard output. No two of these names "
     "may be the same, nor in upper and lower case."},
    {"sweep", "SIGNALS",
     "SIGINT\ttasks that run are finished, the rest is left for the next time\n"
     "SIGTERM\tthe same, but they have --grace to finish\n\n"
     "A second one ends all tasks. One rank that gets it stops all ranks.\n\n"
     "Under a launcher Ctrl-C goes to it. Open MPI's mpirun sends the ranks "
     "SIGTERM a second later, and SIGKILL after another second, whatever "
     "--grace is; tasks that have finished are in the journal. Its option "
     "--mca odls_base_sigkill_timeout N makes both N seconds. MPICH's passes "
     "signals on. SIGINT to one rank, a process cohort, stops a sweep as "
     "without a launcher."},
    {"sweep", "FILES",
     "NAME.cohort\tthe directory of the sweep, after the input or the command: "
     "the journal, what tasks printed, the command (sweep.json), the "
     "parameter sets (cases.csv) and the directories of {dir} (tasks)"},
    {"sweep", "EXAMPLES",
     "  cohort sweep -p base=2,3 -p power=range:1:3:1 --parse number \\\n"
     "      -o powers.csv -- \\\n"
     "      awk 'BEGIN {{ print ARGV[1] ^ ARGV[2] }}' {base} {power}\n\n"
     "  cohort sweep --sample 1000 --method sobol -p a=uniform:0:1 \\\n"
     "      -p b=normal:5:0.1 --parse json -o table.h5 -- ./model {a} {b}\n\n"
     "  cohort sweep --timeout 600 --retries 2 --mem 4G --deadline 7200 \\\n"
     "      --input cases.csv -- ./solver {mesh}"},
    {"results", "EXAMPLES",
     "  cohort results plant.cohort -o table.sqlite\n\n"
     "  cohort results plant.cohort --plot ranks.png\n\n"
     "  cohort results plant.cohort --plot map.png --plot-over feed,recovery "
     "\\\n"
     "      --plot-of energy"},
    {"output", "EXAMPLES", "  cohort output plant.cohort 3 17 2>errors"},
    {"status", "EXAMPLES", "  watch -n 5 cohort status plant.cohort"},
    {"sweep", "EXIT STATUS",
     "0\tall tasks are ok, or there was nothing to do\n"
     "1\tsome tasks failed or were not run\n"
     "2\twrong usage or input; nothing was run\n"
     "3\ta failure of the system\n"
     "128 + N\tsignal N stopped the sweep"},
    {"", "EXIT STATUS",
     "0 if all went well, 2 after wrong usage or input, 3 if the system has "
     "failed; cohort-sweep(1) has those of a sweep."},
    {"results", "EXIT STATUS",
     "0 if all went well, 2 after wrong usage or if it cannot be done."},
    {"output", "EXIT STATUS",
     "0 if all went well, 2 after wrong usage or if it cannot be done."},
    {"status", "EXIT STATUS",
     "0 if all went well, 2 after wrong usage or if it cannot be done."},
    {"", "ENVIRONMENT",
     "COHORT_BACKEND\tauto, serial, mp or mpi: how ranks are made\n"
     "COHORT_SIZE\thow many ranks there are without a launcher\n"
     "COHORT_PROGRESS\tauto, always or never: whether a line shows the "
     "progress "
     "of a sweep"},
    {"sweep", "ENVIRONMENT",
     "COHORT_BACKEND\tas --backend\n"
     "COHORT_SIZE\tas --ranks\n"
     "COHORT_PROGRESS\tauto, always or never: whether a line shows the "
     "progress\n"
     "SLURM_JOB_END_TIME\tas --deadline\n"
     "CUDA_VISIBLE_DEVICES, ROCR_VISIBLE_DEVICES\tthe GPUs that --gpus deals\n"
     "TMPDIR\twhere --tmp makes directories"},
};

const size_t page_section_count =
    sizeof(page_sections) / sizeof(page_sections[0]);
