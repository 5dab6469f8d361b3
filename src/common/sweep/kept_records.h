/* The results that all ranks have, also those that have died: each rank reads
 * the others' stores in shared memory. */
#ifndef COHORT_COMMON_SWEEP_KEPT_RECORDS_H
#define COHORT_COMMON_SWEEP_KEPT_RECORDS_H

#include "sweep_run.h"

/* The tasks that have a result, as a set of bits (bit_set.h), to be freed. If
 * `agreed`, only the records that rank 0 has counted with kept_records_agree;
 * otherwise all that are finished. Fails if there is no memory, or if the
 * system refuses to let this process read the results of another one. */
cohort_status kept_records_done(struct sweep_run *run, bool agreed,
                                unsigned char **out);

/* When this rank has published its store, in a sweep with an on_result: if
 * results are released, others read other memory. */
void kept_records_publish(const struct sweep_run *run);

/* On rank 0: publish that all records that are finished now count. Those that
 * delivery_end keeps count only if it was called before. Fails as
 * kept_records_done. */
cohort_status kept_records_agree(struct sweep_run *run);

#endif
