/* Where the placeholders of a script stand: what is put in with quotes around
 * it stays one word only where the script has no quotes of its own. */
#ifndef TOOLS_TASK_SHELL_SCAN_H
#define TOOLS_TASK_SHELL_SCAN_H

#include <stddef.h>

/*
 * Follows the quotes of a script of `length` bytes in which each 0 stands for a
 * placeholder. NULL if all of them are outside of quotes. Otherwise says where
 * the first other one stands, "between double quotes", and *at is its offset.
 *
 * Shells differ in the parts that are seldom used, and a placeholder behind one
 * whose end is not sure is not outside of quotes.
 */
const char *shell_scan(const char *script, size_t length, size_t *at);

#endif
