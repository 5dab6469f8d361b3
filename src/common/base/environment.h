/*
 * Access to environment variables. No other file calls getenv or setenv.
 *
 * A program that runs with more privileges than its user (set-user-ID, file
 * capabilities: AT_SECURE is set) should not trust its environment. Today
 * environment_get reads the variables there too. If that changes, it changes
 * here: environment_get may then return NULL for every COHORT_ variable, and
 * its callers already treat NULL as "unset".
 */
#ifndef COHORT_COMMON_BASE_ENVIRONMENT_H
#define COHORT_COMMON_BASE_ENVIRONMENT_H

#include <stdbool.h>

/* The value of a variable; NULL if it is unset or empty. The program owns the
 * string and may change it with its next setenv. */
const char *environment_get(const char *name);

/* Set a variable that is unset; an empty one counts as set. Returns whether it
 * has been set. */
bool environment_set_default(const char *name, const char *value);

/* Call `each` with every variable whose name begins with `prefix` and whose value
 * is not empty, as "NAME=value". `arg` is the second argument of `each`, which
 * must not change the environment. */
void environment_each(const char *prefix,
                      void (*each)(const char *variable, void *arg), void *arg);

#endif
