/* Regions in files: another process, here this one, reads what the owner writes
 * through its mapping. */
#define _GNU_SOURCE
#include "common/base/descriptor.h"
#include "common/base/region_allocator.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char *reserve(size_t *bytes)
{
	char *start = file_regions.reserve(&file_regions, bytes);

	cr_assert(start != NULL);
	return start;
}

Test(file_regions, are_read_by_their_address)
{
	size_t bytes;
	size_t got = 0;
	char read[16] = "";
	char *start = reserve(&bytes);
	const struct node_memory_address address = file_region_address(start);
	int fd = node_memory_open_file(&address);

	cr_assert(fd >= 0 && address.bytes == bytes);
	cr_assert(file_regions.use(&file_regions, start, 0, 100000));
	memcpy(start + 99990, "some bytes", 10);
	cr_assert(descriptor_read_at(fd, 99990, read, 10, &got));
	cr_expect(got == 10 && !strcmp(read, "some bytes"), "%s", read);
	file_regions.trim(&file_regions, start, 100000);
	cr_expect(!memcmp(start + 99990, "some bytes", 10));
	cr_expect(node_memory_open_file(&address) < 0, "it was trimmed");
	file_regions.release(&file_regions, start);
	descriptor_close(&fd);
}

Test(file_regions, of_one_region_are_not_those_of_another)
{
	size_t bytes;
	char *first = reserve(&bytes);
	const struct node_memory_address address = file_region_address(first);

	file_regions.release(&file_regions, first);
	/* It has the same descriptor. */
	char *second = reserve(&bytes);
	cr_expect(file_region_address(second).descriptor == address.descriptor);
	cr_expect(node_memory_open_file(&address) < 0);
	file_regions.release(&file_regions, second);
}

Test(file_regions, are_not_there_if_files_must_be_short)
{
	struct rlimit limit;
	size_t bytes;

	cr_assert(!getrlimit(RLIMIT_FSIZE, &limit));
	const struct rlimit low = {1 << 20, limit.rlim_max};
	cr_assert(!setrlimit(RLIMIT_FSIZE, &low));
	cr_expect(!file_regions.reserve(&file_regions, &bytes));
	cr_assert(!setrlimit(RLIMIT_FSIZE, &limit));
}
