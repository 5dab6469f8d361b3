#include "measures.h"

#include "base/failure.h"

bool measures_read(bool none, bool all, enum measures *out)
{
	*out = none ? MEASURES_NONE : all ? MEASURES_ALL : MEASURES_USUAL;
	return !(none && all) ||
	       failure("--no-measures leaves columns out and --all-measures "
	               "adds some: give one of them");
}
