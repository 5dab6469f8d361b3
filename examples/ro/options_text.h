/* The parts of --help that are not about one option; and the defaults that it
 * names. */
#ifndef RO_OPTIONS_TEXT_H
#define RO_OPTIONS_TEXT_H

#define DEFAULT_RECOVERIES "0.30:0.60:16"
#define DEFAULT_PERMEABILITIES "1:3:21"
#define DEFAULT_OUTPUT "results.csv"
#define DEFAULT_SAMPLES "monte-carlo.csv"
#define DEFAULT_SUMMARY "monte-carlo-seas.csv"
#define DEFAULT_SEAS RO_HOME "/data/seas.csv"
#define DEFAULT_GRID_SCRIPT RO_HOME "/plot.gp"
#define DEFAULT_SAMPLES_SCRIPT RO_HOME "/monte-carlo.gp"

#define TEXT_ABOUT                                                             \
	"\n\nComputes the pressure and the energy that sea-water reverse "     \
	"osmosis plants\n"                                                     \
	"need at every sea of a list. Without --monte-carlo the plants are a " \
	"grid: every\n"                                                        \
	"recovery with every water permeability of the membrane. With it, "    \
	"seas and\n"                                                           \
	"membranes are drawn at random. Writes CSV, one row for each plant; "  \
	"the row of a\n"                                                       \
	"plant that cannot work says why."

#define TEXT_MORE                                                              \
	"\nExamples:\n"                                                        \
	"  ro_sweep --plot energy.png\n"                                       \
	"  ro_sweep --monte-carlo 1000 --recovery 0.42 --plot scatter.png\n"   \
	"  ro_sweep --monte-carlo 100000 --journal run1   Ctrl-C, and again\n" \
	"  COHORT_BACKEND=mp COHORT_SIZE=4 ro_sweep\n"                         \
	"  mpirun -n 64 ro_sweep --schedule guided\n"                          \
	"\nThe tables are the same, byte for byte, whatever backend, number "  \
	"of ranks and\nschedule they were made with, and however often the "   \
	"sweep was interrupted.\n"                                             \
	"\nEnvironment:\n"                                                     \
	"  COHORT_BACKEND    auto, serial, mp or mpi (default: auto)\n"        \
	"  COHORT_SIZE       ranks that mp starts (default: the cores)\n"      \
	"  COHORT_SCHEDULE   as --schedule, also with a chunk: dynamic,8\n"    \
	"  COHORT_ISOLATE    1: as --isolate\n"                                \
	"  COHORT_PROGRESS   auto, always or never: a line on stderr, how "    \
	"far "                                                                 \
	"it is\n"                                                              \
	"  COHORT_LOG        error, warn, info or debug (default: warn)\n"     \
	"\nExit status: 0; 1 if something failed; 2 for a bad command line; "  \
	"3 if the\ndeadline has left tasks; 128 + the signal after SIGINT "    \
	"(Ctrl-C) or SIGTERM. A\njournal has the finished tasks.\n"

#endif
