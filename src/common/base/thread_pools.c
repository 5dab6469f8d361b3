/*
 * OpenMP 5.0 has a call that makes the runtime release its resources. GNU's
 * runtime, which hangs in the first parallel region of a forked process
 * otherwise, ends and joins its threads; LLVM's and Intel's handle forks by
 * themselves. The soft kind of pause keeps the values of threadprivate
 * variables where the runtime can.
 */
#define _GNU_SOURCE /* RTLD_DEFAULT, gettid */
#include "thread_pools.h"

#include "background_thread.h"
#include "descriptor.h"
#include "system_file.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OMP_PAUSE_SOFT = 1, NAME_BYTES = 32 };

typedef int pause_all(int kind);

void thread_pools_pause(void)
{
	void *symbol = dlsym(RTLD_DEFAULT, "omp_pause_resource_all");
	pause_all *pause;

	if (!symbol)
		return;
	/* ISO C has no cast from a data pointer to a function pointer. */
	memcpy(&pause, &symbol, sizeof(pause));
	pause(OMP_PAUSE_SOFT);
}

int thread_count(void)
{
	DIR *folder = descriptor_list("/proc/self/task");
	const struct dirent *entry;
	int threads = 0;

	if (!folder)
		return 1;
	while ((entry = readdir(folder)))
		threads += entry->d_name[0] != '.';
	closedir(folder);
	return threads > 0 ? threads : 1;
}

static void read_name(const char *id, char name[NAME_BYTES])
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%.20s/comm", id);
	if (!system_file_read(path, name, NAME_BYTES))
		name[0] = '\0'; /* the thread has just ended */
	name[strcspn(name, "\n")] = '\0';
}

static void add_name(char names[THREAD_NAMES_BYTES], const char *name)
{
	const size_t used = strlen(names);

	if (!strstr(names, name) &&
	    used + strlen(name) + sizeof(", ") <= THREAD_NAMES_BYTES)
		snprintf(names + used, THREAD_NAMES_BYTES - used, "%s%s",
		         used ? ", " : "", name);
}

/* The name tells of threads that end, and of those of a module of mpi. The
 * system may have refused to set it. */
static bool is_own(const char *id, const char *name)
{
	return !strcmp(name, BACKGROUND_NAME) ||
	       background_thread_is((pid_t)strtol(id, NULL, 10));
}

void thread_set_fill(struct thread_set *out)
{
	DIR *folder = descriptor_list("/proc/self/task");
	const struct dirent *entry;

	out->unknown = !folder;
	out->count = 0;
	while (folder && out->count < THREAD_SET_MOST &&
	       (entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			out->ids[out->count++] =
			    (int)strtol(entry->d_name, NULL, 10);
	if (folder)
		closedir(folder);
}

static bool is_known_thread(const struct thread_set *known, long id)
{
	for (int i = 0; known && i < known->count; i++)
		if (known->ids[i] == id)
			return true;
	return false;
}

int thread_pools_count(const struct thread_set *known,
                       char names[THREAD_NAMES_BYTES])
{
	const long self = syscall(SYS_gettid);
	DIR *folder = descriptor_list("/proc/self/task");
	const struct dirent *entry;
	char name[NAME_BYTES];
	int count = 0;

	names[0] = '\0';
	while (folder && (entry = readdir(folder))) {
		const long id = strtol(entry->d_name, NULL, 10);
		if (entry->d_name[0] == '.' || id == self ||
		    is_known_thread(known, id))
			continue;
		read_name(entry->d_name, name);
		if (!name[0] || is_own(entry->d_name, name))
			continue;
		add_name(names, name);
		count++;
	}
	if (folder)
		closedir(folder);
	return count;
}
