/* Under a launcher all processes of a job read the same command line, and one
 * of them speaks for all, before a group is open. */
#ifndef TOOLS_BASE_SPEAKER_H
#define TOOLS_BASE_SPEAKER_H

#include <stdbool.h>

/* Whether this process speaks: the launcher's first one, or the only one. */
bool speaker_is_here(void);

/* Print the sentence of the last failure behind the command's name, if this
 * process speaks. Others wait for a second: launchers end a job with the first
 * process that fails, and the sentence would be lost. */
void speaker_complain(const char *command);

/* As speaker_complain, where the caller knows whether this process speaks. */
void speaker_complain_if(bool speaks, const char *command);

#endif
