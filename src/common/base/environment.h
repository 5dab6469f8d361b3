/*
 * Access to environment variables. No other file calls getenv or setenv.
 *
 * In a program that runs with more privileges than its user (set-user-ID,
 * set-group-ID, file capabilities), the user has chosen the environment, and
 * must not choose what the program does with its privileges. There every
 * variable counts as unset: no variable chooses a backend or a launcher, and so
 * none has an MPI loaded, which would load plug-ins that further variables
 * name.
 */
#ifndef COHORT_COMMON_BASE_ENVIRONMENT_H
#define COHORT_COMMON_BASE_ENVIRONMENT_H

#include <stdbool.h>
#include <stdint.h>

/* Whether this program runs with more privileges than its user. */
bool environment_is_distrusted(void);

/* The value of a variable; NULL if it is unset or empty, or if the environment
 * is distrusted. The program owns the string and may change it with its next
 * setenv. */
const char *environment_get(const char *name);

/* Set a variable that is unset; an empty one counts as set. Returns whether it
 * has been set. */
bool environment_set_default(const char *name, const char *value);

/* Set a variable, or leave it as it is if there is no memory. NULL unsets
 * it. */
void environment_set(const char *name, const char *value);

/* Unset a variable if it has this value. Returns whether it had. */
bool environment_unset_equal(const char *name, const char *value);

/* A copy of a variable's value, also if the environment is distrusted. NULL if
 * the variable is unset, or if there is no memory. The caller frees it. */
char *environment_copy(const char *name);

/* A digest of the value of a variable, or of its absence, on top of `before`,
 * the digest of other variables; 0: there are none. */
uint64_t environment_fingerprint(uint64_t before, const char *name);

/* Call `each` with every variable whose name begins with `prefix` and whose
 * value is not empty, as "NAME=value"; with none if the environment is
 * distrusted. `arg` is the second argument of `each`, which must not change the
 * environment. */
void environment_each(const char *prefix,
                      void (*each)(const char *variable, void *arg), void *arg);

#endif
