#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "numeric_threads.h"

#include "environment.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef void set_threads(int threads);
typedef int get_threads(void);
typedef void set_threads_wide(int64_t threads); /* BLIS: dim_t */
typedef int64_t get_threads_wide(void);

enum width { INT, WIDE };
enum { SHARE_BYTES = 16 };

static const struct {
	const char *variable;
	const char *setter;
	const char *getter;
	enum width width;
} pools[NUMERIC_POOLS] = {
    {"OMP_NUM_THREADS", "omp_set_num_threads", "omp_get_max_threads", INT},
    {"OPENBLAS_NUM_THREADS", "openblas_set_num_threads",
     "openblas_get_num_threads", INT},
    {"MKL_NUM_THREADS", "MKL_Set_Num_Threads", "MKL_Get_Max_Threads", INT},
    {"BLIS_NUM_THREADS", "bli_thread_set_num_threads",
     "bli_thread_get_num_threads", WIDE},
};

/* ISO C has no cast from a data pointer to a function pointer; POSIX guarantees
 * that both have the same size. So the functions below copy the bytes. */

static void call_setter(size_t pool, int threads)
{
	void *symbol = dlsym(RTLD_DEFAULT, pools[pool].setter);
	set_threads *set;
	set_threads_wide *set_wide;

	if (!symbol)
		return;
	if (pools[pool].width == WIDE) {
		memcpy(&set_wide, &symbol, sizeof(set_wide));
		set_wide(threads);
	} else {
		memcpy(&set, &symbol, sizeof(set));
		set(threads);
	}
}

/* 0 if the library is not loaded, or does not say. */
static int call_getter(size_t pool)
{
	void *symbol = dlsym(RTLD_DEFAULT, pools[pool].getter);
	get_threads *get;
	get_threads_wide *get_wide;
	int64_t threads;

	if (!symbol)
		return 0;
	if (pools[pool].width == WIDE) {
		memcpy(&get_wide, &symbol, sizeof(get_wide));
		threads = get_wide();
	} else {
		memcpy(&get, &symbol, sizeof(get));
		threads = get();
	}
	return threads > 0 && threads == (int)threads ? (int)threads : 0;
}

int numeric_threads_limit(int share, struct numeric_threads *out)
{
	char text[SHARE_BYTES];
	int unset = 0;

	*out = (struct numeric_threads){.share = share};
	snprintf(text, sizeof(text), "%d", share);
	for (size_t i = 0; i < NUMERIC_POOLS; i++) {
		if (!environment_set_default(pools[i].variable, text))
			continue;
		out->set |= 1U << i;
		/* One pool may be built on another: ask before any is set. */
		out->before[i] = call_getter(i);
		unset++;
	}
	for (size_t i = 0; i < NUMERIC_POOLS; i++)
		if (out->set & 1U << i)
			call_setter(i, share);
	return unset;
}

void numeric_threads_restore(const struct numeric_threads *limit)
{
	char text[SHARE_BYTES];

	snprintf(text, sizeof(text), "%d", limit->share);
	for (size_t i = 0; i < NUMERIC_POOLS; i++) {
		if (!(limit->set & 1U << i) ||
		    !environment_unset_equal(pools[i].variable, text))
			continue;
		if (limit->before[i] > 0 && call_getter(i) == limit->share)
			call_setter(i, limit->before[i]);
	}
}
