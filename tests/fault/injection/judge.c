/*
 * A run is as it should be if
 *
 * - every process ends by itself, and rank 0 with the status 0;
 * - every rank comes to the end of the program, but for peers of an open that has
 *   failed on rank 0;
 * - data of a call that succeeds is right;
 * - every other call has a status that fits the error, and a sentence with the
 *   error's text and the name of the call, or of the journal;
 * - what is written to stderr is the progress, or names the call or the error;
 * - the same program, run undisturbed on the same journals, finds all in order.
 *
 * If a rank dies, aborts or is interrupted on purpose, the others may not come to
 * their end, and the status is that of the ending.
 *
 * Under a launcher of MPI the job may be ended when a call has failed on some rank,
 * since then the others would wait for it. The journals are in order even then.
 *
 * What the library can do without, or has to do again, may not fail at all, and what
 * makes a journal incomplete must not succeed (expected.c).
 */
#define _GNU_SOURCE
#include "judge.h"

#include "expected.h"
#include "printed.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* A file system in a network may write when a file is closed: the journal may
 * report a close that fails. */
static bool is_close_of_journal(const struct failure *failure,
                                const struct injection *injection)
{
	return !strcmp(injection->call, "close") &&
	       failure->status == COHORT_EIO &&
	       strcmp(injection->error, "EINTR") != 0;
}

/* The module of an MPI was not found, not trusted or not loaded. The C library's loader
 * does not always say what the system has said, nor try again. */
static bool is_of_module(const struct failure *failure)
{
	return failure->status == COHORT_EBACKEND &&
	       !strcmp(failure->call, "open") &&
	       strstr(failure->sentence, "cohort-mpi-");
}

/* A rank that was to die has died, and another one has failed to take over. */
static bool is_of_death(const struct setting *setting,
                        const struct failure *failure)
{
	return setting->ending == ENDS_GROUPS &&
	       !strcmp(failure->call, "result") &&
	       failure->status == COHORT_EPEER &&
	       strstr(failure->sentence, "was killed by signal 9") &&
	       strstr(failure->sentence, "not run");
}

/* Whether status and sentence fit. `before` is the failure before it on the same
 * rank, or NULL. */
static bool fits(const struct failure *failure, const struct failure *before,
                 const struct injection *injection)
{
	const int number = injection->number;
	const char *sentence = failure->sentence;
	const bool has_text = strstr(sentence, strerror(number)) != NULL;

	switch (failure->status) {
	case COHORT_ENOMEM:
	case COHORT_ESYS:
		/* On mpi the others learn no more of it. */
		if (strstr(sentence, "another rank has no memory") ||
		    (strstr(sentence, "has no memory for") && !has_text))
			return true;
		/* cohort_alloc has no status. */
		return (!strcmp(failure->call, "alloc") ||
		        (failure->status == COHORT_ENOMEM) ==
		            (number == ENOMEM)) &&
		       has_text &&
		       strstr(sentence, expected_word(injection->call));
	case COHORT_EIO:
		return has_text && strstr(sentence, "journal");
	case COHORT_EBACKEND:
		return is_of_module(failure);
	case COHORT_EMISMATCH:
		/* It was through with the call before that rank failed in it. */
		return strstr(sentence, "could not go on with its") != NULL;
	case COHORT_ESTATE:
		/* A call that needs the one before, or a lock that somebody
		 * else may hold. */
		if (!strcmp(injection->call, "flock") && number == EAGAIN &&
		    strstr(sentence, "in use"))
			return true;
		return before && !strcmp(failure->call, "gather") &&
		       strstr(sentence, "no results");
	default:
		return false;
	}
}

/* The first failure of a rank that is not as it should be; NULL if there is
 * none. */
static const struct failure *find_misfit(const struct setting *setting,
                                         const struct rank_verdict *rank,
                                         const struct injection *injection)
{
	for (int i = 0; i < rank->count; i++) {
		const struct failure *failure = &rank->failures[i];
		const struct failure *before = i ? failure - 1 : NULL;
		if (is_of_death(setting, failure))
			continue;
		if (!fits(failure, before, injection) ||
		    (expected_to_survive(injection) && !is_of_module(failure) &&
		     !is_close_of_journal(failure, injection)))
			return failure;
	}
	return NULL;
}

/* Whether a rank could not make a call that the others wait in. */
static bool may_be_ended(const struct setting *setting, const struct run *run)
{
	for (int r = 0; setting->launched && r < RANKS_MOST; r++) {
		const struct rank_verdict *rank = &run->verdict.ranks[r];
		for (int i = 0; i < rank->count; i++)
			if (rank->failures[i].status != COHORT_EIO &&
			    rank->failures[i].status != COHORT_ESTATE)
				return true;
	}
	return false;
}

/* Whether a rank ends the program for all. */
static bool is_ended(const struct setting *setting)
{
	return setting->ending != ENDS_ITSELF && setting->ending != ENDS_GROUPS;
}

/* The status of the program, which is rank 0's or a launcher's. */
static bool is_status_right(const struct setting *setting, const char *call,
                            const struct run *run)
{
	/* By which the target ends itself. */
	const bool may_live = !strcmp(call, "kill");
	const int status = run->status;
	bool failed = false;

	for (int r = 0; r < RANKS_MOST; r++)
		failed |= run->verdict.ranks[r].count > 0;
	if (may_be_ended(setting, run) || (failed && status == 0))
		return true;
	switch (setting->ending) {
	case ENDS_BY_ABORT:
		/* Hydra may kill the tracer before it has left. */
		if (setting->launched)
			return status != 0;
		return WIFEXITED(status) && WEXITSTATUS(status) == ABORT_STATUS;
	case ENDS_BY_DEATH:
		return status != 0 || may_live;
	case ENDS_BY_INTERRUPT:
		return true;
	default:
		return status == 0;
	}
}

/* The peers of an open that has failed on rank 0 are killed. One of them may have
 * opened already. A peer whose own open has failed does not know its rank, or has left
 * because its group was scoped; rank 0 is told by its next call. */
static bool may_be_missing(const struct setting *setting, const struct run *run,
                           int r)
{
	const struct rank_verdict *root = &run->verdict.ranks[0];
	const struct rank_verdict *unknown =
	    &run->verdict.ranks[RANKS_MOST - 1];
	const bool never = r > 0 && !run->verdict.ranks[r].opened;

	return is_ended(setting) ||
	       (r > 0 && !root->opened && root->count > 0) ||
	       (never && setting->ending == ENDS_GROUPS && root->count > 0) ||
	       (never && unknown->count > 0) || may_be_ended(setting, run);
}

static bool judge_ranks(const struct setting *setting,
                        const struct injection *injection,
                        const struct run *run, bool *refused,
                        char complaint[COMPLAINT_BYTES])
{
	for (int r = 0; r < RANKS_MOST; r++) {
		const struct rank_verdict *rank = &run->verdict.ranks[r];
		const struct failure *misfit =
		    find_misfit(setting, rank, injection);
		*refused |= rank->count > 0;
		if (*rank->wrong)
			snprintf(complaint, COMPLAINT_BYTES, "rank %d: %s", r,
			         rank->wrong);
		else if (rank->deaf &&
		         strcmp(injection->call, "rt_sigprocmask"))
			snprintf(complaint, COMPLAINT_BYTES,
			         "rank %d: a signal has not stopped it", r);
		else if (misfit)
			snprintf(complaint, COMPLAINT_BYTES,
			         "rank %d: %s: %s: %s", r, misfit->call,
			         cohort_status_name(misfit->status),
			         misfit->sentence);
		else if (r < setting->size && !rank->finished &&
		         !may_be_missing(setting, run, r))
			snprintf(complaint, COMPLAINT_BYTES,
			         "rank %d did not come to its end", r);
		else
			continue;
		return false;
	}
	return true;
}

static bool judge_printed(const struct setting *setting,
                          const struct injection *injection,
                          const struct run *run,
                          char complaint[COMPLAINT_BYTES])
{
	const struct named_failure failure = {
	    .call = expected_word(injection->call),
	    .error = strerror(injection->number),
	    .launched = setting->launched,
	    .ending = setting->ending != ENDS_ITSELF,
	};
	const char *misfit = printed_misfit(run->printed, &failure);

	if (misfit)
		snprintf(complaint, COMPLAINT_BYTES, "stderr has: %s", misfit);
	return !misfit;
}

bool judge_undisturbed(const struct setting *setting, const struct run *run,
                       char complaint[COMPLAINT_BYTES])
{
	const struct rank_verdict *rank = run->verdict.ranks;

	for (int r = 0; r < setting->size; r++, rank++)
		if (*rank->wrong || rank->count || rank->deaf ||
		    (!rank->finished && !is_ended(setting))) {
			snprintf(complaint, COMPLAINT_BYTES, "rank %d: %s", r,
			         *rank->wrong ? rank->wrong
			                      : "a failure, or no end");
			return false;
		}
	if (run->hung || !run->resumable ||
	    !is_status_right(setting, "", run)) {
		snprintf(complaint, COMPLAINT_BYTES, "%s %s",
		         run->hung ? "a process did not end" : "the status",
		         run->again);
		return false;
	}
	return true;
}

bool judge_run(const struct setting *setting, const struct injection *injection,
               const struct run *run, bool *refused,
               char complaint[COMPLAINT_BYTES])
{
	*refused = false;
	if (run->hung) {
		snprintf(complaint, COMPLAINT_BYTES, "a process did not end");
		return false;
	}
	if (!judge_ranks(setting, injection, run, refused, complaint) ||
	    !judge_printed(setting, injection, run, complaint))
		return false;
	if (!*refused && run->injected && setting->ending == ENDS_ITSELF &&
	    expected_to_be_told(injection))
		snprintf(complaint, COMPLAINT_BYTES, "no rank was told of it");
	else if (!is_status_right(setting, injection->call, run))
		snprintf(complaint, COMPLAINT_BYTES, "rank 0 ends with %s %d",
		         WIFEXITED(run->status) ? "status" : "signal",
		         WIFEXITED(run->status) ? WEXITSTATUS(run->status)
		                                : WTERMSIG(run->status));
	else if (!run->resumable)
		snprintf(complaint, COMPLAINT_BYTES,
		         "the same program, run again, goes wrong: %s",
		         run->again);
	else
		return true;
	return false;
}

bool judge_is_late(const struct setting *setting, const struct run *run)
{
	return setting->ending == ENDS_BY_ABORT && WIFSIGNALED(run->status) &&
	       WTERMSIG(run->status) == SIGKILL;
}
