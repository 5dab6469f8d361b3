#include "last_program.h"

#include "common/base/descriptor.h"
#include "format.h"
#include "format_1.h"

#include <string.h>

/* Whether the file has a whole head of this journal. All files of format 1 are
 * of the program in the identity. */
static bool read_program(int dir, const char *path, const uint64_t id[2],
                         struct tasks_name file, uint64_t program[2])
{
	struct format_tasks head;
	char name[TASKS_NAME_BYTES];
	uint64_t size;
	size_t got = 0;
	int fd;

	tasks_name_print(file, name);
	if (directory_read(dir, path, name, &fd, &size) != COHORT_OK)
		return false;
	const bool whole =
	    descriptor_read(fd, &head, sizeof(head), &got) &&
	    format_check(&head, got, FORMAT_TASKS_MAGIC) == FORMAT_GOOD;
	descriptor_close(&fd);
	if (!whole || memcmp(head.head.id, id, sizeof(head.head.id)) != 0)
		return false;
	if (head.head.version != FORMAT_1_VERSION)
		memcpy(program, head.program, sizeof(head.program));
	return true;
}

void last_program(int dir, const char *path, const uint64_t id[2],
                  const struct directory_contents *list, uint64_t program[2])
{
	for (size_t i = list->count; i > 0; i--)
		if (read_program(dir, path, id, list->tasks[i - 1], program))
			return;
}
