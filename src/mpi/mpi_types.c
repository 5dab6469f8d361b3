/*
 * Reductions use MPI's own operators where these give the results that cohort.h
 * promises, and operators made from the library's kernels (op.h) otherwise:
 *
 *   MIN, MAX   MPI does not define the result for NaN and -0.0; MPICH 4.0 and
 *              Open MPI 4.1 compare some unsigned types as signed ones
 *   LAND, LOR  MPI takes no floats
 *   SUM        of 8 and 16 bits saturates in Open MPI 4.1 where it uses AVX,
 *              and wraps where it does not
 */
#include "mpi_types.h"

#include "common/base/log.h"
#include "common/base/op.h"
#include "common/base/type.h"

#include <stdlib.h>

static const MPI_Datatype types[] = {
    [COHORT_INT8] = MPI_INT8_T,   [COHORT_UINT8] = MPI_UINT8_T,
    [COHORT_INT16] = MPI_INT16_T, [COHORT_UINT16] = MPI_UINT16_T,
    [COHORT_INT32] = MPI_INT32_T, [COHORT_UINT32] = MPI_UINT32_T,
    [COHORT_INT64] = MPI_INT64_T, [COHORT_UINT64] = MPI_UINT64_T,
    [COHORT_FLOAT] = MPI_FLOAT,   [COHORT_DOUBLE] = MPI_DOUBLE,
};

MPI_Datatype mpi_type_handle(cohort_type type)
{
	return types[type];
}

/* The operators that are made from kernels. */
#define OWN_OP_MAP(X) X(SUM) X(MIN) X(MAX) X(LAND) X(LOR)

static void combine_with_kernel(cohort_op op, MPI_Datatype type, void *inout,
                                const void *in, int count)
{
	cohort_type found = COHORT_INT8;

	/* MPI passes the handle that the reduction was called with. */
	while (types[found] != type)
		if ((size_t)++found == sizeof(types) / sizeof(*types)) {
			log_line(LOG_ERROR, -1,
			         "mpi: a reduction got a type that is none of "
			         "cohort's");
			MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
		}
	op_combine(op, found, inout, inout, in, (size_t)count);
}

/* MPI defines the result as `in op inout`. All operators here are commutative,
 * so the kernels may compute `inout op in`. */
#define OWN_FUNCTION(name)                                                    \
	static void combine_##name(void *in, void *inout, int *count,         \
	                           MPI_Datatype *type)                        \
	{                                                                     \
		combine_with_kernel(COHORT_##name, *type, inout, in, *count); \
	}
OWN_OP_MAP(OWN_FUNCTION)
#undef OWN_FUNCTION

/* The process has one set of them, which outlives every group. */
static struct {
	bool created;
#define OWN_FIELD(name) MPI_Op name;
	OWN_OP_MAP(OWN_FIELD)
#undef OWN_FIELD
} own;

MPI_Op mpi_op_handle(cohort_op op, cohort_type type)
{
	switch (op) {
	case COHORT_SUM:
		return type_size(type) <= 2 ? own.SUM : MPI_SUM;
	case COHORT_PROD:
		return MPI_PROD;
	case COHORT_MIN:
		return own.MIN;
	case COHORT_MAX:
		return own.MAX;
	case COHORT_LAND:
		return own.LAND;
	case COHORT_LOR:
		return own.LOR;
	case COHORT_BAND:
		return MPI_BAND;
	case COHORT_BOR:
		return MPI_BOR;
	case COHORT_BXOR:
		return MPI_BXOR;
	}
	return MPI_OP_NULL;
}

int mpi_op_handles_create(void)
{
	int code = MPI_SUCCESS;

	if (own.created)
		return MPI_SUCCESS;
#define OWN_CREATE(name)         \
	if (code == MPI_SUCCESS) \
		code = MPI_Op_create(combine_##name, 1, &own.name);
	OWN_OP_MAP(OWN_CREATE)
#undef OWN_CREATE
	own.created = code == MPI_SUCCESS;
	return code;
}

void mpi_op_handles_free(void)
{
	if (!own.created)
		return;
#define OWN_FREE(name) MPI_Op_free(&own.name);
	OWN_OP_MAP(OWN_FREE)
#undef OWN_FREE
	own.created = false;
}
