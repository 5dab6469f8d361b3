#include "processes.h"

#include "interrupts.h"

#include "common/base/numeric_threads.h"
#include "common/base/thread_pools.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

/* fork(): as os.fork, which on new versions of Python warns of threads. */
PyObject *process_fork(PyObject *module, PyObject *none)
{
	pid_t pid;
	int status;

	(void)module, (void)none;
	thread_pools_pause();
	PyOS_BeforeFork();
	pid = fork();
	status = errno;
	if (pid == 0) {
		PyOS_AfterFork_Child();
		interrupts_set_thread(PyThread_get_thread_ident());
	} else {
		PyOS_AfterFork_Parent();
	}
	errno = status;
	if (pid < 0)
		return PyErr_SetFromErrno(PyExc_OSError);
	return PyLong_FromLong(pid);
}

/* limit_threads(share): numerical libraries have so many threads in this
 * process, unless their variables say otherwise. */
PyObject *process_limit_threads(PyObject *module, PyObject *share)
{
	struct numeric_threads before;
	const long threads = PyLong_AsLong(share);

	(void)module;
	if (PyErr_Occurred())
		return NULL;
	numeric_threads_limit((int)threads, &before);
	Py_RETURN_NONE;
}

/* die_with_parent(): the kernel kills this process when the thread ends that
 * has forked it. */
PyObject *process_die_with_parent(PyObject *module, PyObject *none)
{
	(void)module, (void)none;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return PyErr_SetFromErrno(PyExc_OSError);
	Py_RETURN_NONE;
}

/* rename_process(name): what `ps` calls this process; at most 15 bytes. */
PyObject *process_rename(PyObject *module, PyObject *name)
{
	const char *text = PyUnicode_AsUTF8AndSize(name, NULL);

	(void)module;
	if (!text)
		return NULL;
	prctl(PR_SET_NAME, text);
	Py_RETURN_NONE;
}
