/* Takes values from what a program printed: --parse. */
#ifndef TOOLS_TASK_PARSE_H
#define TOOLS_TASK_PARSE_H

#include "params/table.h"

#include <regex.h>
#include <stdint.h>

enum parse_kind {
	PARSE_NONE,
	PARSE_JSON,
	PARSE_CSV,
	PARSE_NUMBER,
	PARSE_REGEX
};

/* regex:NAME=RE */
struct parse_regex {
	char *name;
	regex_t compiled;
};

struct parse {
	enum parse_kind kind;
	uint32_t id;          /* of what the options say; 0: nothing */
	struct table columns; /* csv: names of the values; only its columns */
	struct parse_regex *regexes;
	size_t regex_count;
};

/* Bytes of a line that --parse reads. */
enum { PARSE_LINE_MOST = 64 << 20 };

/* Why what was printed cannot be read. */
enum parse_trouble {
	PARSE_READ,
	PARSE_LONG_LINE,
	PARSE_ZERO_BYTE, /* in a value */
	PARSE_NO_MEMORY
};

/* Values of one task: names and values in turn, each with a 0 behind it. */
struct parsed {
	struct text pairs;
	size_t count;
	enum parse_trouble trouble;
};

/*
 * Reads the options --parse and --columns:
 *
 *	json           the last line is an object: a column for each key
 *	csv            the last line has values for the names of --columns
 *	number         the last line is a number: the column `value`
 *	regex:NAME=RE  the last line that the extended regular expression
 *	               matches: its first group, or all that matched; may be
 *	               given several times
 *
 * `options` are `count` values of --parse; `columns` is NULL if there is none.
 */
bool parse_read(const char *const options[], size_t count, const char *columns,
                struct parse *out);

/* The column of --parse number. */
extern const char parse_number_name[];

/* The number of values that the options name, and the name of one of them. json
 * names none: they are known when a task has ended. */
size_t parse_name_count(const struct parse *parse);
const char *parse_name(const struct parse *parse, size_t i);

/* A line of the program's standard output has ended, of which bytes are missing
 * if it is cut. `last` keeps the last one that is not empty. */
void parse_line(const struct parse *parse, const char *line, size_t length,
                bool is_cut, struct text *last, struct parsed *out);

/* The program has ended. False with a sentence if what it printed is not what
 * --parse expects. */
bool parse_end(const struct parse *parse, struct text *last,
               struct parsed *out);

void parse_free(struct parse *parse);

#endif
