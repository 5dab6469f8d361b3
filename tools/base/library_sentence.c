#include "library_sentence.h"

#include <cohort.h>

#include <string.h>

static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";

const char *library_sentence(void)
{
	const char *sentence = cohort_error();
	const size_t length = strspn(sentence, letters);
	const char *rest = sentence + length;

	if (!strncmp(sentence, "cohort_", strlen("cohort_")) &&
	    !strncmp(rest, ": ", 2))
		return rest + 2;
	return sentence;
}
