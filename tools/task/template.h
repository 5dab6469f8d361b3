/*
 * The command line of a task: arguments in which placeholders in braces stand
 * for a parameter or for something that cohort knows of the task. What is put
 * in is never split, and no shell reads it.
 */
#ifndef TOOLS_TASK_TEMPLATE_H
#define TOOLS_TASK_TEMPLATE_H

#include "params/table.h"

#include <stdint.h>

/* Placeholders that are not parameters. */
enum builtin {
	BUILTIN_INDEX,
	BUILTIN_SEED,
	BUILTIN_ATTEMPT,
	BUILTIN_RANK,
	BUILTIN_SLOT,
	BUILTIN_DIR,
	BUILTIN_COUNT
};

/* The name of a builtin, "index". */
extern const char *const builtin_names[BUILTIN_COUNT];

/* A part of an argument. */
struct piece {
	enum { PIECE_TEXT, PIECE_PARAMETER, PIECE_BUILTIN } kind;
	size_t number; /* of the parameter's column, or of the builtin */
	size_t offset; /* of a placeholder in the argument as it was written */
	char *text;
};

struct argument {
	struct piece *pieces;
	size_t count;
};

struct template
{
	struct argument *arguments;
	size_t count;
	bool is_shell; /* values are quoted for sh */
	bool adds_all; /* all values follow, in the order of the columns */
	bool uses[BUILTIN_COUNT];
};

enum template_rest {
	TEMPLATE_ADDS_ALL, /* all parameters follow */
	TEMPLATE_ADDS_NONE /* an option has a placeholder */
};

/* What is put in for one attempt at a task. */
struct template_values {
	const char *row; /* of the table that the template was parsed for */
	const char *builtins[BUILTIN_COUNT]; /* NULL where uses is false */
};

/*
 * Parse `count` arguments for parameters with these names. {{ and }} are
 * braces. If there is no placeholder, `rest` says whether all parameters follow
 * as arguments. With `is_shell` the arguments are joined by spaces into the
 * script of sh -c, in which no placeholder may stand between quotes.
 */
bool template_parse(const char *const arguments[], size_t count,
                    const struct table *names, enum template_rest rest,
                    bool is_shell, struct template *out);

/* Whether a text has a placeholder, or a brace that closes nothing. */
bool template_is_in(const char *text);

/* Parse one text, for --stdin and --chdir, as template_parse does an argument.
 * `option` is its name for sentences. */
bool template_parse_text(const char *option, const char *text,
                         const struct table *names, struct template *out);

/* Appends the arguments to `bytes`, each with a 0 behind it. */
void template_expand(const struct template *template,
                     const struct template_values *values, struct text *bytes);

/* The command as a line that a shell would read as these arguments. `bytes` are
 * `count` arguments as template_expand gives them. */
void template_quote(const char *bytes, size_t count, struct text *line);

void template_free(struct template *template);

#endif
