#include "progress.h"
#include "group.h"
void progress_begin(cohort *g, uint64_t a, uint64_t b)
{
	(void)g;
	(void)a;
	(void)b;
}
void progress_end(cohort *g)
{
	(void)g;
}
