#include "shell_scan.h"

#include <stdbool.h>
#include <string.h>

/* What a part of a script is; parts contain each other. */
enum part {
	PART_COMMANDS,     /* the script */
	PART_GROUP,        /* ( ) */
	PART_SUBSTITUTION, /* $( ) */
	PART_ARITHMETIC,   /* a parenthesis of $(( )) */
	PART_PARAMETER,    /* ${ } */
	PART_DOUBLE,       /* " " */
	PART_SINGLE,       /* ' ' */
	PART_ESCAPES,      /* $' ': some shells know \' in it */
	PART_BACKQUOTES,
	PART_COMMENT
};

enum { DEPTH = 64 };

static const char *const places[] = {
    [PART_ARITHMETIC] = "in $(( ))",
    [PART_PARAMETER] = "in ${ }",
    [PART_DOUBLE] = "between double quotes",
    [PART_SINGLE] = "between single quotes",
    [PART_ESCAPES] = "between single quotes",
    [PART_BACKQUOTES] = "between backquotes",
    [PART_COMMENT] = "in a comment",
};

struct scan {
	const char *at;
	const char *end;
	enum part parts[DEPTH]; /* outermost first */
	size_t depth;
	bool begins_word;   /* a # would begin a comment */
	const char *unsure; /* what makes the rest unsure, or NULL */
};

static enum part innermost(const struct scan *scan)
{
	return scan->parts[scan->depth - 1];
}

static void enter(struct scan *scan, enum part part)
{
	if (scan->depth == DEPTH)
		scan->unsure = "behind parts that are too deep in each other";
	else
		scan->parts[scan->depth++] = part;
	scan->begins_word = part == PART_GROUP || part == PART_SUBSTITUTION;
}

static void leave(struct scan *scan)
{
	scan->depth--;
	scan->begins_word = false;
}

static bool follows(const struct scan *scan, const char *text)
{
	const size_t length = strlen(text);

	return (size_t)(scan->end - scan->at) >= length &&
	       !memcmp(scan->at, text, length);
}

/* A backslash and the byte behind it. A line that goes on changes nothing. */
static void skip_escaped(struct scan *scan)
{
	if (!follows(scan, "\\\n"))
		scan->begins_word = false;
	/* A placeholder behind it is looked at by itself. */
	if (scan->end - scan->at > 1 && scan->at[1] != '\0')
		scan->at++;
}

/* What a $ begins, in a command or between double quotes. */
static void read_dollar(struct scan *scan)
{
	scan->begins_word = false;
	if (follows(scan, "$$")) {
		scan->at++;
	} else if (follows(scan, "$((")) {
		scan->at += 2;
		enter(scan, PART_ARITHMETIC);
		enter(scan, PART_ARITHMETIC);
	} else if (follows(scan, "$(")) {
		scan->at++;
		enter(scan, PART_SUBSTITUTION);
	} else if (follows(scan, "${")) {
		scan->at++;
		enter(scan, PART_PARAMETER);
	} else if (follows(scan, "$[")) {
		scan->unsure = "behind $[";
	} else if (follows(scan, "$'") && innermost(scan) != PART_DOUBLE) {
		scan->at++;
		enter(scan, PART_ESCAPES);
	}
}

static void close_parenthesis(struct scan *scan)
{
	const enum part part = innermost(scan);

	if (part != PART_COMMANDS)
		leave(scan);
	/* $( ) is part of a word, and ( ) is not. */
	scan->begins_word = part != PART_SUBSTITUTION;
}

static void read_word(struct scan *scan)
{
	/* Its patterns end with parentheses that nothing opens. */
	if (scan->begins_word && scan->depth > 1 && follows(scan, "case"))
		scan->unsure = "behind case in parentheses";
	scan->begins_word = strchr(" \t\n;&|<>", *scan->at) != NULL;
}

static void read_command(struct scan *scan)
{
	if (follows(scan, "<<"))
		scan->unsure = "behind <<";
	else if (follows(scan, "(("))
		scan->unsure = "behind ((";
	else if (*scan->at == '#' && scan->begins_word)
		enter(scan, PART_COMMENT);
	else if (*scan->at == '\\')
		skip_escaped(scan);
	else if (*scan->at == '$')
		read_dollar(scan);
	else if (*scan->at == '"')
		enter(scan, PART_DOUBLE);
	else if (*scan->at == '\'')
		enter(scan, PART_SINGLE);
	else if (*scan->at == '`')
		enter(scan, PART_BACKQUOTES);
	else if (*scan->at == '(')
		enter(scan, PART_GROUP);
	else if (*scan->at == ')')
		close_parenthesis(scan);
	else
		read_word(scan);
}

static void read_double(struct scan *scan)
{
	if (*scan->at == '"')
		leave(scan);
	else if (*scan->at == '\\')
		skip_escaped(scan);
	else if (*scan->at == '$')
		read_dollar(scan);
	else if (*scan->at == '`')
		enter(scan, PART_BACKQUOTES);
}

/* A part in which shells do not agree on quotes, and on parts of its own. */
static void read_plain(struct scan *scan, char close, const char *unsure)
{
	if (*scan->at == close)
		leave(scan);
	else if (*scan->at == '(' && innermost(scan) == PART_ARITHMETIC)
		enter(scan, PART_ARITHMETIC);
	if (strchr("'\"\\", *scan->at) || follows(scan, "$(") ||
	    follows(scan, "${") || (*scan->at == '`' && close != '`'))
		scan->unsure = unsure;
}

/* Reads what begins at scan->at, which is then its last byte. */
static void read_next(struct scan *scan)
{
	switch (innermost(scan)) {
	case PART_COMMANDS:
	case PART_GROUP:
	case PART_SUBSTITUTION:
		read_command(scan);
		break;
	case PART_DOUBLE:
		read_double(scan);
		break;
	case PART_ARITHMETIC:
		read_plain(scan, ')', "behind what stands in $(( ))");
		break;
	case PART_PARAMETER:
		read_plain(scan, '}', "behind what stands in ${ }");
		break;
	case PART_BACKQUOTES:
		read_plain(scan, '`', "behind what stands between backquotes");
		break;
	case PART_SINGLE:
		if (*scan->at == '\'')
			leave(scan);
		break;
	case PART_ESCAPES:
		if (*scan->at == '\\')
			scan->unsure = "behind a backslash in $' '";
		else if (*scan->at == '\'')
			leave(scan);
		break;
	case PART_COMMENT:
		if (*scan->at == '\n') {
			leave(scan);
			scan->begins_word = true;
		}
		break;
	}
}

/* Where the placeholder at scan->at stands; NULL: outside of quotes. */
static const char *place_here(const struct scan *scan, char before)
{
	if (scan->unsure)
		return scan->unsure;
	for (size_t i = 0; i < scan->depth; i++)
		if (scan->parts[i] > PART_SUBSTITUTION)
			return places[scan->parts[i]];
	if (before == '\\')
		return "behind a backslash";
	return before == '$' ? "behind a $" : NULL;
}

const char *shell_scan(const char *script, size_t length, size_t *at)
{
	struct scan scan = {
	    .at = script,
	    .end = script + length,
	    .parts = {PART_COMMANDS},
	    .depth = 1,
	    .begins_word = true,
	};

	for (; scan.at < scan.end; scan.at++) {
		if (*scan.at != '\0') {
			if (!scan.unsure)
				read_next(&scan);
			continue;
		}
		const char before = scan.at > script ? scan.at[-1] : ' ';
		const char *place = place_here(&scan, before);
		if (place) {
			*at = (size_t)(scan.at - script);
			return place;
		}
		scan.begins_word = false;
	}
	return NULL;
}
