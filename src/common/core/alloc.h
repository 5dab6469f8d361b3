/* Memory of cohort_alloc. */
#ifndef COHORT_COMMON_CORE_ALLOC_H
#define COHORT_COMMON_CORE_ALLOC_H

#include "cohort.h"

/* Release all memory that cohort_alloc returned for the group and that
 * cohort_free has not released. */
void alloc_release_all(cohort *group);

#endif
