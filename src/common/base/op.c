#include "op.h"

#include "target_clones.h"
#include "type.h"

#include <assert.h>
#include <tgmath.h>

static const char *const names[] = {
#define NAME(name) [COHORT_##name] = "COHORT_" #name,
    OP_MAP(NAME)
#undef NAME
};

#define COUNTED(name) +1
enum { OPS = OP_MAP(COUNTED) };
#undef COUNTED
static_assert(OPS == COHORT_BXOR + 1, "OP_MAP has every cohort_op");
static_assert(sizeof(names) == OPS * sizeof(*names), "and none twice");

typedef void kernel(void *to, const void *left, const void *right,
                    size_t count);

/*
 * Each operator, for two elements a and b of type T. Integer sums and products
 * are computed in uint64_t; the low bits are the wrapped result of every
 * narrower type, signed or unsigned. In the type itself, two uint16_t would be
 * multiplied as int, which can overflow.
 */
#define INTEGER_SUM(T, a, b) (T)((uint64_t)(a) + (uint64_t)(b))
#define INTEGER_PROD(T, a, b) (T)((uint64_t)(a) * (uint64_t)(b))
#define INTEGER_MIN(T, a, b) ((b) < (a) ? (b) : (a))
#define INTEGER_MAX(T, a, b) ((b) > (a) ? (b) : (a))
#define INTEGER_LAND(T, a, b) ((a) != 0 && (b) != 0 ? (T)1 : (T)0)
#define INTEGER_LOR(T, a, b) ((a) != 0 || (b) != 0 ? (T)1 : (T)0)
#define INTEGER_BAND(T, a, b) (T)((a) & (b))
#define INTEGER_BOR(T, a, b) (T)((a) | (b))
#define INTEGER_BXOR(T, a, b) (T)((a) ^ (b))

#define FLOATING_SUM(T, a, b) ((a) + (b))
#define FLOATING_PROD(T, a, b) ((a) * (b))
/* IEEE 754-2019 minimum and maximum: NaN wins, and -0.0 is less than +0.0. The
 * sign is a number of type T, because compilers do not vectorise the int of
 * signbit. */
#define SIGN(T, a) copysign((T)1, (a))
#define FLOATING_MIN(T, a, b) \
	((a) < (b) || (a) != (a) || ((a) == (b) && SIGN(T, a) < 0) ? (a) : (b))
#define FLOATING_MAX(T, a, b) \
	((a) > (b) || (a) != (a) || ((a) == (b) && SIGN(T, a) > 0) ? (a) : (b))
#define FLOATING_LAND(T, a, b) ((a) != 0 && (b) != 0 ? (T)1 : (T)0)
#define FLOATING_LOR(T, a, b) ((a) != 0 || (b) != 0 ? (T)1 : (T)0)

/* Elements of the caller's buffers, which need not be aligned. */
#define ELEMENT(name, c_type, family) \
	typedef c_type element_##name __attribute__((aligned(1), may_alias));
TYPE_MAP(ELEMENT)
#undef ELEMENT

/* Tells the compiler that iterations are independent: `to` may be equal to
 * `left` or `right` but does not overlap them partially, so each element is
 * read before it is written. */
#if defined(__clang__)
#define ELEMENTWISE _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define ELEMENTWISE _Pragma("GCC ivdep")
#else
#define ELEMENTWISE
#endif

#define KERNEL(name, c_type, op, expression)                             \
	TARGET_CLONES static void combine_##name##_##op(                 \
	    void *to, const void *left, const void *right, size_t count) \
	{                                                                \
		element_##name *out = to;                                \
		const element_##name *x = left;                          \
		const element_##name *y = right;                         \
		ELEMENTWISE for (size_t i = 0; i < count; i++)           \
		{                                                        \
			const c_type a = x[i];                           \
			const c_type b = y[i];                           \
			out[i] = expression(c_type, a, b);               \
		}                                                        \
	}

#define INTEGER_KERNELS(name, c_type)            \
	KERNEL(name, c_type, SUM, INTEGER_SUM)   \
	KERNEL(name, c_type, PROD, INTEGER_PROD) \
	KERNEL(name, c_type, MIN, INTEGER_MIN)   \
	KERNEL(name, c_type, MAX, INTEGER_MAX)   \
	KERNEL(name, c_type, LAND, INTEGER_LAND) \
	KERNEL(name, c_type, LOR, INTEGER_LOR)   \
	KERNEL(name, c_type, BAND, INTEGER_BAND) \
	KERNEL(name, c_type, BOR, INTEGER_BOR)   \
	KERNEL(name, c_type, BXOR, INTEGER_BXOR)
#define SIGNED_KERNELS INTEGER_KERNELS
#define UNSIGNED_KERNELS INTEGER_KERNELS
#define FLOATING_KERNELS(name, c_type)            \
	KERNEL(name, c_type, SUM, FLOATING_SUM)   \
	KERNEL(name, c_type, PROD, FLOATING_PROD) \
	KERNEL(name, c_type, MIN, FLOATING_MIN)   \
	KERNEL(name, c_type, MAX, FLOATING_MAX)   \
	KERNEL(name, c_type, LAND, FLOATING_LAND) \
	KERNEL(name, c_type, LOR, FLOATING_LOR)

#define KERNELS(name, c_type, family) family##_KERNELS(name, c_type)
TYPE_MAP(KERNELS)
#undef KERNELS

#define ENTRY(name, op) [COHORT_##op] = combine_##name##_##op
#define FLOATING_ROW(name)                                     \
	ENTRY(name, SUM), ENTRY(name, PROD), ENTRY(name, MIN), \
	    ENTRY(name, MAX), ENTRY(name, LAND), ENTRY(name, LOR)
#define INTEGER_ROW(name)                                        \
	FLOATING_ROW(name), ENTRY(name, BAND), ENTRY(name, BOR), \
	    ENTRY(name, BXOR)
#define SIGNED_ROW INTEGER_ROW
#define UNSIGNED_ROW INTEGER_ROW

/* NULL where the operator does not apply. */
static kernel *const kernels[][OPS] = {
#define ROW(name, c_type, family) [COHORT_##name] = {family##_ROW(name)},
    TYPE_MAP(ROW)
#undef ROW
};

bool op_valid(cohort_op op)
{
	return (unsigned)op < OPS;
}

const char *op_name(cohort_op op)
{
	return op_valid(op) ? names[op] : "no operator";
}

bool op_applies(cohort_op op, cohort_type type)
{
	return kernels[type][op] != NULL;
}

void op_combine(cohort_op op, cohort_type type, void *to, const void *left,
                const void *right, size_t count)
{
	assert(op_applies(op, type));
	if (count > 0)
		kernels[type][op](to, left, right, count);
}

void op_alone(cohort_op op, cohort_type type, void *values, size_t count)
{
	/* x combined with itself is x, as 1 or 0. */
	if (op == COHORT_LAND || op == COHORT_LOR)
		op_combine(op, type, values, values, values, count);
}
