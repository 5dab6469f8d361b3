/*
 * What a task leaves: the bytes of its result, in memory and in the journal. It
 * has the task's key too, so that a table can be made of a journal alone.
 * Numbers are in the machine's byte order, as all of a journal.
 */
#ifndef TOOLS_TASK_RECORD_H
#define TOOLS_TASK_RECORD_H

#include "parse.h"

#include <stdint.h>

/* How the last attempt at a task ended; the words of the table's column. */
enum task_end {
	TASK_OK,
	TASK_FAILED,  /* exit status other than 0, or not as --parse expects */
	TASK_CRASHED, /* by a signal */
	TASK_TIMEOUT,
	TASK_MEMORY, /* by a signal, at the limit of --mem */
	TASK_NOT_RUN,
	TASK_END_COUNT
};

extern const char *const task_end_words[TASK_END_COUNT];

struct task_record {
	enum task_end end;
	int exit_status; /* -1: it has none */
	int signal;      /* 0: none */
	int attempts;
	int rank;         /* that ran it */
	uint64_t index;   /* of the task in the table of its run */
	double started;   /* seconds since 1970, of the last attempt */
	double seconds;   /* wall-clock time of the last attempt */
	double user;      /* its CPU time in the program, seconds */
	double system;    /* and in the kernel */
	uint64_t max_rss; /* bytes */
	/* Place of what it printed. */
	uint64_t output_run;
	uint64_t output_offset;
	uint64_t output_bytes;
	const char *key; /* of the task: sweep/task_key.h */
	size_t key_bytes;
	bool is_unparsed; /* it failed only because of --parse */
	uint32_t parse;   /* id of what --parse looked for */
	/* Names and values that --parse found, in turn. */
	const char *parsed;
	size_t parsed_bytes;
	size_t parsed_count;
};

/* Bytes of the record when written. */
size_t task_record_bytes(const struct task_record *record);

/* Writes the record to so many bytes. */
void task_record_write(const struct task_record *record, void *bytes);

/* Reads a record; its key and its parsed values point into `bytes`. False if
 * these are not the bytes of one. */
bool task_record_read(const void *bytes, size_t count, struct task_record *out);

#endif
