#include "halt_read.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/number.h"

#include <stdlib.h>
#include <string.h>

/* The word of `words` that `length` bytes were probably meant to be. */
static const char *word_near(const char *text, size_t length,
                             const char *const words[], size_t count)
{
	char *word = memory_text(text, length);
	const char *near = names_nearest(word, words, count);

	free(word);
	return near;
}

static bool refuse(const char *text)
{
	static const char *const times[] = {"now", "soon"};
	static const char *const reasons[] = {"fail"};
	const size_t comma = strcspn(text, ",");
	const char *reason = text + comma + (text[comma] == ',');
	const size_t equals = strcspn(reason, "=");
	const char *time = word_near(text, comma, times, 2);
	const bool is_near = time && reason[equals] == '=' &&
	                     word_near(reason, equals, reasons, 1);
	struct text meant = {0};

	if (is_near)
		text_print(&meant, "%s,fail%s", time, reason + equals);
	const bool helps = is_near && strcmp(text_string(&meant), text) != 0;
	failure("--halt %s: expected now,fail=N or soon,fail=N, where N may be "
	        "percent, as in soon,fail=10%%%s%s%s",
	        text, helps ? "; did you mean " : "",
	        helps ? text_string(&meant) : "", helps ? "?" : "");
	text_free(&meant);
	return false;
}

bool halt_read(const char *text, struct sweep_plan *plan)
{
	char number[NUMBER_BYTES];

	if (!text)
		return true;
	const bool now = !strncmp(text, "now,fail=", 9);
	const bool soon = !strncmp(text, "soon,fail=", 10);
	const char *count = text + (now ? 9 : 10);
	if (now || soon) {
		const size_t length = strcspn(count, "%");

		plan->halt = now ? HALT_NOW : HALT_SOON;
		plan->halt_percent = count[length] == '%';
		if (length < sizeof(number) &&
		    (!count[length] || !count[length + 1])) {
			memcpy(number, count, length);
			number[length] = '\0';
			if (number_read_count(
			        number, plan->halt_percent ? 100 : UINT64_MAX,
			        &plan->halt_at) &&
			    plan->halt_at > 0)
				return true;
		}
	}
	return refuse(text);
}
