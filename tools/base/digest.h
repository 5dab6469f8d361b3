/* Numbers that stand for texts. */
#ifndef TOOLS_BASE_DIGEST_H
#define TOOLS_BASE_DIGEST_H

#include <stdint.h>

/* The digest of a text and of those before it, whose digest is `before`; 0 for
 * the first one. Different rows of texts have different digests, as far as
 * chance goes. */
uint64_t digest_add(uint64_t before, const char *text);

#endif
