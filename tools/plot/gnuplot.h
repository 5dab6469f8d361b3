/* Pictures by gnuplot, which reads a script on its standard input. */
#ifndef TOOLS_PLOT_GNUPLOT_H
#define TOOLS_PLOT_GNUPLOT_H

#include "base/text.h"

#include <stdbool.h>

/* Whether the ending of `path` names a format, the folder takes files, and
 * gnuplot is there. Leaves nothing behind. */
bool gnuplot_check(const char *path);

/* Draw the script's picture, which replaces the file at `path` when it is
 * whole. The script says nothing of terminal and output. */
bool gnuplot_draw(const char *script, const char *path);

/* Append text as a string of the script. */
void gnuplot_quote(const char *text, struct text *script);

#endif
