#define _POSIX_C_SOURCE 200809L
#include "identity.h"

#include "common/base/c_locale.h"
#include "common/base/descriptor.h"
#include "common/base/error.h"
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

enum { READ_BYTES = 4096, REASONS_BYTES = 512 };

static const char program[] = "/proc/self/exe";

cohort_status journal_identify(const void *params, size_t count,
                               size_t param_bytes, uint64_t seed,
                               struct journal_identity *out)
{
	struct journal_identity identity = {
	    .count = count,
	    .param_bytes = param_bytes,
	    .seed = seed,
	};
	int fd = file_open_path(program, O_RDONLY);
	const bool hashed = fd >= 0 && hash_128_of_file(fd, identity.program);

	descriptor_close(&fd);
	if (!hashed)
		return error_set(
		    COHORT_EIO,
		    "cohort_scatter: a journal records which "
		    "program it belongs to, but %s cannot be read: %s",
		    program, error_text(errno));
	hash_128(params, params ? count * param_bytes : 0, identity.params);
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

/* Read the block from the open file, and close that. */
static cohort_status read_block(int fd, const char *path,
                                struct format_identity *out)
{
	unsigned char bytes[READ_BYTES];
	size_t got = 0;
	cohort_status status = COHORT_OK;

	if (!descriptor_read(fd, bytes, sizeof(bytes), &got))
		status = file_error(path, "read", IDENTITY_NAME);
	descriptor_close(&fd);
	if (status != COHORT_OK)
		return status;
	const enum format_verdict verdict =
	    format_check(bytes, got, FORMAT_IDENTITY_MAGIC, sizeof(*out));
	if (verdict == FORMAT_OTHER_ORDER || verdict == FORMAT_OTHER_VERSION)
		return identity_foreign(path, verdict);
	if (verdict != FORMAT_GOOD || got != sizeof(*out))
		return identity_damaged(path);
	memcpy(out, bytes, sizeof(*out));
	return COHORT_OK;
}

static cohort_status read_identity(int dir, const char *path,
                                   struct format_identity *out)
{
	uint64_t size;
	int fd;
	cohort_status status =
	    directory_read(dir, path, IDENTITY_NAME, &fd, &size);

	return status == COHORT_OK ? read_block(fd, path, out) : status;
}

cohort_status identity_read(int dir, const char *path, uint64_t id[2],
                            uint64_t *count)
{
	struct format_identity block;
	struct stat about;
	int fd;

	cohort_status status =
	    directory_read_any(dir, path, IDENTITY_NAME, &fd, &about);
	if (status == COHORT_OK)
		status = read_block(fd, path, &block);
	if (status != COHORT_OK)
		return status;
	memcpy(id, block.head.id, sizeof(block.head.id));
	*count = block.identity.count;
	return COHORT_OK;
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

/* In what the identity in the journal differs from this sweep's; "" if it does
 * not. */
static void list_differences(const struct journal_identity *found,
                             const struct journal_identity *wanted,
                             char reasons[REASONS_BYTES])
{
	reasons[0] = '\0';
	if (found->count != wanted->count)
		add_reason(reasons,
		           "of %" PRIu64 " parameter sets and not %" PRIu64,
		           found->count, wanted->count);
	if (found->param_bytes != wanted->param_bytes)
		add_reason(reasons,
		           "of parameter sets of %" PRIu64
		           " bytes and not %" PRIu64,
		           found->param_bytes, wanted->param_bytes);
	else if (found->count == wanted->count &&
	         memcmp(found->params, wanted->params, sizeof(wanted->params)))
		add_reason(reasons, "of parameter sets with other contents");
	if (found->seed != wanted->seed)
		add_reason(reasons, "of seed %" PRIu64 " and not %" PRIu64,
		           found->seed, wanted->seed);
	if (memcmp(found->program, wanted->program, sizeof(wanted->program)))
		add_reason(reasons,
		           "of another program, or of this one before it was "
		           "rebuilt");
}

cohort_status identity_compare(int dir, const char *path,
                               const struct journal_identity *identity,
                               uint64_t id[2])
{
	struct format_identity block;
	char reasons[REASONS_BYTES];

	cohort_status status = read_identity(dir, path, &block);
	if (status != COHORT_OK)
		return status;
	list_differences(&block.identity, identity, reasons);
	if (reasons[0])
		return error_set(COHORT_EINVAL,
		                 "cohort_scatter: journal %s is of another "
		                 "sweep: %s; run that sweep again, or name "
		                 "another directory",
		                 path, reasons);
	memcpy(id, block.head.id, sizeof(block.head.id));
	return COHORT_OK;
}

cohort_status identity_expect(int dir, const char *path, const uint64_t id[2],
                              int rank)
{
	struct format_identity block;

	errno = 0;
	cohort_status status = read_identity(dir, path, &block);
	if (status == COHORT_OK
	        ? !memcmp(block.head.id, id, sizeof(block.head.id))
	        : errno != ENOENT)
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
	if (close(fd) && !failed)
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
