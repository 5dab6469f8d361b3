/* The words that options and variables use. */
#ifndef COHORT_COMMON_CORE_CONFIG_WORDS_H
#define COHORT_COMMON_CORE_CONFIG_WORDS_H

#include "config.h"

/* In the order of their enums; each list ends with NULL. */
extern const char *const backend_words[];
extern const char *const transport_words[];
extern const char *const progress_words[];
extern const char *const log_words[];

/* The position of `value` in a list; -1 if it is not there. */
int config_find_word(const char *const words[], const char *value);

enum { WORDS_BYTES = 64 };

/* Write a list as "shm or socket" or "auto, mp or mpi" into `text`; returns
 * `text`. */
const char *config_join_words(const char *const words[],
                              char text[WORDS_BYTES]);

/* "mp" */
const char *backend_kind_name(enum backend_kind kind);

#endif
