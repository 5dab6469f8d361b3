#define _POSIX_C_SOURCE 200809L
#include "task_output.h"

#include "base/exit_status.h"
#include "base/failure.h"
#include "base/own_file.h"
#include "task/path_error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Bytes of a line that --tag prints at once. */
enum { TAGGED_MOST = 1 << 20 };

bool task_output_take(void *arg, enum process_stream stream, const void *bytes,
                      size_t count)
{
	struct task_output *output = arg;
	const int which = stream == STREAM_ERRORS;
	FILE *file = output->files[which];

	if (output->plan->options->tag)
		lines_add(&output->tagged[which], bytes, count);
	if (output->plan->parse.kind != PARSE_NONE && stream == STREAM_OUTPUT)
		lines_add(&output->read, bytes, count);
	if (file && fwrite(bytes, 1, count, file) < count)
		return failure_of_system(
		    "--output-dir: the task's output cannot be "
		    "written: %s",
		    strerror(errno));
	return pack_add(&output->pack, stream, bytes, count);
}

/* The sweep is worth more than its lines. */
static void say_mute(int descriptor)
{
	fprintf(stderr,
	        "cohort sweep: --tag: standard %s cannot be written, so no "
	        "more lines go there, and tasks go on: %s\n",
	        descriptor == STDOUT_FILENO ? "output" : "error",
	        strerror(errno));
}

/* One write for each line, so that lines of two ranks do not mix. */
static void print_tagged(struct task_output *output, int descriptor,
                         const char *line, size_t length)
{
	bool *is_mute = &output->is_mute[descriptor == STDERR_FILENO];
	struct text text = {0};
	size_t done = 0;

	if (*is_mute)
		return;
	text_print(&text, "%zu\t", output->index);
	text_add(&text, line, length);
	text_add(&text, "\n", 1);
	while (done < text.length) {
		const ssize_t wrote =
		    write(descriptor, text.bytes + done, text.length - done);

		if (wrote < 0 && errno != EINTR) {
			say_mute(descriptor);
			*is_mute = true;
			break;
		}
		done += wrote > 0 ? (size_t)wrote : 0;
	}
	text_free(&text);
}

static void tag_output(void *arg, const char *line, size_t length, bool is_cut)
{
	(void)is_cut;
	print_tagged(arg, STDOUT_FILENO, line, length);
}

static void tag_errors(void *arg, const char *line, size_t length, bool is_cut)
{
	(void)is_cut;
	print_tagged(arg, STDERR_FILENO, line, length);
}

static void read_line(void *arg, const char *line, size_t length, bool is_cut)
{
	struct task_output *output = arg;

	parse_line(&output->plan->parse, line, length, is_cut, &output->last,
	           &output->parsed);
}

/* NULL with errno. */
static FILE *make_stream(const char *path)
{
	const int file = own_file_make(path);
	FILE *stream = file >= 0 ? fdopen(file, "w") : NULL;

	if (file >= 0 && !stream)
		close(file);
	return stream;
}

static bool open_files(struct task_output *output)
{
	static const char *const endings[] = {"out", "err"};
	const char *folder = output->plan->options->output_folder;
	struct text path = {0};
	bool good = true;

	output->files[0] = output->files[1] = NULL;
	for (int i = 0; good && folder && i < 2; i++) {
		text_clear(&path);
		text_print(&path, "%s/%zu.%s", folder, output->index,
		           endings[i]);
		output->files[i] = make_stream(text_string(&path));
		if (!output->files[i])
			good = failure_of(path_error_stays(errno),
			                  "--output-dir: %s cannot be "
			                  "written: %s",
			                  path.bytes, strerror(errno));
	}
	text_free(&path);
	return good;
}

static bool close_files(struct task_output *output)
{
	bool good = true;

	for (int i = 0; i < 2; i++) {
		if (output->files[i] && fclose(output->files[i]))
			good = failure_of_system(
			    "--output-dir: the task's output cannot "
			    "be written: %s",
			    strerror(errno));
		output->files[i] = NULL;
	}
	return good;
}

bool task_output_begin(struct task_output *output, size_t index)
{
	output->index = index;
	for (int i = 0; i < 2; i++) {
		lines_clear(&output->tagged[i]);
		output->tagged[i].arg = output;
	}
	lines_clear(&output->read);
	output->read.arg = output;
	text_empty(&output->last);
	text_empty(&output->parsed.pairs);
	output->parsed.count = 0;
	output->parsed.trouble = PARSE_READ;
	return open_files(output);
}

/* Takes the values of --parse from the output of a task that has succeeded. */
static void parse_output(struct task_output *output, struct task_record *record,
                         struct text *sentence)
{
	if (record->end == TASK_OK &&
	    !parse_end(&output->plan->parse, &output->last, &output->parsed)) {
		record->end = TASK_FAILED;
		record->is_unparsed = true;
		text_add_string(sentence, failure_sentence());
	}
	record->parse = output->plan->parse.id;
	record->parsed = output->parsed.pairs.bytes;
	record->parsed_bytes = output->parsed.pairs.length;
	record->parsed_count = output->parsed.count;
}

bool task_output_end(struct task_output *output, struct task_record *record,
                     struct text *sentence)
{
	for (int i = 0; i < 2; i++)
		lines_end(&output->tagged[i]);
	lines_end(&output->read);
	const bool closed = close_files(output);
	if (!pack_end_task(&output->pack, &record->output_offset,
	                   &record->output_bytes) ||
	    !closed)
		return false;
	parse_output(output, record, sentence);
	return true;
}

void task_output_open(struct task_output *output, const struct sweep_plan *plan,
                      const char *path)
{
	*output = (struct task_output){
	    .plan = plan,
	    .tagged = {{.most = TAGGED_MOST, .in_pieces = true},
	               {.most = TAGGED_MOST, .in_pieces = true}},
	    .read = {.most = PARSE_LINE_MOST, .take = read_line},
	};
	output->tagged[0].take = tag_output;
	output->tagged[1].take = tag_errors;
	pack_open(&output->pack, path);
}

void task_output_close(struct task_output *output)
{
	pack_close(&output->pack);
	for (int i = 0; i < 2; i++)
		lines_free(&output->tagged[i]);
	lines_free(&output->read);
	text_free(&output->last);
	text_free(&output->parsed.pairs);
}
