#define _POSIX_C_SOURCE 200809L
#include "pack.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/own_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Chunks are written when so much has come together, and read in such pieces.
 */
enum { BUFFER_BYTES = 1 << 18 };

struct chunk_head {
	uint32_t stream;
	uint32_t bytes;
};

void pack_open(struct pack *pack, const char *path)
{
	*pack = (struct pack){
	    .file = -1,
	    .path = memory_text(path, strlen(path)),
	};
}

static bool cannot_write(const struct pack *pack)
{
	return failure_of_system("%s cannot be written: %s", pack->path,
	                         strerror(errno));
}

static bool make_file(struct pack *pack)
{
	if (pack->file >= 0)
		return true;
	pack->file = own_file_make(pack->path);
	return pack->file >= 0 || cannot_write(pack);
}

static bool write_chunks(struct pack *pack)
{
	size_t done = 0;

	if (!make_file(pack))
		return false;
	while (done < pack->chunks.length) {
		const ssize_t wrote =
		    pwrite(pack->file, pack->chunks.bytes + done,
		           pack->chunks.length - done,
		           (off_t)(pack->end + pack->written + done));

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return cannot_write(pack);
		done += (size_t)wrote;
	}
	pack->written += done;
	text_clear(&pack->chunks);
	pack->stream = 0;
	return true;
}

bool pack_add(struct pack *pack, enum process_stream stream, const void *bytes,
              size_t count)
{
	struct chunk_head head = {(uint32_t)stream, 0};

	if (pack->stream != stream) {
		pack->open = pack->chunks.length;
		pack->stream = stream;
		text_add(&pack->chunks, &head, sizeof(head));
	}
	memcpy(&head, pack->chunks.bytes + pack->open, sizeof(head));
	head.bytes += (uint32_t)count;
	memcpy(pack->chunks.bytes + pack->open, &head, sizeof(head));
	text_add(&pack->chunks, bytes, count);
	return pack->chunks.length < BUFFER_BYTES || write_chunks(pack);
}

bool pack_end_task(struct pack *pack, uint64_t *offset, uint64_t *bytes)
{
	*offset = pack->end;
	if (pack->chunks.length > 0 && !write_chunks(pack)) {
		pack_drop_task(pack);
		return false;
	}
	*bytes = pack->written;
	pack->end += pack->written;
	pack->written = 0;
	return true;
}

void pack_drop_task(struct pack *pack)
{
	text_clear(&pack->chunks);
	pack->stream = 0;
	pack->written = 0;
}

void pack_close(struct pack *pack)
{
	if (pack->file >= 0)
		close(pack->file);
	free(pack->path);
	text_free(&pack->chunks);
}

/* ---- reading ---- */

static bool read_bytes(int file, void *bytes, size_t count, uint64_t offset)
{
	char *at = bytes;

	while (count > 0) {
		const ssize_t got = pread(file, at, count, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		count -= (size_t)got;
		offset += (uint64_t)got;
	}
	return true;
}

static bool read_chunk(int file, const struct chunk_head *head, uint64_t offset,
                       char *buffer, pack_take *take, void *arg, bool *goes_on)
{
	uint64_t left = head->bytes;

	while (left > 0 && *goes_on) {
		const size_t piece =
		    left < BUFFER_BYTES ? (size_t)left : BUFFER_BYTES;

		if (!read_bytes(file, buffer, piece, offset))
			return false;
		*goes_on =
		    take(arg, (enum process_stream)head->stream, buffer, piece);
		offset += piece;
		left -= piece;
	}
	return true;
}

static bool read_chunks(int file, uint64_t offset, uint64_t bytes,
                        pack_take *take, void *arg)
{
	const uint64_t end = offset + bytes;
	char *buffer = memory_new(BUFFER_BYTES, 1);
	struct chunk_head head;
	bool goes_on = true;
	bool good = true;

	while (good && goes_on && offset < end) {
		good = read_bytes(file, &head, sizeof(head), offset) &&
		       (head.stream == STREAM_OUTPUT ||
		        head.stream == STREAM_ERRORS) &&
		       head.bytes <= end - offset - sizeof(head);
		if (!good)
			break;
		offset += sizeof(head);
		good = read_chunk(file, &head, offset, buffer, take, arg,
		                  &goes_on);
		offset += head.bytes;
	}
	free(buffer);
	return good;
}

bool pack_read(const char *path, uint64_t offset, uint64_t bytes,
               pack_take *take, void *arg)
{
	if (bytes == 0)
		return true;
	const int file = own_file_read(path);
	if (file < 0)
		return failure("%s, where the task's output is, cannot be "
		               "opened: %s",
		               path, strerror(errno));
	const bool good = read_chunks(file, offset, bytes, take, arg);
	close(file);
	return good ||
	       failure("%s has not the task's output that was written to "
	               "it: it was cut or changed",
	               path);
}
