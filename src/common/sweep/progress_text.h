/* The text of the progress line. */
#ifndef COHORT_COMMON_SWEEP_PROGRESS_TEXT_H
#define COHORT_COMMON_SWEEP_PROGRESS_TEXT_H

#include "cohort.h"

enum { PROGRESS_TEXT_BYTES = 256 };

/* "cohort: 700/2000 (35 %), 3 failed, 200 resumed, 125/s, 0:10 left". If
 * the sweep is `over`, the text ends with the time that it took. Allocates
 * nothing. */
void progress_text(const cohort_counts *counts, bool over,
                   char text[PROGRESS_TEXT_BYTES]);

#endif
