#include "journal_shared.h"

#include <errno.h>
#include <stddef.h>

enum { ERRNO_BITS = 16 };

static const char *const actions[] = {[FAILURE_NONE] = NULL,
#define ROW(name, words) [FAILURE_##name] = words,
                                      JOURNAL_FAILURE_MAP(ROW)
#undef ROW
};

void journal_shared_init_failure(_Atomic uint64_t *failed)
{
	atomic_store(failed, checked_word(0));
}

void journal_shared_init_words(struct sync_words *words)
{
	atomic_store(&words->changes, checked_word(0));
	atomic_store(&words->begun, checked_word(0));
	atomic_store(&words->synced, checked_word(0));
	atomic_store(&words->synced_at, 0);
	journal_shared_init_failure(&words->failed);
}

void journal_shared_init(struct journal_shared *shared)
{
	journal_shared_commit(shared, 0);
	journal_shared_end(shared);
	journal_shared_init_failure(&shared->failed);
	journal_shared_init_words(&shared->words);
}

/* Of these words only the processes of one rank take notice, one after another:
 * the next one begins when the last one has ended. So the order in which a
 * process writes them is all that counts. */
void journal_shared_commit(struct journal_shared *shared, uint64_t bytes)
{
	atomic_store_explicit(&shared->committed, checked_word(bytes),
	                      memory_order_release);
}

uint64_t journal_shared_committed(const struct journal_shared *shared,
                                  uint64_t known)
{
	uint64_t bytes;

	return checked_word_read(atomic_load(&shared->committed), &bytes)
	           ? bytes
	           : known;
}

bool journal_shared_is_writing(const struct journal_shared *shared)
{
	return atomic_load(&shared->writing) != checked_word(0);
}

bool journal_shared_begin(struct journal_shared *shared)
{
	const bool dead = journal_shared_is_writing(shared);

	atomic_store_explicit(&shared->writing, checked_word(1),
	                      memory_order_release);
	return dead;
}

void journal_shared_end(struct journal_shared *shared)
{
	atomic_store_explicit(&shared->writing, checked_word(0),
	                      memory_order_release);
}

/* 0: none. */
static uint64_t failure_of(uint64_t word)
{
	uint64_t packed;

	return checked_word_read(word, &packed) &&
	               packed >> ERRNO_BITS < sizeof(actions) / sizeof(*actions)
	           ? packed
	           : 0;
}

static void store_failure(_Atomic uint64_t *failed, uint64_t packed)
{
	uint64_t before = atomic_load(failed);

	while (!failure_of(before) &&
	       !atomic_compare_exchange_weak(failed, &before,
	                                     checked_word(packed)))
		;
}

void journal_shared_fail(_Atomic uint64_t *failed, enum journal_failure failure)
{
	store_failure(failed, (uint64_t)failure << ERRNO_BITS |
	                          ((uint64_t)errno & 0xffff));
}

void journal_shared_learn(_Atomic uint64_t *failed,
                          const _Atomic uint64_t *from)
{
	const uint64_t packed = failure_of(atomic_load(from));

	if (packed)
		store_failure(failed, packed);
}

const char *journal_shared_failure(const _Atomic uint64_t *failed, int *error)
{
	const uint64_t packed = failure_of(atomic_load(failed));

	*error = (int)(packed & 0xffff);
	return actions[packed >> ERRNO_BITS];
}
