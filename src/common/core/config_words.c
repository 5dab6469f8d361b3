#include "config_words.h"

#include <stdio.h>
#include <string.h>

#define WORD(name, word) #word,

const char *const backend_words[] = {BACKEND_KIND_MAP(WORD) NULL};
const char *const transport_words[] = {TRANSPORT_MAP(WORD) NULL};
const char *const progress_words[] = {PROGRESS_MAP(WORD) NULL};
const char *const log_words[] = {LOG_LEVEL_MAP(WORD) NULL};

int config_find_word(const char *const words[], const char *value)
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], value))
			return i;
	return -1;
}

const char *config_join_words(const char *const words[], char text[WORDS_BYTES])
{
	int used = 0;

	for (int i = 0; words[i] && used < WORDS_BYTES; i++) {
		const char *between = words[i + 1] ? ", " : " or ";
		used += snprintf(text + used, (size_t)(WORDS_BYTES - used),
		                 "%s%s", i == 0 ? "" : between, words[i]);
	}
	return text;
}

const char *backend_kind_name(enum backend_kind kind)
{
	return backend_words[kind];
}
