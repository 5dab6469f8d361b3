/* Memory that is filled once: its bytes, and who cannot write to it. The
 * process maps its own memory by its address, as another process would. */
#define _GNU_SOURCE
#include "common/base/node_memory.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BYTES = 3 * 65536 + 5 };

static unsigned char source[BYTES];

static struct node_memory filled(enum node_memory_kind kind)
{
	struct node_memory memory;

	for (size_t i = 0; i < BYTES; i++)
		source[i] = (unsigned char)(i % 251);
	cr_assert(node_memory_copy(&memory, source, BYTES, kind));
	return memory;
}

Test(node_memory, has_the_bytes)
{
	for (int kind = 0; kind <= NODE_MEMORY_PRIVATE; kind++) {
		struct node_memory memory = filled((enum node_memory_kind)kind);
		cr_expect(!memcmp(memory.data, source, BYTES));
		node_memory_free(&memory);
		cr_expect(!memory.data);
	}
}

Test(node_memory, is_written_in_parts)
{
	struct node_memory memory;

	struct node_memory whole = filled(NODE_MEMORY_PRIVATE);
	node_memory_free(&whole);
	cr_assert(node_memory_create(&memory, BYTES, NODE_MEMORY_SHARED));
	for (size_t at = 0; at < BYTES; at += 1000) {
		const size_t left = BYTES - at;
		cr_assert(node_memory_write(&memory, at, source + at,
		                            left < 1000 ? left : 1000));
	}
	cr_assert(node_memory_finish(&memory));
	cr_expect(!memcmp(memory.data, source, BYTES));
	node_memory_free(&memory);
}

/* As a rank without results has it. The sanitizers know what memcpy says about
 * NULL. */
Test(node_memory, no_bytes_have_no_address)
{
	for (int kind = 0; kind <= NODE_MEMORY_PRIVATE; kind++) {
		struct node_memory memory;
		cr_assert(node_memory_create(&memory, BYTES,
		                             (enum node_memory_kind)kind));
		cr_expect(node_memory_write(&memory, BYTES, NULL, 0));
		cr_expect(node_memory_read(&memory, BYTES, NULL, 0));
		node_memory_free(&memory);
	}
}

Test(node_memory, is_mapped_by_its_address)
{
	struct node_memory memory = filled(NODE_MEMORY_SHARED);
	struct node_memory_address address = node_memory_address(&memory);
	struct node_memory other;

	cr_assert(address.process == getpid());
	cr_assert(node_memory_map(&other, &address));
	cr_expect(other.data != memory.data);
	cr_expect(!memcmp(other.data, source, BYTES));
	node_memory_free(&memory);
	cr_expect(!memcmp(other.data, source, BYTES), "it went too early");
	node_memory_free(&other);
}

Test(node_memory, is_filled_together)
{
	struct node_memory memory;
	struct node_memory other;
	unsigned char read[1000];

	struct node_memory whole = filled(NODE_MEMORY_PRIVATE);
	node_memory_free(&whole);
	cr_assert(node_memory_create(&memory, BYTES, NODE_MEMORY_SHARED));
	const struct node_memory_address address = node_memory_address(&memory);
	cr_assert(!node_memory_map(&other, &address), "it is not finished");
	cr_assert(node_memory_join(&other, &address));
	cr_assert(node_memory_write(&other, 1000, source + 1000, BYTES - 1000));
	cr_assert(node_memory_write(&memory, 0, source, 1000));
	cr_assert(node_memory_read(&memory, 500, read, sizeof(read)));
	cr_expect(!memcmp(read, source + 500, sizeof(read)));
	cr_assert(node_memory_finish(&memory));
	cr_expect(!node_memory_write(&other, 0, "x", 1) && errno == EPERM);
	cr_expect(!memcmp(memory.data, source, BYTES));
	node_memory_free(&memory);
	cr_expect(!memcmp(other.data, source, BYTES));
	node_memory_free(&other);
}

Test(node_memory, is_not_joined_later)
{
	struct node_memory memory = filled(NODE_MEMORY_SHARED);
	struct node_memory_address address = node_memory_address(&memory);
	struct node_memory other;

	cr_expect(!node_memory_join(&other, &address), "it is finished");
	node_memory_free(&memory);
	memory = filled(NODE_MEMORY_PRIVATE);
	address = node_memory_address(&memory);
	cr_expect(!node_memory_join(&other, &address), "it is private");
	node_memory_free(&memory);
}

/* Another process may have the number that is meant, in another namespace. */
Test(node_memory, is_not_mistaken)
{
	struct node_memory memory = filled(NODE_MEMORY_SHARED);
	struct node_memory_address address = node_memory_address(&memory);
	struct node_memory other;

	address.file++;
	cr_expect(!node_memory_map(&other, &address));
	address = node_memory_address(&memory);
	address.bytes++;
	cr_expect(!node_memory_map(&other, &address));
	address = node_memory_address(&memory);
	node_memory_close(&memory);
	cr_expect(!node_memory_map(&other, &address), "it is closed");
	node_memory_free(&memory);
	memory = filled(NODE_MEMORY_PRIVATE);
	address = node_memory_address(&memory);
	cr_expect(!node_memory_map(&other, &address), "it is private");
	node_memory_free(&memory);
}

Test(node_memory, cannot_be_written_by_its_descriptor)
{
	struct node_memory memory = filled(NODE_MEMORY_SHARED);

	cr_expect(pwrite(memory.fd, "x", 1, 0) < 0 && errno == EPERM);
	cr_expect(ftruncate(memory.fd, 0) < 0 && errno == EPERM);
	node_memory_free(&memory);
}

/* A sanitizer would report the signal and exit. */
static void write_to(const struct node_memory *memory)
{
	signal(SIGSEGV, SIG_DFL);
	*(volatile unsigned char *)memory->data = 1;
}

Test(node_memory, cannot_be_written, .signal = SIGSEGV)
{
	const struct node_memory memory = filled(NODE_MEMORY_SHARED);

	write_to(&memory);
}

Test(node_memory, private_cannot_be_written, .signal = SIGSEGV)
{
	const struct node_memory memory = filled(NODE_MEMORY_PRIVATE);

	write_to(&memory);
}

/* A limit on the size of files must not end the program. */
Test(node_memory, is_private_where_files_are_limited)
{
	const struct rlimit small = {4096, 4096};

	signal(SIGXFSZ, SIG_DFL);
	cr_assert(!setrlimit(RLIMIT_FSIZE, &small));
	struct node_memory memory = filled(NODE_MEMORY_SHARED);
	cr_expect(!memcmp(memory.data, source, BYTES));
	cr_expect(node_memory_address(&memory).process == 0);
	node_memory_free(&memory);
}
