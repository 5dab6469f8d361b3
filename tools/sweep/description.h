/*
 * What all tasks of a sweep depend on beside their parameters: the journal's
 * identity and, with --parse and the ties of the last run, the file
 * `sweep.json` in the sweep's directory.
 */
#ifndef TOOLS_SWEEP_DESCRIPTION_H
#define TOOLS_SWEEP_DESCRIPTION_H

#include "plan.h"
#include "task_key.h"

#include <jansson.h>

/* The description of a command line, which the caller releases with
 * json_decref. */
json_t *description_make(const struct sweep_plan *plan);

/* Its text without --parse and --columns, the same for the same command line;
 * the caller frees it. */
char *description_text(const json_t *description);

/* Whether the directory has no description, or this one. The sentence of a
 * failure says what differs, and the two ways out. One of a version of cohort
 * that made other keys of tasks (task_key.h) is refused. */
bool description_check(const char *folder, const json_t *description);

/* What --parse and --columns of the last run in a directory say. The caller
 * calls parse_free, whatever is returned. */
bool description_parse(const char *folder, struct parse *out);

/* Write it into the directory, which exists. */
bool description_write(const char *folder, const json_t *description,
                       const struct ties *ties);

/* Whether the directory has a description. */
bool description_exists(const char *folder);

/* The ties of the last run in a directory. False with a sentence if it has no
 * description, or one of another version. */
bool description_ties(const char *folder, struct ties *out);

/* The command of the sweep in a directory, quoted for a shell; the caller frees
 * it. NULL, with a sentence, if the directory has no description. */
char *description_command(const char *folder);

#endif
