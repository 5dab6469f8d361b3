#include "shell_check.h"

#include "base/failure.h"
#include "shell_scan.h"

#include <string.h>

/* The variable of a task that has what a placeholder stands for. */
static void print_variable(const struct piece *piece, const struct table *names,
                           struct text *out)
{
	static const char *const variables[BUILTIN_COUNT] = {
	    [BUILTIN_INDEX] = "COHORT_TASK_INDEX",
	    [BUILTIN_SEED] = "COHORT_TASK_SEED",
	    [BUILTIN_ATTEMPT] = "COHORT_TASK_ATTEMPT",
	    [BUILTIN_SLOT] = "COHORT_TASK_SLOT",
	};
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

	if (piece->kind == PIECE_BUILTIN) {
		if (variables[piece->number])
			text_print(out, "%s", variables[piece->number]);
		return;
	}
	const char *name = names->names[piece->number];
	/* A shell has no way to write any other name. */
	if (!name[strspn(name, letters)])
		text_print(out, "COHORT_P_%s", name);
}

/* "at line 2, column 7 of the script"; columns are characters. */
static void print_place(const struct piece *piece, const char *written,
                        struct text *out)
{
	size_t line = 1;
	size_t column = 1;

	if (piece->offset == NOT_WRITTEN) {
		text_add_string(out, "which follows a script without any "
		                     "placeholder,");
		return;
	}
	for (size_t i = 0; i < piece->offset; i++) {
		column += ((unsigned char)written[i] & 0xC0) != 0x80;
		if (written[i] == '\n') {
			line++;
			column = 1;
		}
	}
	if (strchr(written, '\n'))
		text_print(out, "at line %zu, column %zu of the script", line,
		           column);
	else
		text_print(out, "at column %zu of the script", column);
}

static bool refuse(const struct piece *piece, const char *written,
                   const struct table *names, const char *stands)
{
	const char *name = piece->kind == PIECE_BUILTIN
	                       ? builtin_names[piece->number]
	                       : names->names[piece->number];
	struct text place = {0};
	struct text variable = {0};

	print_place(piece, written, &place);
	print_variable(piece, names, &variable);
	failure("--shell: {%s} %s stands %s, where what is put in does not "
	        "stay one word: write it outside of quotes, as in 'v '{%s}"
	        "%s%s%s. A brace that is meant is written twice: {{ }}",
	        name, text_string(&place), stands, name,
	        variable.length > 0 ? ", or as \"$" : "",
	        text_string(&variable), variable.length > 0 ? "\"" : "");
	text_free(&place);
	text_free(&variable);
	return false;
}

bool shell_check(const struct argument *script, const char *written,
                 const struct table *names)
{
	struct text marked = {0};
	size_t at = 0;

	for (size_t p = 0; p < script->count; p++)
		if (script->pieces[p].kind == PIECE_TEXT)
			text_add_string(&marked, script->pieces[p].text);
		else
			text_add(&marked, "", 1);
	const char *stands = shell_scan(marked.bytes, marked.length, &at);
	bool good = true;
	size_t zeros = 0;
	for (size_t i = 0; stands && i <= at; i++)
		zeros += marked.bytes[i] == '\0';
	for (size_t p = 0; good && stands && p < script->count; p++)
		if (script->pieces[p].kind != PIECE_TEXT && --zeros == 0)
			good =
			    refuse(&script->pieces[p], written, names, stands);
	text_free(&marked);
	return good;
}
