#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "numeric_threads.h"

#include "environment.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef void set_threads(int threads);
typedef void set_threads_wide(int64_t threads); /* BLIS: dim_t */

enum width { INT, WIDE };

static const struct {
	const char *variable;
	const char *setter;
	enum width width;
} pools[] = {
    {"OMP_NUM_THREADS", "omp_set_num_threads", INT},
    {"OPENBLAS_NUM_THREADS", "openblas_set_num_threads", INT},
    {"MKL_NUM_THREADS", "MKL_Set_Num_Threads", INT},
    {"BLIS_NUM_THREADS", "bli_thread_set_num_threads", WIDE},
};

static void call_setter(const char *setter, enum width width, int share)
{
	void *symbol = dlsym(RTLD_DEFAULT, setter);
	set_threads *set;
	set_threads_wide *set_wide;

	if (!symbol)
		return;
	/* ISO C has no cast from a data pointer to a function pointer; POSIX
	 * guarantees that both have the same size. */
	if (width == WIDE) {
		memcpy(&set_wide, &symbol, sizeof(set_wide));
		set_wide(share);
	} else {
		memcpy(&set, &symbol, sizeof(set));
		set(share);
	}
}

int numeric_threads_limit(int share)
{
	char text[16];
	int unset = 0;

	snprintf(text, sizeof(text), "%d", share);
	for (size_t i = 0; i < sizeof(pools) / sizeof(*pools); i++) {
		if (!environment_set_default(pools[i].variable, text))
			continue;
		call_setter(pools[i].setter, pools[i].width, share);
		unset++;
	}
	return unset;
}
