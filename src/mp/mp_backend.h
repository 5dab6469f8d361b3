/* What the selection of a backend needs to know of mp. */
#ifndef COHORT_MP_MP_BACKEND_H
#define COHORT_MP_MP_BACKEND_H

#include <stdbool.h>

/* Whether this process is a rank of a world. */
bool mp_is_running(void);

#endif
