/* An SQLite database with one table, `results`. The whole table is one
 * transaction. */
#include "column_values.h"
#include "table_format.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

struct sqlite_writer {
	sqlite3 *database;
	sqlite3_stmt *insert;
	const struct output_column *columns;
	size_t count;
};

static bool refused(struct sqlite_writer *writer)
{
	return failure_of_system("the table cannot be written: SQLite: %s",
	                         sqlite3_errmsg(writer->database));
}

/* A name in SQL. */
static void add_name(struct text *text, const char *name)
{
	text_add_string(text, "\"");
	for (; *name; name++)
		text_add(text, *name == '"' ? "\"\"" : name,
		         *name == '"' ? 2 : 1);
	text_add_string(text, "\"");
}

/* The column's declared type. One with other values than our own has none:
 * SQLite would turn text such as 007 into a number. */
static const char *affinity(const struct output_column *column)
{
	switch (column->kind) {
	case OUTPUT_TEXT:
		return " TEXT";
	case OUTPUT_NUMBER:
		return " NUMERIC";
	default:
		return "";
	}
}

static bool create(struct sqlite_writer *writer,
                   const struct output_column columns[], size_t count)
{
	struct text text = {0};

	text_add_string(&text, "BEGIN; CREATE TABLE results (");
	for (size_t c = 0; c < count; c++) {
		text_add_string(&text, c > 0 ? ", " : "");
		add_name(&text, columns[c].name);
		text_add_string(&text, affinity(&columns[c]));
	}
	text_add_string(&text, ");");
	bool good = sqlite3_exec(writer->database, text_string(&text), NULL,
	                         NULL, NULL) == SQLITE_OK;
	text_clear(&text);
	text_add_string(&text, "INSERT INTO results VALUES (");
	for (size_t c = 0; c < count; c++)
		text_add_string(&text, c > 0 ? ", ?" : "?");
	text_add_string(&text, ")");
	good =
	    good && sqlite3_prepare_v2(writer->database, text_string(&text), -1,
	                               &writer->insert, NULL) == SQLITE_OK;
	text_free(&text);
	return good || refused(writer);
}

static bool sqlite_end(void *state, bool is_good)
{
	struct sqlite_writer *writer = state;
	bool good = true;

	sqlite3_finalize(writer->insert);
	if (is_good && sqlite3_exec(writer->database, "COMMIT", NULL, NULL,
	                            NULL) != SQLITE_OK)
		good = refused(writer);
	if (sqlite3_close(writer->database) != SQLITE_OK)
		good = failure_of_system(
		    "the table cannot be written: SQLite does not "
		    "close it");
	free(writer);
	return good;
}

static bool begin_sqlite(const char *path, const struct output_column columns[],
                         size_t count, void **out)
{
	struct sqlite_writer *writer = memory_new(1, sizeof(*writer));

	writer->columns = columns;
	writer->count = count;
	if ((sqlite3_open(path, &writer->database) == SQLITE_OK ||
	     refused(writer)) &&
	    create(writer, columns, count)) {
		*out = writer;
		return true;
	}
	sqlite3_finalize(writer->insert);
	sqlite3_close(writer->database);
	free(writer);
	return false;
}

/* A value as what it is; NULL: there is none. */
static void bind_value(sqlite3_stmt *insert, int column, const char *value,
                       const struct output_column *about)
{
	const enum column_type type = value && about->kind != OUTPUT_TEXT
	                                  ? column_value_type(value)
	                                  : COLUMN_STRING;
	double real;

	if (!value)
		sqlite3_bind_null(insert, column);
	else if (type == COLUMN_WHOLE)
		sqlite3_bind_int64(insert, column, strtoimax(value, NULL, 10));
	else if (type == COLUMN_REAL && number_read(value, &real))
		sqlite3_bind_double(insert, column, real);
	else
		sqlite3_bind_text(insert, column, value, -1, SQLITE_STATIC);
}

static bool sqlite_row(void *state, const char *const values[])
{
	struct sqlite_writer *writer = state;

	for (size_t c = 0; c < writer->count; c++)
		bind_value(writer->insert, (int)c + 1, values[c],
		           &writer->columns[c]);
	const bool good = sqlite3_step(writer->insert) == SQLITE_DONE;
	sqlite3_reset(writer->insert);
	return good || refused(writer);
}

static bool can_write_sqlite(size_t columns)
{
	sqlite3 *database = NULL;

	if (sqlite3_open(":memory:", &database) != SQLITE_OK) {
		sqlite3_close(database);
		return failure("SQLite cannot be used");
	}
	const int most = sqlite3_limit(database, SQLITE_LIMIT_COLUMN, -1);
	sqlite3_close(database);
	return columns <= (size_t)most ||
	       failure("the table has %zu columns, and SQLite takes at most "
	               "%d: use .csv, .tsv or .jsonl",
	               columns, most);
}

static const char *const endings[] = {"sqlite", "sqlite3", "db", NULL};

const struct table_format format_sqlite = {
    "sqlite",     endings,    false,     can_write_sqlite,
    begin_sqlite, sqlite_row, sqlite_end};
