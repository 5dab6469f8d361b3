#include "interpreters.h"

#include <dlfcn.h>

bool interpreters_check_main(void)
{
	if (PyInterpreterState_GetID(PyInterpreterState_Get()) == 0)
		return true;
	PyErr_SetString(PyExc_ImportError,
	                "cohort works in the main interpreter only: a sweep "
	                "forks the process, which copies no other one");
	return false;
}

/* The functions that know are not in the limited interface, but every Python
 * has them. */
PyObject *interpreters_count(PyObject *module, PyObject *none)
{
	PyInterpreterState *(*head)(void);
	PyInterpreterState *(*next)(PyInterpreterState *);
	long count = 0;

	(void)module, (void)none;
	*(void **)&head = dlsym(RTLD_DEFAULT, "PyInterpreterState_Head");
	*(void **)&next = dlsym(RTLD_DEFAULT, "PyInterpreterState_Next");
	if (!head || !next)
		return PyLong_FromLong(1);
	for (PyInterpreterState *one = head(); one; one = next(one))
		count++;
	return PyLong_FromLong(count);
}
