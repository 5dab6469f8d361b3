/* Where a table goes. */
#ifndef TOOLS_OUTPUT_DESTINATION_H
#define TOOLS_OUTPUT_DESTINATION_H

#include <stdbool.h>

struct destination {
	char *path;  /* of the file, which no symbolic link is */
	char *draft; /* the file that is written and then renamed to path; NULL:
	              * path is a device or a FIFO, and written itself */
};

/* Find out what is at `path`. `is_stream`: the table is written from its
 * beginning to its end. False with a sentence if it cannot go there. The caller
 * frees *out in either case. */
bool destination_find(const char *path, bool is_stream,
                      struct destination *out);

/* Whether a file can be made there. Leaves nothing behind. False with a
 * sentence. */
bool destination_check(const struct destination *destination);

void destination_free(struct destination *destination);

#endif
