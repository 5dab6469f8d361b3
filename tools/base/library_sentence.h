#ifndef TOOLS_BASE_LIBRARY_SENTENCE_H
#define TOOLS_BASE_LIBRARY_SENTENCE_H

/* Why the last call of the library failed, without the name of the function in
 * front, which users of the command do not call. Valid until the next call. */
const char *library_sentence(void);

#endif
