#ifndef TOOLS_PARAMS_JSON_KEYS_H
#define TOOLS_PARAMS_JSON_KEYS_H

#include <stddef.h>

/* Offset of the key `key` in the text of an object, whose syntax is good; of
 * the object's end if it has no such key. */
size_t json_key_offset(const char *text, size_t bytes, const char *key);

#endif
