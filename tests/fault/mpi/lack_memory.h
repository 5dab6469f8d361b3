/* Memory that a rank cannot have: the library's own calls for it fail, and those
 * of MPI and of the test do not. The functions of the C library with these names
 * are replaced for the whole program. */
#ifndef LACK_MEMORY_H
#define LACK_MEMORY_H

#include <stdbool.h>

enum lack { LACK_ONE, LACK_ALL };

/* From now on the library's call number `first` fails with ENOMEM, and with
 * LACK_ALL every one after it: malloc, calloc, realloc, mmap, mprotect,
 * pwrite. */
void lack_begin(long first, enum lack kind);

/* No call fails any more. Whether one has. */
bool lack_end(void);

#endif
