#define _POSIX_C_SOURCE 200809L
#include "description.h"

#include "base/failure.h"
#include "base/number.h"
#include "base/own_file.h"
#include "base/text.h"
#include "task/shell_quote.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char file_name[] = "sweep.json";

/* Of the keys by which the journal knows tasks (task_key.h). The first version
 * had none here: its keys were the values alone. */
enum { VERSION = 3 };

static json_t *list_of(const struct text_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(
		    array, json_stringn_nocheck(list->items[i],
		                                strlen(list->items[i])));
	return array;
}

/* What a description has, in the order in which a difference is told. What is
 * taken from the tasks' output may differ: the output is kept. */
#define AT(field) offsetof(struct sweep_options, field)
static const struct described {
	const char *key;
	enum option_kind kind;
	size_t offset;
	bool may_differ;
} described[] = {
    {"command", OPTION_LIST, AT(command), false},
    {"shell", OPTION_FLAG, AT(shell), false},
    {"tmp", OPTION_FLAG, AT(temporary), false},
    {"stdin", OPTION_TEXT, AT(input_of_task), false},
    {"chdir", OPTION_TEXT, AT(folder), false},
    {"env", OPTION_LIST, AT(environment), false},
    {"parse", OPTION_LIST, AT(parse), true},
    {"columns", OPTION_TEXT, AT(columns), true},
};
#undef AT

enum { DESCRIBED = sizeof(described) / sizeof(described[0]) };

/* NULL if the option is not given. */
static json_t *value_of(const struct sweep_options *options,
                        const struct described *what)
{
	const char *field = (const char *)options + what->offset;
	struct text_list list;
	const char *text;
	bool flag;

	switch (what->kind) {
	case OPTION_FLAG:
		memcpy(&flag, field, sizeof(flag));
		return flag ? json_true() : NULL;
	case OPTION_LIST:
		memcpy(&list, field, sizeof(list));
		return list.count > 0 ? list_of(&list) : NULL;
	case OPTION_TEXT:
	case OPTION_OPTIONAL:
		break;
	}
	memcpy(&text, field, sizeof(text));
	return text ? json_stringn_nocheck(text, strlen(text)) : NULL;
}

json_t *description_make(const struct sweep_plan *plan)
{
	json_t *object = json_object();

	for (size_t i = 0; i < DESCRIBED; i++) {
		json_t *value = value_of(plan->options, &described[i]);

		if (value)
			json_object_set_new(object, described[i].key, value);
	}
	json_object_set_new(object, "version", json_integer(VERSION));
	return object;
}

char *description_text(const json_t *description)
{
	json_t *object = json_copy((json_t *)(uintptr_t)description);

	for (size_t i = 0; i < DESCRIBED; i++)
		if (described[i].may_differ)
			json_object_del(object, described[i].key);
	char *text = json_dumps(object, JSON_SORT_KEYS | JSON_INDENT(1));
	json_decref(object);
	return text;
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
	const int file = own_file_read(path.bytes);
	json_t *object =
	    file >= 0 ? json_loadfd(file, JSON_ALLOW_NUL, NULL) : NULL;
	if (file >= 0)
		close(file);
	text_free(&path);
	return object;
}

static bool refuse_folder(const char *folder)
{
	return failure("%s is no directory of a sweep: it has no %s", folder,
	               file_name);
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

static bool check_version(const char *folder, const json_t *found)
{
	const json_t *version = json_object_get(found, "version");

	return json_integer_value(version) == VERSION ||
	       failure("the directory %s is of another version of cohort, "
	               "whose results this one cannot tell apart: use that "
	               "version, or cohort sweep --fresh, which starts over "
	               "and keeps it under another name",
	               folder);
}

bool description_check(const char *folder, const json_t *description)
{
	json_t *found = read_description(folder);
	bool good = !found || check_version(folder, found);

	for (size_t i = 0; found && good && i < DESCRIBED; i++) {
		const char *key = described[i].key;
		const json_t *there = json_object_get(found, key);
		const json_t *here = json_object_get(description, key);

		if (!described[i].may_differ && there != here &&
		    !json_equal(there, here))
			good = differs(folder, key, there, here);
	}
	json_decref(found);
	return good;
}

bool description_exists(const char *folder)
{
	json_t *found = read_description(folder);
	const bool exists = found != NULL;

	json_decref(found);
	return exists;
}

static json_t *ties_object(const struct ties *ties)
{
	char seed[24];

	snprintf(seed, sizeof(seed), "%" PRIu64, ties->to_seed);
	return json_pack("{s:s, s:b, s:b}", "seed", seed, "index",
	                 ties->to_index, "order", ties->to_order);
}

bool description_ties(const char *folder, struct ties *out)
{
	json_t *found = read_description(folder);
	const char *seed = NULL;
	int index = 0;
	int order = 0;
	bool good =
	    found ? check_version(folder, found) : refuse_folder(folder);

	if (good)
		good =
		    (!json_unpack(found, "{s:{s:s, s:b, s:b}}", "ties", "seed",
		                  &seed, "index", &index, "order", &order) &&
		     number_read_count(seed, UINT64_MAX, &out->to_seed)) ||
		    failure("%s/%s is damaged: it has no ties", folder,
		            file_name);
	out->to_index = index;
	out->to_order = order;
	json_decref(found);
	return good;
}

bool description_parse(const char *folder, struct parse *out)
{
	json_t *found = read_description(folder);
	const json_t *options = json_object_get(found, "parse");
	const char *columns =
	    json_string_value(json_object_get(found, "columns"));
	struct text_list list = {0};
	size_t i;
	json_t *item;

	json_array_foreach(options, i, item)
	{
		if (json_is_string(item))
			text_list_add(&list, json_string_value(item));
	}
	const bool good = parse_read(list.items, list.count, columns, out);
	text_list_free(&list);
	json_decref(found);
	return good;
}

static bool dump_new(const json_t *object, const char *path)
{
	const int file = own_file_make(path);

	if (file < 0)
		return false;
	const bool good =
	    json_dumpfd(object, file, JSON_SORT_KEYS | JSON_INDENT(1)) == 0;
	return close(file) == 0 && good;
}

bool description_write(const char *folder, const json_t *description,
                       const struct ties *ties)
{
	json_t *object = json_copy((json_t *)(uintptr_t)description);
	struct text path = {0};
	struct text draft = {0};

	make_path(folder, "", &path);
	make_path(folder, ".new", &draft);
	const bool good =
	    json_object_set_new(object, "ties", ties_object(ties)) == 0 &&
	    dump_new(object, draft.bytes) &&
	    rename(draft.bytes, path.bytes) == 0;
	if (!good)
		failure_of_system("%s cannot be written: %s", path.bytes,
		                  strerror(errno));
	json_decref(object);
	text_free(&path);
	text_free(&draft);
	return good;
}

char *description_command(const char *folder)
{
	json_t *found = read_description(folder);
	struct text text = {0};

	if (!found) {
		refuse_folder(folder);
		return NULL;
	}
	describe(json_object_get(found, "command"), &text);
	text_string(&text);
	json_decref(found);
	return text.bytes;
}
