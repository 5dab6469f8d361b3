#define _POSIX_C_SOURCE 200809L
#include "misspelled.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/number.h"
#include "base/text.h"
#include "distribution.h"
#include "values.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MOST = 16, LETTERS_LEAST = 3 };

/* The words of values and distributions. */
static size_t list_words(const char *words[WORDS_MOST])
{
	size_t count = 0;
	const char *word;

	for (size_t i = 0; (word = values_word(i)) != NULL; i++)
		words[count++] = word;
	for (size_t i = 0; (word = distribution_word(i)) != NULL; i++)
		words[count++] = word;
	return count;
}

/* Number of numbers with colons between them; 0 if something else is there. */
static size_t count_numbers(const char *text, size_t length)
{
	char *copy = memory_text(text, length);
	size_t count = 0;
	double number;

	for (char *part = copy; part;) {
		char *end = strchr(part, ':');

		if (end)
			*end = '\0';
		count = number_read(part, &number) ? count + 1 : 0;
		part = end && count > 0 ? end + 1 : NULL;
	}
	free(copy);
	return count;
}

static bool refuse(const char *name, const char *text, const char *near)
{
	const char *words[WORDS_MOST];
	const size_t count = list_words(words);
	struct text known = {0};

	for (size_t i = 0; i < count; i++)
		text_print(&known, "%s%s:", i == 0 ? "" : ", ", words[i]);
	failure("-p %s=%s: %s%s%s; if it is a value, write it in quotes, as in "
	        "-p '%s=\"%s\"'",
	        name, text, near ? "did you mean " : "there are ",
	        near ? near : text_string(&known), near ? ":?" : "", name,
	        text);
	text_free(&known);
	return false;
}

/* Checks one value of the list. Numbers tell that more than a value was meant;
 * without them the word has to be very near, since `time:5` is a value. */
static bool check_item(const char *name, const char *item, size_t length,
                       bool samples)
{
	const char *words[WORDS_MOST];
	const size_t count = list_words(words);
	size_t letters = 0;
	bool good = true;

	while (letters < length &&
	       (isalpha((unsigned char)item[letters]) || item[letters] == '-'))
		letters++;
	if (letters < LETTERS_LEAST || letters == length ||
	    item[letters] != ':')
		return true;
	char *word = memory_text(item, letters);
	char *whole = memory_text(item, length);
	for (char *c = word; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	const size_t numbers =
	    count_numbers(item + letters + 1, length - letters - 1);
	const char *near =
	    numbers > 1 ? names_nearest(word, words, count)
	                : names_within(word, letters < 6 ? 1 : 2, words, count);
	if (near && !strncmp(item, near, letters) && !near[letters])
		good = failure("-p %s: '%s' gives values only where it stands "
		               "alone; if it is a value, write it in quotes, "
		               "as in \"%s\"",
		               name, whole, whole);
	else if (near || (samples && numbers > 1))
		good = refuse(name, whole, near);
	free(word);
	free(whole);
	return good;
}

bool misspelled_check(const char *name, const char *text, bool samples)
{
	for (const char *item = text;;) {
		const char *at = item;

		for (bool quoted = false; *at && (quoted || *at != ','); at++)
			quoted ^= *at == '"';
		item += strspn(item, " ");
		if (item < at &&
		    !check_item(name, item, (size_t)(at - item), samples))
			return false;
		if (!*at)
			return true;
		item = at + 1;
	}
}
