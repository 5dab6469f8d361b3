/* Where a table or a picture goes. */
#ifndef TOOLS_OUTPUT_DESTINATION_H
#define TOOLS_OUTPUT_DESTINATION_H

#include <stdbool.h>

struct destination {
	const char *option; /* that names it, for sentences */
	char *path;         /* of the file, which no symbolic link is */
	char *draft; /* the file that is written and then renamed to path; NULL:
	              * path is a device or a FIFO, and written itself */
};

/* Find out what is at `path`, the value of `option`. `is_stream`: it is written
 * from its beginning to its end. False with a sentence if it cannot go there.
 * The caller frees *out in either case, and has `option` until then. */
bool destination_find(const char *option, const char *path, bool is_stream,
                      struct destination *out);

/* Whether a file can be made there. Leaves nothing behind. False with a
 * sentence. */
bool destination_check(const struct destination *destination);

/* Make the draft, an empty file, before others open it by its name. False with
 * a sentence. */
bool destination_make(const struct destination *destination);

/* The draft was written, and is good or not: put it in its place, or remove it.
 * Returns whether it is good and in its place; false with a sentence. */
bool destination_end(const struct destination *destination, bool is_good);

void destination_free(struct destination *destination);

#endif
