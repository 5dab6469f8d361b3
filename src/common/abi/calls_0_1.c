/*
 * The functions that programs compiled against version 0.1's header call. Their
 * structs have the fields down to the last one of 0.1, so each function passes
 * that size along. Newer programs call the inline functions of cohort.h.
 * cohort_journal_next, cohort_journal_record, cohort_predict and
 * cohort_scatter_objects, which are younger, are here for programs without the
 * header.
 */
#define COHORT_NO_INLINES
#include "cohort.h"

/* Bytes of a struct whose last field was `field`. */
#define SIZE_TO(type, field)                                      \
	((offsetof(type, field) + sizeof(((type *)NULL)->field) + \
	  _Alignof(type) - 1) /                                   \
	 _Alignof(type) * _Alignof(type))

cohort_status cohort_open(const cohort_options *options, cohort **out)
{
	return cohort_open_sized(options, SIZE_TO(cohort_options, mpi_comm),
	                         out);
}

cohort_status cohort_predict(const cohort_options *options,
                             cohort_prediction **out)
{
	return cohort_predict_sized(options, SIZE_TO(cohort_options, mpi_comm),
	                            SIZE_TO(cohort_prediction, module), out);
}

cohort_status cohort_scatter(cohort *group, const cohort_job *job,
                             const void *params, size_t count)
{
	return cohort_scatter_sized(group, job, SIZE_TO(cohort_job, seed),
	                            params, count);
}

cohort_status cohort_scatter_objects(cohort *group, const cohort_job *job,
                                     const cohort_blob params[], size_t count)
{
	return cohort_scatter_objects_sized(
	    group, job, SIZE_TO(cohort_job, seed), params, count);
}

cohort_status cohort_progress(const cohort *group, cohort_counts *out)
{
	return cohort_progress_sized(group, out,
	                             SIZE_TO(cohort_counts, seconds));
}

cohort_status cohort_gather(cohort *group, cohort_results **out)
{
	return cohort_gather_sized(group, SIZE_TO(cohort_result, attempts),
	                           out);
}

cohort_status cohort_gather_to_root(cohort *group, cohort_results **out)
{
	return cohort_gather_to_root_sized(
	    group, SIZE_TO(cohort_result, attempts), out);
}

cohort_status cohort_journal_next(cohort_journal *journal, cohort_result *out,
                                  bool *end)
{
	return cohort_journal_next_sized(journal, out,
	                                 SIZE_TO(cohort_result, attempts), end);
}

cohort_status cohort_journal_record(const cohort_journal *journal,
                                    cohort_record *out)
{
	return cohort_journal_record_sized(journal, out,
	                                   SIZE_TO(cohort_record, rerun));
}
