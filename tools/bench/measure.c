#include "measure.h"

#include "base/clock.h"

enum {
	WARM_PART = 10, /* of the calls, one part comes before them */
	CHUNKS = 16,    /* between two of them, ranks agree on the time */
	ITERATIONS_MOST = 100 * 1000 * 1000
};

/* Calls that were made, and this rank's time in them. */
struct tally {
	size_t count;
	double seconds;
};

/* Makes the call so often; *seconds receives this rank's time in it. */
static cohort_status repeat(const struct bench_call *call,
                            const struct bench_data *data, size_t count,
                            double *seconds)
{
	const bool separates = call->unit != BENCH_NOTHING;
	double total = 0;

	for (size_t i = 0; i < count; i++) {
		const double begin = clock_seconds();
		cohort_status status = call->run(data);

		total += clock_seconds() - begin;
		if (status == COHORT_OK && separates)
			status = cohort_barrier(data->group);
		if (status != COHORT_OK)
			return status;
	}
	*seconds = total;
	return COHORT_OK;
}

static cohort_status reduce(const struct bench_data *data, double *value,
                            cohort_op op)
{
	return cohort_allreduce(data->group, COHORT_IN_PLACE, value, 1,
	                        COHORT_DOUBLE, op);
}

/* Makes the call, *chunk times and more often each time, until the slowest rank
 * has taken `seconds`. All ranks make equally many calls. */
static cohort_status repeat_for(const struct bench_call *call,
                                const struct bench_data *data, double seconds,
                                size_t *chunk, struct tally *out)
{
	double left = seconds;

	*out = (struct tally){0};
	while (left > 0 && out->count < ITERATIONS_MOST) {
		double own;
		const double begin = clock_seconds();
		cohort_status status = repeat(call, data, *chunk, &own);
		double taken = clock_seconds() - begin;

		if (status == COHORT_OK)
			status = reduce(data, &taken, COHORT_MAX);
		if (status != COHORT_OK)
			return status;
		out->count += *chunk;
		out->seconds += own;
		left -= taken;
		if (taken < seconds / CHUNKS)
			*chunk *= 2;
	}
	return COHORT_OK;
}

/* `count` calls, after a tenth of that which do not count. */
static cohort_status repeat_counted(const struct bench_call *call,
                                    const struct bench_data *data, size_t count,
                                    struct tally *out)
{
	cohort_status status =
	    repeat(call, data, count / WARM_PART + 1, &out->seconds);

	if (status == COHORT_OK)
		status = cohort_barrier(data->group);
	if (status == COHORT_OK)
		status = repeat(call, data, count, &out->seconds);
	out->count = count;
	return status;
}

/* Times of ranks from this rank's mean. */
static cohort_status summarise(const struct bench_data *data, double mean,
                               struct bench_times *out)
{
	out->average = out->least = out->greatest = mean;
	cohort_status status = reduce(data, &out->average, COHORT_SUM);
	if (status == COHORT_OK)
		status = reduce(data, &out->least, COHORT_MIN);
	if (status == COHORT_OK)
		status = reduce(data, &out->greatest, COHORT_MAX);
	out->average /= cohort_size(data->group);
	return status;
}

cohort_status bench_measure(const struct bench_call *call,
                            const struct bench_data *data, double seconds,
                            size_t iterations, struct bench_times *out)
{
	const double units = call->unit == BENCH_TASKS ? (double)data->size : 1;
	struct tally tally = {0};
	size_t chunk = 1;
	cohort_status status;

	if (iterations > 0) {
		status = repeat_counted(call, data, iterations, &tally);
	} else {
		/* This warms caches up, and finds the chunk. */
		status =
		    repeat_for(call, data, seconds / WARM_PART, &chunk, &tally);
		if (status == COHORT_OK)
			status =
			    repeat_for(call, data, seconds, &chunk, &tally);
	}
	if (status != COHORT_OK)
		return status;
	out->iterations = tally.count;
	return summarise(
	    data, tally.seconds / (double)tally.count / units * 1e6, out);
}
