#include "journal_shared.h"

#include <errno.h>
#include <stddef.h>

enum { ERRNO_BITS = 16 };

static const char *const actions[] = {[FAILURE_NONE] = NULL,
#define ROW(name, words) [FAILURE_##name] = words,
                                      JOURNAL_FAILURE_MAP(ROW)
#undef ROW
};

void journal_shared_init(struct journal_shared *shared)
{
	atomic_store(&shared->committed, 0);
	atomic_store(&shared->changes, 0);
	atomic_store(&shared->synced, 0);
	atomic_store(&shared->writing, 0);
	atomic_store(&shared->failed, 0);
}

void journal_shared_fail(struct journal_shared *shared,
                         enum journal_failure failure)
{
	uint32_t none = 0;
	const uint32_t packed =
	    (uint32_t)failure << ERRNO_BITS | ((uint32_t)errno & 0xffff);

	atomic_compare_exchange_strong(&shared->failed, &none, packed);
}

const char *journal_shared_failure(const struct journal_shared *shared,
                                   int *error)
{
	const uint32_t packed = atomic_load(&shared->failed);

	*error = (int)(packed & 0xffff);
	return actions[packed >> ERRNO_BITS];
}
