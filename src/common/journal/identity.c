#define _POSIX_C_SOURCE 200809L
#include "identity.h"

#include "common/base/c_locale.h"
#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/plural.h"
#include "directory.h"
#include "file.h"
#include "format.h"
#include "hash.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { READ_BYTES = 4096, REASONS_BYTES = 512, DIGEST_BYTES = 33 };

/* The number of bytes in a set if the sizes differ, on every machine. */
#define SIZES_DIFFER UINT64_MAX

static const char program_path[] = "/proc/self/exe";

cohort_status journal_identify(size_t param_bytes, const void *bytes,
                               size_t identity_bytes,
                               struct journal_identity *out)
{
	struct journal_identity identity = {
	    .param_bytes =
	        param_bytes == PARAM_SIZES_DIFFER ? SIZES_DIFFER : param_bytes};
	int fd = file_open_path(program_path, O_RDONLY);
	const bool hashed = fd >= 0 && hash_128_of_file(fd, identity.program);

	descriptor_close(&fd);
	if (!hashed)
		return error_set(
		    COHORT_EIO,
		    "cohort_scatter: a journal records which "
		    "program it belongs to, but %s cannot be read: %s",
		    program_path, error_text(errno));
	hash_128(bytes, identity_bytes, identity.identity);
	*out = identity;
	return COHORT_OK;
}

static cohort_status identity_damaged(const char *path)
{
	return error_set(
	    COHORT_ECORRUPT,
	    "cohort_scatter: journal %s: " IDENTITY_NAME " is not what was "
	    "written: put it back from a copy, or name another directory",
	    path);
}

/* The sentence for a complete block that this version or this machine cannot
 * read. */
static cohort_status identity_foreign(const char *path,
                                      enum format_verdict verdict)
{
	return error_set(
	    COHORT_EINVAL,
	    verdict == FORMAT_OTHER_ORDER
	        ? "cohort_scatter: journal %s was written on a machine with "
	          "another byte order: go on there, or name another directory"
	        : "cohort_scatter: journal %s was written by a version of "
	          "cohort with another format: go on with that, or name "
	          "another directory",
	    path);
}

/* The block is good, and its version is one of the two. */
static void unpack_identity(const void *block, struct stored_identity *out)
{
	struct format_1_identity old;
	struct format_identity new;

	memset(out, 0, sizeof(*out));
	memcpy(&new.head, block, sizeof(new.head));
	memcpy(out->id, new.head.id, sizeof(out->id));
	if (new.head.version == FORMAT_VERSION) {
		memcpy(&new, block, sizeof(new));
		out->param_bytes = new.identity.param_bytes;
		memcpy(out->identity, new.identity.identity,
		       sizeof(out->identity));
		memcpy(out->program, new.identity.program,
		       sizeof(out->program));
		return;
	}
	memcpy(&old, block, sizeof(old));
	out->old = true;
	out->sweep = old.sweep;
	out->param_bytes = old.sweep.param_bytes;
	hash_128(NULL, 0, out->identity);
	memcpy(out->program, old.sweep.program, sizeof(out->program));
}

/* Read the block from the open file, and close that. */
static cohort_status read_block(int fd, const char *path,
                                struct stored_identity *out)
{
	unsigned char bytes[READ_BYTES];
	struct format_head head;
	size_t got = 0;
	cohort_status status = COHORT_OK;

	if (!descriptor_read(fd, bytes, sizeof(bytes), &got))
		status = file_error(path, "read", IDENTITY_NAME);
	descriptor_close(&fd);
	if (status != COHORT_OK)
		return status;
	const enum format_verdict verdict =
	    format_check(bytes, got, FORMAT_IDENTITY_MAGIC);
	if (verdict == FORMAT_OTHER_ORDER || verdict == FORMAT_OTHER_VERSION)
		return identity_foreign(path, verdict);
	if (verdict != FORMAT_GOOD)
		return identity_damaged(path);
	memcpy(&head, bytes, sizeof(head));
	if (got != head.bytes)
		return identity_damaged(path);
	unpack_identity(bytes, out);
	return COHORT_OK;
}

cohort_status identity_read(int dir, const char *path,
                            struct stored_identity *out)
{
	uint64_t size;
	int fd;
	cohort_status status =
	    directory_read(dir, path, IDENTITY_NAME, &fd, &size);

	return status == COHORT_OK ? read_block(fd, path, out) : status;
}

cohort_status identity_read_any(int dir, const char *path,
                                struct stored_identity *out)
{
	struct stat about;
	int fd;
	cohort_status status =
	    directory_read_any(dir, path, IDENTITY_NAME, &fd, &about);

	return status == COHORT_OK ? read_block(fd, path, out) : status;
}

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

static bool same_digest(const uint64_t a[2], const uint64_t b[2])
{
	return a[0] == b[0] && a[1] == b[1];
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
	if (!same_digest(digest, found->params))
		add_reason(reasons, "of parameter sets with other contents");
}

static void add_size_reason(char reasons[REASONS_BYTES], uint64_t found,
                            uint64_t wanted)
{
	if (found == SIZES_DIFFER)
		add_reason(reasons,
		           "of parameter sets of differing sizes "
		           "(cohort_scatter_objects) and not of %" PRIu64
		           " byte%s each",
		           wanted, plural(wanted));
	else if (wanted == SIZES_DIFFER)
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
	if (!same_digest(found->identity, wanted->identity.identity))
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
	*rebuilt = !same_digest(program, own);
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
	         "journal %s: the program has changed since it was used last, "
	         "from XXH3-128 %s to %s: its results are used, because "
	         "job.rebuilt_ok is set",
	         path, digest_text(program, texts[0]),
	         digest_text(sweep->identity.program, texts[1]));
}

cohort_status identity_expect(int dir, const char *path, const uint64_t id[2],
                              int rank)
{
	struct stored_identity stored;

	errno = 0;
	cohort_status status = identity_read(dir, path, &stored);
	if (status == COHORT_OK ? same_digest(stored.id, id) : errno != ENOENT)
		return status;
	return error_set(COHORT_EINVAL,
	                 "cohort_scatter: rank %d finds another journal at %s "
	                 "than the root, or none: name a directory that all "
	                 "ranks share, by its full path",
	                 rank, path);
}

/* Write and sync the file under its preliminary name. Returns NULL, or the
 * action that failed, with errno. */
static const char *write_draft(int dir, const struct format_identity *block)
{
	struct iovec part = {(void *)(uintptr_t)block, sizeof(*block)};
	const char *failed = NULL;

	/* A run that died while it made the journal has left one. */
	if (unlinkat(dir, IDENTITY_DRAFT, 0) && errno != ENOENT)
		return "remove";
	const int fd =
	    file_open(dir, IDENTITY_DRAFT, O_WRONLY | O_CREAT | O_EXCL);
	if (fd < 0)
		return "make";
	if (!file_write(fd, &part, 1))
		failed = "write";
	else if (!file_sync(fd))
		failed = "sync";
	const int saved = errno;
	if (close(fd) && errno != EINTR && !failed)
		return "close";
	errno = saved;
	return failed;
}

/* Also where a sandbox refuses getrandom. */
static bool draw_id(uint64_t id[2])
{
	const size_t bytes = 2 * sizeof(*id);
	size_t got = 0;

	if (getrandom(id, bytes, 0) == (ssize_t)bytes)
		return true;
	const int number = errno;
	int fd = descriptor_open(AT_FDCWD, "/dev/urandom", O_RDONLY);
	const bool drawn =
	    fd >= 0 && descriptor_read(fd, id, bytes, &got) && got == bytes;
	descriptor_close(&fd);
	errno = number;
	return drawn;
}

cohort_status identity_make(int dir, const char *path,
                            const struct journal_identity *identity,
                            uint64_t id[2])
{
	uint64_t drawn[2];

	if (!draw_id(drawn))
		return error_sys("cohort_scatter: journal %s: getrandom", path);
	const struct format_identity block =
	    format_make_identity(drawn, identity);
	const char *failed = write_draft(dir, &block);
	if (!failed && renameat(dir, IDENTITY_DRAFT, dir, IDENTITY_NAME))
		failed = "rename";
	if (failed) {
		cohort_status status = file_error(path, failed, IDENTITY_DRAFT);
		unlinkat(dir, IDENTITY_DRAFT, 0);
		return status;
	}
	if (!file_sync_directory(dir))
		return file_error(path, "sync", "the directory");
	memcpy(id, drawn, sizeof(drawn));
	return COHORT_OK;
}
