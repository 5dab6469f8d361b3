/*
 * What the tasks of a sweep depend on beside their parameters: the file
 * `sweep.json` in the sweep's directory, and the journal's identity.
 */
#ifndef TOOLS_SWEEP_DESCRIPTION_H
#define TOOLS_SWEEP_DESCRIPTION_H

#include "plan.h"

#include <jansson.h>

/* The description of a command line, which the caller releases with
 * json_decref. */
json_t *description_make(const struct sweep_plan *plan);

/* Its text, the same for the same description; the caller frees it. */
char *description_text(const json_t *description);

/* Whether the directory has no description, or this one. The sentence of a
 * failure says what differs, and the two ways out. */
bool description_check(const char *folder, const json_t *description);

/* Write it into the directory, which exists. */
bool description_write(const char *folder, const json_t *description);

/* The command of the sweep in a directory, quoted for a shell; the caller frees
 * it. NULL, with a sentence, if the directory has no description. */
char *description_command(const char *folder);

#endif
