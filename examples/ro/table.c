#include "table.h"

#include <csv.h>

#include <errno.h>
#include <string.h>

/* Every column with a number: its title, and where it lies. */
static const struct column {
	const char *title;
	size_t offset;
} inputs[] =
    {
        {"salinity_g_per_kg", offsetof(struct ro_case, salinity)},
        {"temperature_c", offsetof(struct ro_case, temperature)},
        {"recovery", offsetof(struct ro_case, recovery)},
        {"permeability_lmh_per_bar", offsetof(struct ro_case, permeability)},
},
  outputs[] = {
      {"energy_kwh_per_m3", offsetof(struct ro_result, specific_energy)},
      {"least_energy_kwh_per_m3", offsetof(struct ro_result, least_energy)},
      {"feed_pressure_bar", offsetof(struct ro_result, feed_pressure)},
      {"brine_pressure_bar", offsetof(struct ro_result, brine_pressure)},
      {"flux_lmh", offsetof(struct ro_result, mean_flux)},
      {"product_g_per_kg", offsetof(struct ro_result, product_salinity)},
      {"brine_g_per_kg", offsetof(struct ro_result, brine_salinity)},
      {"polarisation", offsetof(struct ro_result, polarisation)},
};

#define INPUTS (sizeof inputs / sizeof *inputs)
#define OUTPUTS (sizeof outputs / sizeof *outputs)

static double number_at(const void *record, size_t offset)
{
	double number;

	memcpy(&number, (const char *)record + offset, sizeof number);
	return number;
}

FILE *table_open(const char *path)
{
	FILE *table = fopen(path, "w");

	if (!table)
		return NULL;
	fputs("case,sea", table);
	for (size_t i = 0; i < INPUTS; i++)
		fprintf(table, ",%s", inputs[i].title);
	for (size_t i = 0; i < OUTPUTS; i++)
		fprintf(table, ",%s", outputs[i].title);
	fputs(",failure\n", table);
	return table;
}

void table_row(FILE *table, size_t number, const char *sea,
               const struct ro_case *point, const struct ro_result *result,
               const char *reason)
{
	fprintf(table, "%zu,", number);
	csv_fwrite(table, sea, strlen(sea));
	for (size_t i = 0; i < INPUTS; i++)
		fprintf(table, ",%.17g", number_at(point, inputs[i].offset));
	for (size_t i = 0; i < OUTPUTS; i++) {
		fputc(',', table);
		if (result)
			fprintf(table, "%.17g",
			        number_at(result, outputs[i].offset));
	}
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
