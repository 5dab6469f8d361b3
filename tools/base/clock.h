#ifndef TOOLS_BASE_CLOCK_H
#define TOOLS_BASE_CLOCK_H

/* Seconds on a clock that nobody sets. */
double clock_seconds(void);

#endif
