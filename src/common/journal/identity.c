#define _POSIX_C_SOURCE 200809L
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
	/* Which is a link; file_open would not follow it. */
	const int fd = open(program, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || hash_128_of_file(fd, identity.program)) {
		file_close(fd);
		return error_set(COHORT_EIO,
		                 "cohort_scatter: a journal must know which "
		                 "program it is of, and %s cannot be read: %s",
		                 program, strerror(errno));
	}
	close(fd);
	hash_128(params, params ? count * param_bytes : 0, identity.params);
	*out = identity;
	return COHORT_OK;
}

static cohort_status damaged(const char *path)
{
	return error_set(
	    COHORT_ECORRUPT,
	    "cohort_scatter: journal %s: " IDENTITY_NAME " is not what was "
	    "written: put it back from a copy, or name another directory",
	    path);
}

/* What is wrong with a block whose checksum is right. */
static cohort_status unusable(const char *path, enum format_verdict verdict)
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

static cohort_status load(int dir, const char *path,
                          struct format_identity *out)
{
	unsigned char bytes[READ_BYTES];
	uint64_t size;
	size_t got = 0;
	int fd;

	cohort_status status =
	    directory_read(dir, path, IDENTITY_NAME, &fd, &size);
	if (status != COHORT_OK)
		return status;
	if (!file_read(fd, bytes, sizeof(bytes), &got))
		status = file_error(path, "read", IDENTITY_NAME);
	close(fd);
	if (status != COHORT_OK)
		return status;
	const enum format_verdict verdict =
	    format_check(bytes, got, FORMAT_IDENTITY_MAGIC, sizeof(*out));
	if (verdict == FORMAT_OTHER_ORDER || verdict == FORMAT_OTHER_VERSION)
		return unusable(path, verdict);
	if (verdict != FORMAT_GOOD || got != sizeof(*out))
		return damaged(path);
	memcpy(out, bytes, sizeof(*out));
	return COHORT_OK;
}

/* Adds a clause to a list of them. */
COHORT_PRINTF(2, 3)
static void add_reason(char reasons[REASONS_BYTES], const char *format, ...)
{
	const size_t used = strlen(reasons);
	char clause[REASONS_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(clause, sizeof(clause), format, args);
	va_end(args);
	snprintf(reasons + used, REASONS_BYTES - used, "%s%s",
	         used > 0 ? ", " : "", clause);
}

static void list_reasons(const struct journal_identity *theirs,
                         const struct journal_identity *ours,
                         char reasons[REASONS_BYTES])
{
	reasons[0] = '\0';
	if (theirs->count != ours->count)
		add_reason(reasons,
		           "of %" PRIu64 " parameter sets and not %" PRIu64,
		           theirs->count, ours->count);
	if (theirs->param_bytes != ours->param_bytes)
		add_reason(reasons,
		           "of parameter sets of %" PRIu64
		           " bytes and not %" PRIu64,
		           theirs->param_bytes, ours->param_bytes);
	else if (theirs->count == ours->count &&
	         memcmp(theirs->params, ours->params, sizeof(ours->params)))
		add_reason(reasons, "of parameter sets with other contents");
	if (theirs->seed != ours->seed)
		add_reason(reasons, "of seed %" PRIu64 " and not %" PRIu64,
		           theirs->seed, ours->seed);
	if (memcmp(theirs->program, ours->program, sizeof(ours->program)))
		add_reason(reasons,
		           "of another program, or of this one before it was "
		           "built anew");
}

cohort_status identity_compare(int dir, const char *path,
                               const struct journal_identity *identity,
                               uint64_t id[2])
{
	struct format_identity block;
	char reasons[REASONS_BYTES];

	cohort_status status = load(dir, path, &block);
	if (status != COHORT_OK)
		return status;
	list_reasons(&block.identity, identity, reasons);
	if (reasons[0])
		return error_set(COHORT_EINVAL,
		                 "cohort_scatter: journal %s is of another "
		                 "sweep: %s; repeat that, or name another "
		                 "directory",
		                 path, reasons);
	memcpy(id, block.head.id, sizeof(block.head.id));
	return COHORT_OK;
}

cohort_status identity_expect(int dir, const char *path, const uint64_t id[2],
                              int rank)
{
	struct format_identity block;

	errno = 0;
	cohort_status status = load(dir, path, &block);
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

/* NULL, or what could not be done, with errno. */
static const char *write_draft(int dir, const struct format_identity *block)
{
	struct iovec part = {(void *)(uintptr_t)block, sizeof(*block)};
	const char *failed = NULL;

	/* Of a run that died here. */
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

cohort_status identity_make(int dir, const char *path,
                            const struct journal_identity *identity,
                            uint64_t id[2])
{
	uint64_t drawn[2];

	if (getrandom(drawn, sizeof(drawn), 0) != (ssize_t)sizeof(drawn))
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
