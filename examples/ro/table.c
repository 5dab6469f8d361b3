#include "table.h"

#include <csv.h>

#include <errno.h>
#include <string.h>

static const struct column outputs[] = {
    {"energy_kwh_per_m3", offsetof(struct ro_result, specific_energy)},
    {"least_energy_kwh_per_m3", offsetof(struct ro_result, least_energy)},
    {"feed_pressure_bar", offsetof(struct ro_result, feed_pressure)},
    {"brine_pressure_bar", offsetof(struct ro_result, brine_pressure)},
    {"flux_lmh", offsetof(struct ro_result, mean_flux)},
    {"product_g_per_kg", offsetof(struct ro_result, product_salinity)},
    {"brine_g_per_kg", offsetof(struct ro_result, brine_salinity)},
    {"polarisation", offsetof(struct ro_result, polarisation)},
};

enum { BUFFER_BYTES = 64 * 1024 };

#define OUTPUTS (sizeof outputs / sizeof *outputs)

static void write_titles(FILE *table, const struct column *columns,
                         size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(table, ",%s", columns[i].title);
}

/* Empty cells where there is no record. */
static void write_numbers(FILE *table, const struct column *columns,
                          size_t count, const void *record)
{
	double number;

	for (size_t i = 0; i < count; i++) {
		fputc(',', table);
		if (!record)
			continue;
		memcpy(&number, (const char *)record + columns[i].offset,
		       sizeof number);
		fprintf(table, "%.17g", number);
	}
}

FILE *table_open(const char *path, const struct layout *layout)
{
	FILE *table = fopen(path, "w");

	if (!table)
		return NULL;
	/* Room for the longest row. */
	setvbuf(table, NULL, _IOFBF, BUFFER_BYTES);
	fprintf(table, "%s,sea", layout->number);
	write_titles(table, layout->inputs, layout->count);
	write_titles(table, outputs, OUTPUTS);
	fputs(",failure\n", table);
	return table;
}

void table_row(FILE *table, const struct layout *layout, size_t number,
               const char *sea, const void *input,
               const struct ro_result *result, const char *reason)
{
	fprintf(table, "%zu,", number);
	csv_fwrite(table, sea, strlen(sea));
	write_numbers(table, layout->inputs, layout->count, input);
	write_numbers(table, outputs, OUTPUTS, result);
	fputc(',', table);
	if (!result)
		csv_fwrite(table, reason, strlen(reason));
	fputc('\n', table);
}

int table_close(FILE *table)
{
	int failed = ferror(table);

	errno = failed ? EIO : 0;
	if (fclose(table) != 0)
		failed = 1;
	return failed ? -1 : 0;
}
