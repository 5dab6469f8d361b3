/* The backend with one rank. */
#ifndef COHORT_COMMON_SERIAL_SERIAL_H
#define COHORT_COMMON_SERIAL_SERIAL_H

#include "common/core/backend.h"

extern const struct backend serial_backend;

#endif
