/*
 * _scatter(function, ...), with the keywords below; all have to be given.
 *
 * Returns (status, sentence, raised, build_error, results, halted):
 *
 *	raised       the exception that ended the sweep on this rank, or None
 *	build_error  the exception that build raised on this rank, or None
 *	results      as result_arrays says; None if there are none
 *	halted       the traceback of a KeyboardInterrupt that a task has raised
 *	             on a rank that shares memory with this one; or None
 *
 * With `leave`, ranks other than 0 do not return: they leave the program.
 */
#include "scatter.h"

#include "call.h"
#include "errors.h"
#include "group.h"
#include "halt.h"
#include "handlers.h"
#include "interrupts.h"
#include "parts.h"
#include "pieces.h"
#include "result_tuple.h"
#include "sweep.h"

#include <signal.h>
#include <stdlib.h>

enum gather { NO_RESULTS, TO_ROOT, TO_ALL };

struct request {
	struct sweep sweep;
	cohort_job job;
	PyObject *group;
	PyObject *blobs; /* list of bytes: the pickled parameters; or None */
	Py_ssize_t count;
	int gather; /* enum gather */
	int leave;
};

struct flags {
	int in_chunks, isolate, rerun_failed, rebuilt_ok, unique, ordered,
	    discard, idle_root;
};

static PyObject *or_null(PyObject *object)
{
	return object == Py_None ? NULL : object;
}

static void set_flags(struct request *request, const struct flags *flags)
{
	cohort_job *job = &request->job;

	request->sweep.in_chunks = flags->in_chunks != 0;
	job->isolate = flags->isolate != 0;
	job->not_isolated = !flags->isolate;
	job->rerun_failed = flags->rerun_failed != 0;
	job->rebuilt_ok = flags->rebuilt_ok != 0;
	job->unique = flags->unique != 0;
	job->ordered = flags->ordered != 0;
	job->discard = flags->discard != 0;
	job->idle_root = flags->idle_root != 0;
}

static bool parse(struct request *request, PyObject *args, PyObject *words)
{
	static char *names[] = {
	    "function", "params",       "blobs",      "count",    "build",
	    "teardown", "on_result",    "in_chunks",  "schedule", "isolate",
	    "timeout",  "retries",      "journal",    "seed",     "deadline",
	    "identity", "rerun_failed", "rebuilt_ok", "unique",   "ordered",
	    "discard",  "idle_root",    "gather",     "leave",    NULL};
	struct sweep *sweep = &request->sweep;
	cohort_job *job = &request->job;
	struct flags flags;
	unsigned long long seed;
	const char *identity;
	Py_ssize_t identity_bytes;
	int schedule;

	if (!PyArg_ParseTupleAndKeywords(
	        args, words, "OOOnOOOpipdizKdy#ppppppip", names,
	        &sweep->function, &sweep->params, &request->blobs,
	        &request->count, &sweep->build, &sweep->teardown,
	        &sweep->on_result, &flags.in_chunks, &schedule, &flags.isolate,
	        &job->timeout, &job->retries, &job->journal, &seed,
	        &job->deadline, &identity, &identity_bytes, &flags.rerun_failed,
	        &flags.rebuilt_ok, &flags.unique, &flags.ordered,
	        &flags.discard, &flags.idle_root, &request->gather,
	        &request->leave))
		return false;
	sweep->params = or_null(sweep->params);
	sweep->build = or_null(sweep->build);
	sweep->teardown = or_null(sweep->teardown);
	sweep->on_result = or_null(sweep->on_result);
	request->blobs = or_null(request->blobs);
	job->schedule = (cohort_schedule)schedule;
	job->seed = seed;
	job->identity = identity_bytes ? identity : NULL;
	job->identity_bytes = (size_t)identity_bytes;
	set_flags(request, &flags);
	return true;
}

/* Where the parameters are in Python's memory, the sets have no bytes: tasks
 * know their index. */
static cohort_status run(struct request *request, const struct pieces *pieces)
{
	cohort *group = request->sweep.group;

	if (request->sweep.params)
		return cohort_scatter(group, &request->job, "",
		                      (size_t)request->count);
	return cohort_scatter_objects(group, &request->job, pieces->blobs,
	                              pieces->count);
}

/* Whether there may be results of this sweep, and not of an earlier one. */
static bool has_results(cohort_status status)
{
	return status == COHORT_OK || status == COHORT_ESTOPPED ||
	       status == COHORT_EPEER;
}

static cohort_results *gather(const struct request *request,
                              cohort_status status)
{
	cohort *group = request->sweep.group;
	cohort_results *results = NULL;

	if (request->gather == NO_RESULTS || !has_results(status))
		return NULL;
	const cohort_status gathered =
	    request->gather == TO_ROOT ? cohort_gather_to_root(group, &results)
	                               : cohort_gather(group, &results);
	return gathered == COHORT_OK ? results : NULL;
}

/* A worker's end. What build raised there is told here, unless it is told on
 * rank 0: if it failed on all workers. */
static void leave(struct request *request, cohort_status status)
{
	PyObject *error = request->sweep.build_error;
	cohort *group = request->sweep.group;
	struct call call;

	/* Rank 0 tells of Ctrl-C. */
	signal(SIGINT, SIG_IGN);
	if (interrupts_raise() || handlers_raise(&request->sweep.call))
		PyErr_Clear();
	if (error && status != COHORT_EBUILD)
		sweep_tell("build failed on this worker", error);
	parts_call(parts.leave);
	group_take(request->group);
	call_begin(&call, group);
	cohort_close(group);
	call_finish(&call);
	exit(0); /* a group that is not scoped */
}

static PyObject *answer(struct request *request, cohort_status status,
                        PyObject *sentence, cohort_results *results)
{
	struct sweep *sweep = &request->sweep;

	/* Python's handler of the signal decides which exception it is. */
	if ((status == COHORT_EINTERRUPTED && interrupts_raise()) ||
	    handlers_raise(&sweep->call)) {
		Py_XDECREF(sweep->raised);
		sweep->raised = fetch_exception();
	}
	PyObject *raised = sweep->raised ? sweep->raised : Py_None;
	PyObject *build_error =
	    sweep->build_error ? sweep->build_error : Py_None;
	PyObject *arrays =
	    results ? result_arrays(results) : reference_to(Py_None);
	PyObject *halted = halt_text(sweep->halt, sweep->number);

	cohort_results_free(results);
	if (!arrays || !sentence || !halted) {
		Py_XDECREF(arrays);
		Py_XDECREF(sentence);
		Py_XDECREF(halted);
		return NULL;
	}
	return Py_BuildValue("(iNOONN)", (int)status, sentence, raised,
	                     build_error, arrays, halted);
}

static PyObject *scatter_pieces(struct request *request,
                                const struct pieces *pieces)
{
	struct sweep *sweep = &request->sweep;
	PyObject *sentence = NULL;
	cohort_results *results;
	cohort_status status;

	sweep_set_job(sweep, &request->job);
	sweep->halt = group_begin_sweep(request->group, &sweep->number);
	call_begin(&sweep->call, sweep->group);
	status = run(request, pieces);
	call_enter_python(&sweep->call);
	sentence = error_as_text(status == COHORT_OK ? "" : cohort_error());
	call_leave_python(&sweep->call);
	results = gather(request, status);
	call_finish(&sweep->call);
	if (request->leave && cohort_rank(sweep->group) > 0)
		leave(request, status);
	return answer(request, status, sentence, results);
}

PyObject *scatter(PyObject *object, PyObject *args, PyObject *words)
{
	struct request request = {.group = object};
	struct pieces pieces = {0};
	PyObject *result;

	request.sweep.group = group_of(object);
	if (!request.sweep.group || !parse(&request, args, words) ||
	    (request.blobs && !pieces_take(&pieces, request.blobs)))
		return NULL;
	result = scatter_pieces(&request, &pieces);
	pieces_release(&pieces);
	sweep_clear(&request.sweep);
	return result;
}
