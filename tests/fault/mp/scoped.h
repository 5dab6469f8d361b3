/* What the scenarios with scoped groups share. */
#ifndef FAULT_SCOPED_H
#define FAULT_SCOPED_H

#include "runner.h"

/* In rank 0: open a scoped group of mp. Every rank returns. */
cohort *scoped_open(int size, double timeout);

/* On every rank: a few calls and a sweep, whose results are right. */
void scoped_use(cohort *group);

/* The close, on every rank: only rank 0, process `root`, returns, with this
 * status. */
void scoped_expect_close(cohort *group, pid_t root, cohort_status expected);

/* A group of another size can be opened, used and closed. */
void scoped_expect_next(int size);

#endif
