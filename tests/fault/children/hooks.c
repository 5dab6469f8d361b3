#define _GNU_SOURCE
#include "hooks.h"

#include "common/core/group.h"
#include "common/journal/writer.h"
#include "common/sweep/child_state.h"
#include "common/sweep/result_store.h"
#include "common/sweep/ticket_request.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

const char *const hook_names[HOOKS] = {
#define ROW(name, function) [HOOK_##name] = #function,
    HOOK_MAP(ROW)
#undef ROW
};

struct hooks *hooks;

static pid_t spared;

void hooks_create(void)
{
	hooks = mmap(NULL, sizeof(*hooks), PROT_READ | PROT_WRITE,
	             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (hooks == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
}

void hooks_arm(enum hook kind, enum hook_mode mode, int at, int signal)
{
	spared = getpid();
	hooks->kind = kind;
	hooks->mode = mode;
	hooks->at = at;
	hooks->signal = signal;
	atomic_store(&hooks->count, 0);
	atomic_store(&hooks->armed, 1);
}

void hooks_disarm(void)
{
	atomic_store(&hooks->armed, 0);
}

void hooks_set_claims(cohort *group, int copies_claim)
{
	group->world->copies_claim = copies_claim;
}

/* Whether this is the call. */
static bool is_fatal(enum hook kind)
{
	return spared && getpid() != spared && hooks->kind == kind &&
	       atomic_load(&hooks->armed) > 0 &&
	       atomic_fetch_add(&hooks->count, 1) + 1 == hooks->at &&
	       atomic_exchange(&hooks->armed, 0) > 0;
}

static void end_if(bool fatal, enum hook_mode mode)
{
	if (fatal && hooks->mode == mode)
		raise(hooks->signal);
}

#define WRAP_VOID(name, function, parameters, arguments)  \
	void __real_##function parameters;                \
	void __wrap_##function parameters;                \
	void __wrap_##function parameters                 \
	{                                                 \
		const bool fatal = is_fatal(HOOK_##name); \
		end_if(fatal, KILL_BEFORE);               \
		__real_##function arguments;              \
		end_if(fatal, KILL_AFTER);                \
	}

#define WRAP(type, name, function, parameters, arguments)        \
	type __real_##function parameters;                       \
	type __wrap_##function parameters;                       \
	type __wrap_##function parameters                        \
	{                                                        \
		const bool fatal = is_fatal(HOOK_##name);        \
		end_if(fatal, KILL_BEFORE);                      \
		type const result = __real_##function arguments; \
		end_if(fatal, KILL_AFTER);                       \
		return result;                                   \
	}

WRAP_VOID(TASK_BEGINS, child_state_task_begins,
          (struct child_state * state, uint64_t number, int64_t now),
          (state, number, now))
WRAP_VOID(TASK_ENDS, child_state_task_ends,
          (struct child_state * state, uint64_t key,
           const struct cursor *cursor),
          (state, key, cursor))
WRAP_VOID(KEEP_CURSOR, child_state_keep_cursor,
          (struct child_state * state, uint64_t key,
           const struct cursor *cursor),
          (state, key, cursor))
WRAP(cohort_status, ASK, ticket_request_send,
     (const struct ticket_channel *channel, uint64_t most,
      struct ticket_range *out),
     (channel, most, out))
WRAP(void *, STORE_RESULT, result_store_result,
     (struct result_store * store, size_t bytes), (store, bytes))
WRAP(cohort_status, STORE_ADD, result_store_add,
     (struct result_store * store, const struct record *record,
      const char *error),
     (store, record, error))
WRAP(cohort_status, WRITE, journal_write,
     (struct journal_writer * writer, const struct journal_record *record),
     (writer, record))
