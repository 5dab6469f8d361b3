/*
 * One MPI_Allreduce of ALL_WORDS words tells every rank whether all ranks
 * agree. Only if they do not, rank 0 and the first rank that differs from it
 * broadcast what they have.
 *
 * These messages are the first ones of a group, after an MPI_Ibarrier and
 * MPI_Comm_dup (communicator.c). Both must be the same in all versions of
 * cohort from 0.2 on: otherwise ranks of two versions could not find out that
 * they are. Later versions may use the words and bytes that are 0 here. Version
 * 0.1 has no MPI_Ibarrier: its ranks and those of later versions wait for each
 * other, until those give up or are ended.
 */
#define _POSIX_C_SOURCE 200809L
#include "open_check.h"

#include "common/base/digest.h"
#include "common/base/error.h"
#include "host_calls.h"
#include "mpi_error.h"
#include "program_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The items that must be the same on all ranks. */
enum { VERSION, PROGRAM, VARIABLES, ITEMS };

enum {
	ALL_WORDS = 16,
	HOST_BYTES = 64,
	TEXT_BYTES = 512,
	WORD_REFUSED = 2 * ITEMS,
	WORD_SCOPED, /* some rank opens a scoped group */
	WORD_LASTING /* some rank opens another one */
};

/* A digest of 0 is unknown, and agrees with every other one. */
struct open_record {
	char host[HOST_BYTES];
	char texts[ITEMS][TEXT_BYTES];
	char sentence[ERROR_BYTES]; /* why the rank refuses */
	uint64_t digests[ALL_WORDS];
};

static const struct call opening = {.kind = CALL_OPEN};

static cohort_status report(const char *function, int code)
{
	return code == MPI_SUCCESS ? COHORT_OK
	                           : mpi_error_report(&opening, function, code);
}

static void fill_digests(const struct open_side *mine, uint64_t digests[ITEMS])
{
	const char *version = host_version();

	digests[VERSION] = digest_add(DIGEST_BEGIN, version, strlen(version));
	digests[PROGRAM] = program_file_digest();
	digests[VARIABLES] = mine->variables_digest;
}

/* With MPI_MAX, the words of an item become the largest digest and the
 * complement of the smallest one. */
static void fill_words(const uint64_t digests[ITEMS],
                       const struct open_side *mine, uint64_t words[ALL_WORDS])
{
	memset(words, 0, ALL_WORDS * sizeof(*words));
	for (int i = 0; i < ITEMS; i++) {
		words[2 * i] = digests[i];
		words[2 * i + 1] = digests[i] ? ~digests[i] : 0;
	}
	words[WORD_REFUSED] = mine->refused != COHORT_OK;
	words[mine->scoped ? WORD_SCOPED : WORD_LASTING] = 1;
}

static bool all_agree(const uint64_t words[ALL_WORDS])
{
	for (int i = 0; i < ITEMS; i++)
		if (words[2 * i] && words[2 * i] != ~words[2 * i + 1])
			return false;
	return !words[WORD_REFUSED];
}

static void fill_record(const struct open_side *mine,
                        const uint64_t digests[ITEMS],
                        struct open_record *record)
{
	memset(record, 0, sizeof(*record));
	if (gethostname(record->host, HOST_BYTES - 1))
		snprintf(record->host, HOST_BYTES, "(unknown)");
	snprintf(record->texts[VERSION], TEXT_BYTES, "%s", host_version());
	program_file_path(record->texts[PROGRAM], TEXT_BYTES);
	snprintf(record->texts[VARIABLES], TEXT_BYTES, "%s",
	         mine->variables ? mine->variables : "");
	if (mine->refused)
		snprintf(record->sentence, ERROR_BYTES, "%s", host_error());
	memcpy(record->digests, digests, ITEMS * sizeof(*digests));
}

/* The first item in which two ranks differ; ITEMS: none. */
static int find_difference(const struct open_record *a,
                           const struct open_record *b)
{
	for (int i = 0; i < ITEMS; i++)
		if (a->digests[i] && b->digests[i] &&
		    a->digests[i] != b->digests[i])
			return i;
	return ITEMS;
}

/* Ranks that refuse come before all ranks that differ from rank 0. */
static cohort_status find_odd_rank(MPI_Comm comm, bool refused, bool differs,
                                   int *odd)
{
	int rank;
	int size;

	MPI_Comm_rank(comm, &rank);
	MPI_Comm_size(comm, &size);
	int64_t key = refused   ? rank
	              : differs ? (int64_t)size + rank
	                        : INT64_MAX;
	const int code =
	    MPI_Allreduce(MPI_IN_PLACE, &key, 1, MPI_INT64_T, MPI_MIN, comm);
	*odd = (int)(key % size);
	return report("MPI_Allreduce", code);
}

static cohort_status share_record(MPI_Comm comm, int root,
                                  const struct open_record *mine,
                                  struct open_record *out)
{
	*out = *mine;
	return report("MPI_Bcast",
	              MPI_Bcast(out, sizeof(*out), MPI_BYTE, root, comm));
}

static cohort_status explain_difference(int item, const struct open_record *a,
                                        int rank, const struct open_record *b)
{
	static const char *const formats[ITEMS] = {
	    [VERSION] = "cohort_open: rank 0 on host %s has version %s of "
	                "cohort, but rank %d on host %s has %s: use the same "
	                "one on all hosts",
	    [PROGRAM] =
	        "cohort_open: rank 0 on host %s runs %s, but rank %d on "
	        "host %s runs %s, a file with other contents: start "
	        "the same program on all hosts",
	    [VARIABLES] = "cohort_open: rank 0 on host %s has other COHORT_ "
	                  "variables (%s) than rank %d on host %s (%s): set "
	                  "the same ones on all hosts; Open MPI's mpirun "
	                  "passes a variable on with -x NAME, and MPICH's "
	                  "with -genvlist NAME",
	};

	if (item == ITEMS)
		return error_set(COHORT_EMISMATCH,
		                 "cohort_open: the ranks differ, but not from "
		                 "rank 0: use the same cohort, program and "
		                 "variables on all hosts");
	return error_set(COHORT_EMISMATCH, formats[item], a->host,
	                 a->texts[item], rank, b->host, b->texts[item]);
}

/* The ranks do not agree: every rank says why. */
static cohort_status explain(MPI_Comm comm, const struct open_side *mine,
                             const uint64_t digests[ITEMS])
{
	struct open_record own, first, other;
	cohort_status status;
	int odd;

	fill_record(mine, digests, &own);
	if ((status = share_record(comm, 0, &own, &first)) ||
	    (status =
	         find_odd_rank(comm, mine->refused,
	                       find_difference(&own, &first) < ITEMS, &odd)) ||
	    (status = share_record(comm, odd, &own, &other)))
		return status;
	if (mine->refused)
		return error_set(mine->refused, "%s", own.sentence);
	if (other.sentence[0])
		return error_set(COHORT_EMISMATCH,
		                 "cohort_open: rank %d on host %s cannot open "
		                 "the group: %s",
		                 odd, other.host, other.sentence);
	return explain_difference(find_difference(&first, &other), &first, odd,
	                          &other);
}

cohort_status open_check(MPI_Comm comm, const struct open_side *mine)
{
	uint64_t digests[ITEMS];
	uint64_t words[ALL_WORDS];

	fill_digests(mine, digests);
	fill_words(digests, mine, words);
	const cohort_status status = report(
	    "MPI_Allreduce", MPI_Allreduce(MPI_IN_PLACE, words, ALL_WORDS,
	                                   MPI_UINT64_T, MPI_MAX, comm));
	if (status != COHORT_OK)
		return status;
	if (!all_agree(words))
		return explain(comm, mine, digests);
	if (words[WORD_SCOPED] && words[WORD_LASTING])
		return error_set(COHORT_EMISMATCH,
		                 "cohort_open: options.scoped is %s on this "
		                 "rank, but not on all: pass the same value on "
		                 "every rank",
		                 mine->scoped ? "true" : "false");
	return mine->refused;
}
