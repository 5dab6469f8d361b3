/* What the parts of a writer know: writer.c, single_file.c and node_file.c. */
#ifndef COHORT_COMMON_JOURNAL_WRITER_STATE_H
#define COHORT_COMMON_JOURNAL_WRITER_STATE_H

#include "directory.h"
#include "file.h"
#include "format_record.h"
#include "journal_shared.h"
#include "journal_types.h"
#include "sync.h"

/* A file that ranks share; see node_file.h. */
struct node_file {
	struct journal_peers peers;
	struct journal_run run;
	struct format_tasks head;
	/* How far it need not be read to find what this rank has written and
	 * has to drop, and format_single_bytes of this rank's records before.
	 * Each process has its own. */
	uint64_t from;
	uint64_t from_bytes;
};

struct journal_writer {
	char *path;                  /* of the journal, for sentences */
	char name[TASKS_NAME_BYTES]; /* of the record file */
	int dir;                     /* of the journal */
	int fd;                      /* of the record file */
	/* Of these two. */
	struct file_identity folder;
	struct file_identity file;
	int rank;
	pid_t opener;     /* process that syncs and closes */
	bool drops_empty; /* see journal_writer_drop_empty */
	bool shares;      /* the file with other ranks */
	struct node_file node;
	struct journal_shared *shared;
	struct journal_shared own; /* where `shared` points if the caller has
	                            * passed none */
	uint64_t committed;        /* what this process has stored there last */
	struct sync_words *words;  /* of the file */
	/* The first failure that this process has noticed or read: no task of
	 * another process can destroy it. */
	_Atomic uint64_t failed;
	struct journal_sync sync;
};

static inline uint64_t writer_committed(const struct journal_writer *writer)
{
	return journal_shared_committed(writer->shared, writer->committed);
}

static inline void writer_commit(struct journal_writer *writer, uint64_t bytes)
{
	writer->committed = bytes;
	journal_shared_commit(writer->shared, bytes);
}

#endif
