/* What the choice of a backend asks of mp. */
#ifndef COHORT_MP_MP_BACKEND_H
#define COHORT_MP_MP_BACKEND_H

#include <stdbool.h>

/* Whether this process is one of the ranks that an open has forked. */
bool mp_is_running(void);

#endif
