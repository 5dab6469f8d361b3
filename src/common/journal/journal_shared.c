#include "journal_shared.h"

#include <errno.h>
#include <stddef.h>

enum { ERRNO_BITS = 16 };

static const char *const actions[] = {[FAILURE_NONE] = NULL,
#define ROW(name, words) [FAILURE_##name] = words,
                                      JOURNAL_FAILURE_MAP(ROW)
#undef ROW
};

void journal_shared_init_words(struct sync_words *words)
{
	atomic_store(&words->changes, 0);
	atomic_store(&words->begun, 0);
	atomic_store(&words->synced, 0);
	atomic_store(&words->synced_at, 0);
	atomic_store(&words->failed, 0);
}

void journal_shared_init(struct journal_shared *shared)
{
	journal_shared_commit(shared, 0);
	atomic_store(&shared->writing, 0);
	atomic_store(&shared->failed, 0);
	journal_shared_init_words(&shared->words);
}

static uint64_t with_check(uint64_t bytes)
{
	const uint64_t check = (bytes + 1) * 0x9e3779b97f4a7c15;

	return bytes | (check & ~COMMITTED_MOST);
}

/* Of these words only the processes of one rank take notice, one after another:
 * the next one begins when the last one has ended. So the order in which a
 * process writes them is all that counts. */
void journal_shared_commit(struct journal_shared *shared, uint64_t bytes)
{
	atomic_store_explicit(&shared->committed, with_check(bytes),
	                      memory_order_release);
}

bool journal_shared_begin(struct journal_shared *shared)
{
	const bool dead = atomic_load(&shared->writing) != 0;

	atomic_store_explicit(&shared->writing, 1, memory_order_release);
	return dead;
}

void journal_shared_end(struct journal_shared *shared)
{
	atomic_store_explicit(&shared->writing, 0, memory_order_release);
}

bool journal_shared_committed(const struct journal_shared *shared,
                              uint64_t *bytes)
{
	const uint64_t word = atomic_load(&shared->committed);

	*bytes = word & COMMITTED_MOST;
	return word == with_check(*bytes);
}

void journal_shared_fail(_Atomic uint32_t *failed, enum journal_failure failure)
{
	uint32_t none = 0;
	const uint32_t packed =
	    (uint32_t)failure << ERRNO_BITS | ((uint32_t)errno & 0xffff);

	atomic_compare_exchange_strong(failed, &none, packed);
}

const char *journal_shared_failure(const _Atomic uint32_t *failed, int *error)
{
	const uint32_t packed = atomic_load(failed);

	*error = (int)(packed & 0xffff);
	/* A task in a forked child may have written there. */
	const uint32_t action = packed >> ERRNO_BITS;
	return action < sizeof(actions) / sizeof(*actions)
	           ? actions[action]
	           : actions[FAILURE_SHARED];
}
