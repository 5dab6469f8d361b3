#ifndef TOOLS_BASE_CLOCK_H
#define TOOLS_BASE_CLOCK_H

/* Seconds on a clock that nobody sets. */
double clock_seconds(void);

/* Seconds since 1970. */
double clock_since_1970(void);

#endif
