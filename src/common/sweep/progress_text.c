#include "progress_text.h"

#include "common/base/c_locale.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Appends to the text; drops what does not fit. */
static void append(char text[PROGRESS_TEXT_BYTES], const char *format, ...)
    COHORT_PRINTF(2, 3);

static void append(char text[PROGRESS_TEXT_BYTES], const char *format, ...)
{
	const size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	c_vsnprintf(text + used, PROGRESS_TEXT_BYTES - used, format, args);
	va_end(args);
}

static void append_time(char text[PROGRESS_TEXT_BYTES], double seconds)
{
	const long whole = (long)(seconds + 0.5);

	if (whole >= 3600)
		append(text, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60,
		       whole % 60);
	else
		append(text, "%ld:%02ld", whole / 60, whole % 60);
}

void progress_text(const cohort_counts *counts, bool over,
                   char text[PROGRESS_TEXT_BYTES])
{
	const size_t done = counts->resumed + counts->done;
	const size_t left = done < counts->total ? counts->total - done : 0;
	const double rate =
	    counts->seconds > 0 ? (double)counts->done / counts->seconds : 0;

	text[0] = '\0';
	append(text, "cohort: %zu/%zu", done, counts->total);
	if (counts->total > 0)
		append(text, " (%.0f %%)",
		       100 * (double)done / (double)counts->total);
	if (counts->failed > 0)
		append(text, ", %zu failed", counts->failed);
	if (counts->resumed > 0)
		append(text, ", %zu resumed", counts->resumed);
	if (rate > 0)
		append(text, rate < 10 ? ", %.2g/s" : ", %.0f/s", rate);
	if (over) {
		append(text, ", ");
		append_time(text, counts->seconds);
	} else if (rate > 0) {
		append(text, ", ");
		append_time(text, (double)left / rate);
		append(text, " left");
	}
}
