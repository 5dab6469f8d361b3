#define _GNU_SOURCE /* program_invocation_short_name */
#include "identity_compare.h"

#include "common/base/c_locale.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/plural.h"
#include "hash.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { REASONS_BYTES = 512, DIGEST_BYTES = 33 };

/* Append a clause to the list. */
COHORT_PRINTF(2, 3)
static void add_reason(char reasons[REASONS_BYTES], const char *format, ...)
{
	const size_t used = strlen(reasons);
	char clause[REASONS_BYTES];
	va_list args;

	va_start(args, format);
	c_vsnprintf(clause, sizeof(clause), format, args);
	va_end(args);
	snprintf(reasons + used, REASONS_BYTES - used, "%s%s",
	         used > 0 ? ", " : "", clause);
}

/* A journal of format 1 fits a sweep that begins with the same sets. */
static void list_old_differences(const struct format_1_sweep *found,
                                 const struct journal_sweep *wanted,
                                 char reasons[REASONS_BYTES])
{
	uint64_t digest[2];

	if (found->seed != wanted->seed)
		add_reason(reasons, "of seed %" PRIu64 " and not %" PRIu64,
		           found->seed, wanted->seed);
	if (found->param_bytes != wanted->identity.param_bytes)
		return;
	if (found->count > wanted->sets.count) {
		add_reason(reasons,
		           "of %" PRIu64 " parameter set%s and not %" PRIu64,
		           found->count, plural(found->count),
		           (uint64_t)wanted->sets.count);
		return;
	}
	const uint64_t bytes = found->count * found->param_bytes;
	hash_128(bytes ? wanted->sets.data : NULL, (size_t)bytes, digest);
	if (!hash_equal(digest, found->params))
		add_reason(reasons, "of parameter sets with other contents");
}

static void add_size_reason(char reasons[REASONS_BYTES], uint64_t found,
                            uint64_t wanted)
{
	if (found == IDENTITY_SIZES_DIFFER)
		add_reason(reasons,
		           "of parameter sets of differing sizes "
		           "(cohort_scatter_objects) and not of %" PRIu64
		           " byte%s each",
		           wanted, plural(wanted));
	else if (wanted == IDENTITY_SIZES_DIFFER)
		add_reason(reasons,
		           "of parameter sets of %" PRIu64
		           " byte%s each and not of differing sizes "
		           "(cohort_scatter_objects)",
		           found, plural(found));
	else
		add_reason(reasons,
		           "of parameter sets of %" PRIu64
		           " byte%s and not %" PRIu64,
		           found, plural(found), wanted);
}

/* In what the journal differs from this sweep, but for the program; "" if in
 * nothing. */
static void list_differences(const struct stored_identity *found,
                             const struct journal_sweep *wanted,
                             char reasons[REASONS_BYTES])
{
	reasons[0] = '\0';
	if (found->param_bytes != wanted->identity.param_bytes)
		add_size_reason(reasons, found->param_bytes,
		                wanted->identity.param_bytes);
	if (!hash_equal(found->identity, wanted->identity.identity))
		add_reason(reasons, "with another job.identity");
	if (found->old)
		list_old_differences(&found->sweep, wanted, reasons);
}

/* A digest as xxhsum -H2 prints it. */
static const char *digest_text(const uint64_t digest[2],
                               char text[DIGEST_BYTES])
{
	snprintf(text, DIGEST_BYTES, "%016" PRIx64 "%016" PRIx64, digest[1],
	         digest[0]);
	return text;
}

static cohort_status refuse_program(const char *path, const uint64_t program[2],
                                    const uint64_t own[2])
{
	char texts[2][DIGEST_BYTES];

	return error_set(
	    COHORT_EINVAL,
	    "cohort_scatter: journal %s is of another program, or of this one "
	    "before it was rebuilt (XXH3-128 %s, now %s): set job.rebuilt_ok "
	    "if this one computes the same results; otherwise run that program "
	    "again, or name another directory",
	    path, digest_text(program, texts[0]), digest_text(own, texts[1]));
}

cohort_status identity_compare(const char *path,
                               const struct stored_identity *stored,
                               const uint64_t program[2],
                               const struct journal_sweep *sweep, bool *rebuilt)
{
	const uint64_t *own = sweep->identity.program;
	char reasons[REASONS_BYTES];

	list_differences(stored, sweep, reasons);
	*rebuilt = !hash_equal(program, own);
	if (!reasons[0])
		return *rebuilt && !sweep->rebuilt_ok
		           ? refuse_program(path, program, own)
		           : COHORT_OK;
	if (*rebuilt && !sweep->rebuilt_ok)
		add_reason(reasons,
		           "of another program, or of this one before it was "
		           "rebuilt");
	return error_set(
	    COHORT_EINVAL,
	    "cohort_scatter: journal %s is of another sweep: %s; %srun that "
	    "sweep again, or name another directory",
	    path, reasons,
	    stored->old ? "as a journal of cohort 0.1 it can only have more "
	                  "parameter sets appended: "
	                : "");
}

void identity_log_rebuilt(const char *path, const uint64_t program[2],
                          const struct journal_sweep *sweep)
{
	char texts[2][DIGEST_BYTES];

	log_line(LOG_WARN, 0,
	         "journal %s: the program %s has changed since it was used "
	         "last, from XXH3-128 %s to %s: results from before are used",
	         path, program_invocation_short_name,
	         digest_text(program, texts[0]),
	         digest_text(sweep->identity.program, texts[1]));
}
