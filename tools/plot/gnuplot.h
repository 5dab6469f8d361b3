/* Pictures by gnuplot, which reads a script on its standard input. */
#ifndef TOOLS_PLOT_GNUPLOT_H
#define TOOLS_PLOT_GNUPLOT_H

#include "base/text.h"

#include <stdbool.h>

/* Whether the ending of `path` names a format, a picture can go there, and
 * gnuplot is there. What a symbolic link names is replaced, not the link; a
 * device or a FIFO is written. Leaves nothing behind. */
bool gnuplot_check(const char *path);

/* Draw the script's picture, which replaces a file at `path` when it is whole.
 * The script says nothing of terminal and output. */
bool gnuplot_draw(const char *script, const char *path);

/* Append text as a string of the script. */
void gnuplot_quote(const char *text, struct text *script);

#endif
