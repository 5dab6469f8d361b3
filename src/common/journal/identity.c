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
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { READ_BYTES = 4096 };

static const char program_path[] = "/proc/self/exe";

cohort_status journal_identify(size_t param_bytes, const void *bytes,
                               size_t identity_bytes,
                               struct journal_identity *out)
{
	struct journal_identity identity = {
	    .param_bytes = param_bytes == PARAM_SIZES_DIFFER
	                       ? IDENTITY_SIZES_DIFFER
	                       : param_bytes};
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

cohort_status identity_expect(int dir, const char *path, const uint64_t id[2],
                              int rank)
{
	struct stored_identity stored;

	errno = 0;
	cohort_status status = identity_read(dir, path, &stored);
	if (status == COHORT_OK ? hash_equal(stored.id, id) : errno != ENOENT)
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
