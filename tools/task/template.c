#include "template.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/names.h"
#include "shell_check.h"
#include "shell_quote.h"

#include <stdlib.h>
#include <string.h>

const char *const builtin_names[BUILTIN_COUNT] = {
    [BUILTIN_INDEX] = "index",     [BUILTIN_SEED] = "seed",
    [BUILTIN_ATTEMPT] = "attempt", [BUILTIN_RANK] = "rank",
    [BUILTIN_SLOT] = "slot",       [BUILTIN_DIR] = "dir",
};

static struct piece *add_piece(struct argument *argument)
{
	argument->pieces = memory_resize(argument->pieces, argument->count + 1,
	                                 sizeof(*argument->pieces));
	struct piece *piece = &argument->pieces[argument->count++];
	*piece = (struct piece){0};
	return piece;
}

static void add_text(struct argument *argument, struct text *text)
{
	if (text->length == 0)
		return;
	add_piece(argument)->text = memory_text(text->bytes, text->length);
	text_clear(text);
}

static bool unknown_name(const char *where, const char *name,
                         const struct table *names)
{
	const size_t count = names->columns + BUILTIN_COUNT;
	const char **all = memory_new(count, sizeof(*all));

	for (size_t c = 0; c < names->columns; c++)
		all[c] = names->names[c];
	for (size_t b = 0; b < BUILTIN_COUNT; b++)
		all[names->columns + b] = builtin_names[b];
	const char *near = names_nearest(name, all, count);
	struct text known = {0};
	for (size_t i = 0; i < count; i++)
		text_print(&known, "%s{%s}", i > 0 ? " " : "", all[i]);
	free(all);
	failure("%s: {%s} is not a parameter%s%s%s; there are %s. A brace that "
	        "is meant is written twice: {{ }}",
	        where, name, near ? "; did you mean {" : "", near ? near : "",
	        near ? "}?" : "", text_string(&known));
	text_free(&known);
	return false;
}

static bool add_placeholder(struct template *template,
                            struct argument *argument, const char *where,
                            const char *name, const struct table *names)
{
	const size_t column = table_find(names, name);

	if (column < names->columns) {
		struct piece *piece = add_piece(argument);

		piece->kind = PIECE_PARAMETER;
		piece->number = column;
		return true;
	}
	for (size_t b = 0; b < BUILTIN_COUNT; b++)
		if (!strcmp(name, builtin_names[b])) {
			struct piece *piece = add_piece(argument);

			piece->kind = PIECE_BUILTIN;
			piece->number = b;
			template->uses[b] = true;
			return true;
		}
	return unknown_name(where, name, names);
}

/* Parses the placeholder at `*at`, and moves behind it. */
static bool parse_placeholder(struct template *template,
                              struct argument *argument, const char *where,
                              const char **at, const struct table *names)
{
	const char *end = strchr(*at, '}');

	if (!end)
		return failure("%s: the brace of '%s' is not closed; a brace "
		               "that is meant is written twice: {{",
		               where, *at);
	char *name = memory_text(*at + 1, (size_t)(end - *at - 1));
	const bool good =
	    add_placeholder(template, argument, where, name, names);
	free(name);
	*at = end + 1;
	return good;
}

static bool parse_argument(struct template *template, const char *where,
                           const char *at, const struct table *names,
                           struct argument *out)
{
	const char *argument = at;
	struct text literal = {0};
	bool good = true;

	*out = (struct argument){0};
	while (good && *at) {
		if ((at[0] == '{' || at[0] == '}') && at[1] == at[0]) {
			text_add(&literal, at, 1);
			at += 2;
		} else if (*at == '{') {
			const size_t offset = (size_t)(at - argument);

			add_text(out, &literal);
			good =
			    parse_placeholder(template, out, where, &at, names);
			if (good)
				out->pieces[out->count - 1].offset = offset;
		} else if (*at == '}') {
			good =
			    failure("%s: '%s' begins with a brace that closes "
			            "nothing; one that is meant is written "
			            "twice: }}",
			            where, at);
		} else {
			text_add(&literal, at++, 1);
		}
	}
	add_text(out, &literal);
	text_free(&literal);
	return good;
}

static bool has_placeholder(const struct template *template)
{
	for (size_t a = 0; a < template->count; a++)
		for (size_t p = 0; p < template->arguments[a].count; p++)
			if (template->arguments[a].pieces[p].kind != PIECE_TEXT)
				return true;
	return false;
}

static struct argument *add_argument(struct template *template)
{
	template->arguments =
	    memory_resize(template->arguments, template->count + 1,
	                  sizeof(*template->arguments));
	struct argument *argument = &template->arguments[template->count++];
	*argument = (struct argument){0};
	return argument;
}

/* All parameters, in order, as arguments of their own. */
static void add_all(struct template *template, const struct table *names)
{
	template->adds_all = true;
	for (size_t c = 0; c < names->columns; c++) {
		struct piece *piece = add_piece(add_argument(template));

		piece->kind = PIECE_PARAMETER;
		piece->number = c;
		piece->offset = NOT_WRITTEN;
	}
}

/* Makes the arguments the script of sh -c, as which they were written with
 * these texts. */
static void make_shell(struct template *template, const char *const arguments[],
                       size_t count, struct text *written)
{
	static const char *const words[] = {"sh", "-c"};
	struct argument *script = memory_new(3, sizeof(*script));

	for (size_t i = 0; i < 2; i++)
		add_piece(&script[i])->text =
		    memory_text(words[i], strlen(words[i]));
	for (size_t a = 0; a < template->count; a++) {
		struct argument *argument = &template->arguments[a];

		if (a > 0) {
			add_piece(&script[2])->text = memory_text(" ", 1);
			text_add(written, " ", 1);
		}
		for (size_t p = 0; p < argument->count; p++) {
			struct piece *piece = add_piece(&script[2]);

			*piece = argument->pieces[p];
			if (piece->offset != NOT_WRITTEN)
				piece->offset += written->length;
		}
		if (a < count)
			text_add_string(written, arguments[a]);
		free(argument->pieces);
	}
	free(template->arguments);
	template->arguments = script;
	template->count = 3;
	template->is_shell = true;
}

bool template_is_in(const char *text)
{
	for (; *text; text++) {
		if (*text != '{' && *text != '}')
			continue;
		if (text[1] != *text)
			return true;
		text++;
	}
	return false;
}

bool template_parse(const char *const arguments[], size_t count,
                    const struct table *names, enum template_rest rest,
                    bool is_shell, struct template *out)
{
	struct text written = {0};
	bool good = true;

	*out = (struct template){0};
	for (size_t a = 0; a < count; a++)
		if (!parse_argument(out, "the command", arguments[a], names,
		                    add_argument(out)))
			return false;
	if (rest == TEMPLATE_ADDS_ALL && !has_placeholder(out))
		add_all(out, names);
	if (is_shell) {
		make_shell(out, arguments, count, &written);
		good = shell_check(&out->arguments[2], text_string(&written),
		                   names);
	}
	text_free(&written);
	return good;
}

bool template_parse_text(const char *option, const char *text,
                         const struct table *names, struct template *out)
{
	*out = (struct template){0};
	return parse_argument(out, option, text, names, add_argument(out));
}

static void expand_piece(const struct template *template,
                         const struct piece *piece,
                         const struct template_values *values,
                         struct text *bytes)
{
	if (piece->kind == PIECE_TEXT) {
		text_add_string(bytes, piece->text);
		return;
	}
	const char *value = piece->kind == PIECE_PARAMETER
	                        ? row_value(values->row, piece->number)
	                        : values->builtins[piece->number];
	if (template->is_shell)
		shell_quote_always(value, bytes);
	else
		text_add_string(bytes, value);
}

void template_expand(const struct template *template,
                     const struct template_values *values, struct text *bytes)
{
	for (size_t a = 0; a < template->count; a++) {
		const struct argument *argument = &template->arguments[a];

		for (size_t p = 0; p < argument->count; p++)
			expand_piece(template, &argument->pieces[p], values,
			             bytes);
		text_add(bytes, "", 1);
	}
}

void template_quote(const char *bytes, size_t count, struct text *line)
{
	for (size_t a = 0; a < count; a++) {
		if (a > 0)
			text_add_string(line, " ");
		shell_quote(bytes, line);
		bytes += strlen(bytes) + 1;
	}
}

void template_free(struct template *template)
{
	for (size_t a = 0; a < template->count; a++) {
		struct argument *argument = &template->arguments[a];

		for (size_t p = 0; p < argument->count; p++)
			free(argument->pieces[p].text);
		free(argument->pieces);
	}
	free(template->arguments);
	*template = (struct template){0};
}
