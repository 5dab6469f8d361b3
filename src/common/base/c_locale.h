/*
 * Numbers and sentences as in the locale "C". A program that calls setlocale
 * may get a decimal comma and translated names of errors and signals;
 * variables, sentences and journals must not depend on it.
 */
#ifndef COHORT_COMMON_BASE_C_LOCALE_H
#define COHORT_COMMON_BASE_C_LOCALE_H

#include <cohort.h>

#include <stdarg.h>
#include <stddef.h>

COHORT_PRINTF(3, 0)
int c_vsnprintf(char *text, size_t room, const char *format, va_list args);

double c_strtod(const char *text, char **end);

/* The texts for numbers of errors and signals. The text is valid until this
 * thread calls the same function again. */
const char *error_text(int number);
const char *signal_text(int number);

/* From now on this thread uses "C" for everything. */
void c_locale_stay(void);

#endif
