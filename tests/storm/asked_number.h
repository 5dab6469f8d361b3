/* The numbers that a storm is asked for. */
#ifndef STORM_ASKED_NUMBER_H
#define STORM_ASKED_NUMBER_H

#include <stdint.h>

/* The number in the environment's variable; else that of the argument, which may
 * be NULL; else `otherwise`. */
uint64_t asked_number(const char *variable, const char *argument,
                      uint64_t otherwise);

#endif
