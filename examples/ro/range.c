#include "range.h"

#include <math.h>
#include <stdio.h>

int range_parse(const char *text, struct range *out)
{
	double low, high;
	long count;
	int end = 0;

	if (sscanf(text, "%lf:%lf:%ld%n", &low, &high, &count, &end) != 3 ||
	    text[end] != '\0')
		return -1;
	if (!isfinite(low) || !isfinite(high) || low > high || count < 1 ||
	    count > RANGE_MOST)
		return -1;
	*out = (struct range){low, high, (size_t)count};
	return 0;
}

double range_value(const struct range *range, size_t i)
{
	if (range->count == 1)
		return range->low;

	double part = (double)i / (double)(range->count - 1);

	return range->low + part * (range->high - range->low);
}
