#include "cohort.h"

#define TEXT(number) #number
#define VERSION(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)

const char *cohort_version(void)
{
	return VERSION(COHORT_VERSION_MAJOR, COHORT_VERSION_MINOR,
	               COHORT_VERSION_PATCH);
}

int cohort_version_number(void)
{
	return COHORT_VERSION;
}
