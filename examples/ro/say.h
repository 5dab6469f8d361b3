/* What the program has to say to people. */
#ifndef RO_SAY_H
#define RO_SAY_H

/** One line on stderr. Returns -1. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
int say_error(const char *format, ...);

#endif
