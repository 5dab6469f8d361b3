#define _POSIX_C_SOURCE 200809L
#include "description.h"

#include "base/failure.h"
#include "base/text.h"
#include "task/shell_quote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char file_name[] = "sweep.json";

static json_t *list_of(const struct text_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(
		    array, json_stringn_nocheck(list->items[i],
		                                strlen(list->items[i])));
	return array;
}

static void set_text(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key,
		                    json_stringn_nocheck(text, strlen(text)));
}

json_t *description_make(const struct sweep_plan *plan)
{
	const struct sweep_options *options = plan->options;
	json_t *object = json_object();

	json_object_set_new(object, "command", list_of(&options->command));
	if (options->shell)
		json_object_set_new(object, "shell", json_true());
	if (options->temporary)
		json_object_set_new(object, "tmp", json_true());
	set_text(object, "stdin", options->input_of_task);
	set_text(object, "chdir", options->folder);
	if (options->environment.count > 0)
		json_object_set_new(object, "env",
		                    list_of(&options->environment));
	if (options->parse.count > 0)
		json_object_set_new(object, "parse", list_of(&options->parse));
	set_text(object, "columns", options->columns);
	return object;
}

char *description_text(const json_t *description)
{
	return json_dumps(description, JSON_SORT_KEYS | JSON_INDENT(1));
}

static void make_path(const char *folder, const char *ending, struct text *out)
{
	text_print(out, "%s/%s%s", folder, file_name, ending);
	text_string(out);
}

/* The description in a directory; NULL if there is none. */
static json_t *read_description(const char *folder)
{
	struct text path = {0};

	make_path(folder, "", &path);
	json_t *object = json_load_file(path.bytes, JSON_ALLOW_NUL, NULL);
	text_free(&path);
	return object;
}

/* A value of a description, as a part of a sentence. */
static void describe(const json_t *value, struct text *out)
{
	size_t i;
	json_t *item;

	if (!value) {
		text_add_string(out, "nothing");
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, item)
		{
			text_add_string(out, i > 0 ? " " : "");
			shell_quote(json_is_string(item)
			                ? json_string_value(item)
			                : "?",
			            out);
		}
	} else if (json_is_string(value)) {
		shell_quote(json_string_value(value), out);
	} else {
		text_add_string(out, "set");
	}
}

static bool differs(const char *folder, const char *key, const json_t *there,
                    const json_t *here)
{
	struct text old = {0};
	struct text new = {0};

	describe(there, &old);
	describe(here, &new);
	failure(
	    "the directory %s is of another sweep: its %s%s is %s, and here "
	    "it is %s: add --fresh to start over (it is kept under another "
	    "name), or --journal DIR for another directory",
	    folder, strcmp(key, "command") ? "--" : "", key, text_string(&old),
	    text_string(&new));
	text_free(&old);
	text_free(&new);
	return false;
}

bool description_check(const char *folder, const json_t *description)
{
	static const char *const keys[] = {"command", "shell",  "tmp",
	                                   "stdin",   "chdir",  "env",
	                                   "parse",   "columns"};
	json_t *found = read_description(folder);
	bool good = true;

	for (size_t i = 0; found && good && i < sizeof(keys) / sizeof(keys[0]);
	     i++) {
		const json_t *there = json_object_get(found, keys[i]);
		const json_t *here = json_object_get(description, keys[i]);

		if (there != here && !json_equal(there, here))
			good = differs(folder, keys[i], there, here);
	}
	json_decref(found);
	return good;
}

bool description_write(const char *folder, const json_t *description)
{
	struct text path = {0};
	struct text draft = {0};

	make_path(folder, "", &path);
	make_path(folder, ".new", &draft);
	const bool good =
	    json_dump_file(description, draft.bytes,
	                   JSON_SORT_KEYS | JSON_INDENT(1)) == 0 &&
	    rename(draft.bytes, path.bytes) == 0;
	if (!good)
		failure("%s cannot be written: %s", path.bytes,
		        strerror(errno));
	text_free(&path);
	text_free(&draft);
	return good;
}

char *description_command(const char *folder)
{
	json_t *found = read_description(folder);
	struct text text = {0};

	if (!found) {
		failure("%s is no directory of a sweep: it has no %s", folder,
		        file_name);
		return NULL;
	}
	describe(json_object_get(found, "command"), &text);
	text_string(&text);
	json_decref(found);
	return text.bytes;
}
