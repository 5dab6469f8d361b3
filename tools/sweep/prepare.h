/* What the root finds out and makes before the sweep. */
#ifndef TOOLS_SWEEP_PREPARE_H
#define TOOLS_SWEEP_PREPARE_H

#include "worker.h"

/* Make the table and the setup. Nothing is written. */
bool prepare_sweep(const struct sweep_plan *plan, const json_t *description,
                   struct sweep_root *root, struct sweep_setup *setup);

/* When all ranks have agreed: make the directory of --output-dir, and rename
 * the one that --fresh does not go on with. False with a sentence, and nothing
 * is changed. */
bool prepare_folders(const struct sweep_plan *plan, struct sweep_root *root);

/* The sweep was refused: remove what prepare_folders has made. */
void prepare_undo(const struct sweep_plan *plan, struct sweep_root *root);

/* Write the description and the parameter sets into the sweep's directory,
 * which the library has made, and remove notes of runs that were killed; once.
 * */
bool prepare_note(const char *folder, const struct sweep_setup *setup,
                  const json_t *description, struct sweep_root *root);

/* Print what --dry-run asks for, of the chosen tasks. */
bool prepare_print(const struct sweep_plan *plan, const struct table *table,
                   const struct chosen *chosen);

#endif
