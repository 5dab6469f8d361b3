/* The picture, drawn by gnuplot from the table. */
#ifndef RO_PLOT_H
#define RO_PLOT_H

#include <stddef.h>

#define PLOT_WHY_BYTES 256

/**
 * Run gnuplot on `script` and wait for it. The script gets the two paths and
 * a number. Returns 0; or -1 with a sentence in `why`.
 */
int plot_draw(const char *script, const char *table, const char *picture,
              double number, char why[PLOT_WHY_BYTES]);

#endif
