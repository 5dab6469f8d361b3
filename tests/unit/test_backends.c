/* Each backend's table has every function that callers do not test for NULL. */
#include "common/core/backend.h"
#include "common/serial/serial.h"
#include "mp/mp_backend.h"
#include "mpi/loader.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct backend_slot {
	const char *name;
	size_t offset;
	bool optional;
} slots[] = {
#define REQUIRED(slot)                                       \
	{                                                    \
#slot, offsetof(struct backend, slot), false \
	}
#define OPTIONAL(slot)                                      \
	{                                                   \
#slot, offsetof(struct backend, slot), true \
	}
    REQUIRED(name),          REQUIRED(open),          REQUIRED(close),
    REQUIRED(abort),         REQUIRED(refuse),        REQUIRED(barrier),
    REQUIRED(bcast),         REQUIRED(gatherv),       REQUIRED(allgatherv),
    REQUIRED(allreduce),     OPTIONAL(alloc),         OPTIONAL(release),
    REQUIRED(tickets_open),  REQUIRED(tickets_claim), REQUIRED(become_task),
    REQUIRED(tickets_join),  REQUIRED(tickets_leave), REQUIRED(spread),
    REQUIRED(gather_shared), OPTIONAL(agree),         OPTIONAL(abandon),
};

enum { SLOTS = sizeof(slots) / sizeof(*slots) };

/* Every slot is one pointer. */
_Static_assert(SLOTS * sizeof(void *) == sizeof(struct backend),
               "every slot of a backend is listed");

static bool has_slot(const struct backend *backend,
                     const struct backend_slot *slot)
{
	static const void *const none = NULL;

	return memcmp((const char *)backend + slot->offset, &none,
	              sizeof(none)) != 0;
}

static void expect_complete(const struct backend *backend)
{
	for (size_t i = 0; i < SLOTS; i++)
		cr_expect(slots[i].optional || has_slot(backend, &slots[i]),
		          "%s: no %s", backend->name, slots[i].name);
	cr_expect(!backend->alloc == !backend->release,
	          "%s: alloc without release", backend->name);
}

Test(backends, serial)
{
	expect_complete(&serial_backend);
}

Test(backends, mp)
{
	expect_complete(&mp_backend);
	expect_complete(&mp_socket_backend);
}

/* Groups have a module's table, which the conformance tests call. */
Test(backends, loader)
{
	cr_expect_str_eq(mpi_backend.name, "mpi");
	cr_expect(mpi_backend.open);
}
