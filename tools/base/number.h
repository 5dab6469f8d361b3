/* Numbers as users write them, whatever the locale. */
#ifndef TOOLS_BASE_NUMBER_H
#define TOOLS_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NUMBER_BYTES = 32 };

/* Reads a finite number that is the whole text. */
bool number_read(const char *text, double *out);

/* Reads a whole number from 0 to `most` that is the whole text. */
bool number_read_count(const char *text, uint64_t most, uint64_t *out);

/* The shortest decimal number that number_read reads as `value` again. */
void number_write(double value, char text[NUMBER_BYTES]);

#endif
