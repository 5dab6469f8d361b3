/*
 * Without libFuzzer: calls the fuzzed function with every file of a folder.
 *
 *	replay FOLDER           run each, print how many
 *	replay --seeds FOLDER   write inputs to begin with
 */
#define _POSIX_C_SOURCE 200809L
#include "journal.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int write_seeds(const char *folder)
{
	uint8_t bytes[SEED_BYTES];
	char name[4096];

	for (int n = 0; n < SEEDS; n++) {
		snprintf(name, sizeof(name), "%s/seed-%d", folder, n);
		FILE *file = fopen(name, "wb");
		const size_t count = make_seed(n, bytes);
		if (!file || fwrite(bytes, 1, count, file) != count ||
		    fclose(file)) {
			perror(name);
			return 1;
		}
	}
	return 0;
}

static int replay(const char *name)
{
	FILE *file = fopen(name, "rb");

	if (!file || fseek(file, 0, SEEK_END)) {
		perror(name);
		return 0;
	}
	const size_t count = (size_t)ftell(file);
	/* Exactly as large as the file, so that a sanitizer notices reads
	 * beyond its end. */
	uint8_t *bytes = malloc(count ? count : 1);
	rewind(file);
	const int whole = bytes && fread(bytes, 1, count, file) == count;
	fclose(file);
	if (whole)
		LLVMFuzzerTestOneInput(bytes, count);
	else
		perror(name);
	free(bytes);
	return whole;
}

int main(int argc, char *argv[])
{
	char name[4096];
	int good = 0;
	int bad = 0;

	if (argc == 3 && !strcmp(argv[1], "--seeds"))
		return write_seeds(argv[2]);
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	if (!folder) {
		fprintf(stderr, "usage: %s [--seeds] FOLDER\n", argv[0]);
		return 2;
	}
	const struct dirent *entry;
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", argv[1], entry->d_name);
		if (replay(name))
			good++;
		else
			bad++;
	}
	closedir(folder);
	printf("%d inputs, %d could not be read\n", good, bad);
	return bad > 0 || good == 0;
}
