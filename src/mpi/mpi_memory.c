#define _DEFAULT_SOURCE /* RTLD_NOLOAD */
#include "mpi_memory.h"

#include "common/base/mapping.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A forked copy may find an array that another thread was just making longer,
 * so the known files are in one of a fixed length. If there are more of them,
 * the names have to do. */
enum { KNOWN_MOST = 1024 };

struct shared_file {
	unsigned long long inode;
	char device[sizeof(((struct mapping *)0)->device)];
};

struct known_files {
	struct shared_file files[KNOWN_MOST];
	_Atomic size_t count;
};

static struct known_files of_mpi;
static struct known_files of_program; /* mapped before MPI has started */
static _Atomic bool has_ucx;
static pthread_mutex_t adding = PTHREAD_MUTEX_INITIALIZER;

/* Parts of names in /proc/self/maps. Reading a register of a device can have
 * effects, too. */
static const struct {
	const char *part;
	int access;
} names[] = {
    {"/vader_segment.", PROT_READ}, /* Open MPI 4 */
    {"/sm_segment.", PROT_READ},    /* Open MPI 5 */
    {"/osc_sm.", PROT_READ},        {"/osc_rdma.", PROT_READ},
    {"/pmix_dstor_", PROT_READ},    {"/mpich_shar_tmp", PROT_READ},
    {"/ucx_shm_posix_", PROT_READ}, {"/psm2_shm", PROT_READ},
    {"/psm3_shm", PROT_READ},       {"/dev/infiniband/", PROT_NONE},
    {"/dev/hfi1", PROT_NONE},       {"/dev/cxi", PROT_NONE},
    {"/dev/xpmem", PROT_NONE},      {"/dev/knem", PROT_NONE},
};

/* UCX takes System V memory without a key, also when MPI runs already. */
static const char keyless[] = "/SYSV00000000";

static struct shared_file file_of(const struct mapping *mapping)
{
	struct shared_file file = {.inode = mapping->inode};

	memcpy(file.device, mapping->device, sizeof(file.device));
	return file;
}

static bool has(const struct shared_file files[], size_t count,
                const struct shared_file *file)
{
	for (size_t i = 0; i < count; i++)
		if (files[i].inode == file->inode &&
		    !strcmp(files[i].device, file->device))
			return true;
	return false;
}

static bool is_known(struct known_files *known, const struct shared_file *file)
{
	return has(known->files,
	           atomic_load_explicit(&known->count, memory_order_acquire),
	           file);
}

static void know(struct known_files *known, const struct shared_file *file)
{
	const size_t count = atomic_load(&known->count);

	if (count == KNOWN_MOST || is_known(known, file))
		return;
	known->files[count] = *file;
	atomic_store_explicit(&known->count, count + 1, memory_order_release);
}

static bool is_shared(const struct mapping *mapping)
{
	return mapping->shared && mapping->writable;
}

static bool add(const struct mapping *mapping, void *arg)
{
	struct shared_files *list = arg;

	list->complete = true;
	if (!is_shared(mapping))
		return true;
	if (list->count == list->room) {
		const size_t room = list->room ? 2 * list->room : 64;
		struct shared_file *files =
		    realloc(list->files, room * sizeof(*files));
		if (!files)
			return list->complete = false;
		list->files = files;
		list->room = room;
	}
	list->files[list->count++] = file_of(mapping);
	return true;
}

void mpi_memory_begin(struct shared_files *before, enum mpi_state state)
{
	*before =
	    (struct shared_files){.without_mpi = state == MPI_NOT_STARTED};
	mapping_each(add, before);
}

/* UCX is there if MPI has loaded it. */
static bool find_ucx(void)
{
	void *library = dlopen("libucp.so.0", RTLD_LAZY | RTLD_NOLOAD);

	if (library)
		dlclose(library);
	return library != NULL;
}

static bool learn(const struct mapping *mapping, void *arg)
{
	const struct shared_files *before = arg;
	const struct shared_file file = file_of(mapping);

	if (is_shared(mapping) && !has(before->files, before->count, &file))
		know(&of_mpi, &file);
	return true;
}

void mpi_memory_end(struct shared_files *before)
{
	pthread_mutex_lock(&adding);
	for (size_t i = 0; before->without_mpi && i < before->count; i++)
		know(&of_program, &before->files[i]);
	if (before->complete)
		mapping_each(learn, before);
	atomic_store(&has_ucx, find_ucx());
	pthread_mutex_unlock(&adding);
	free(before->files);
}

/* How MPI's memory may be used from now on; -1: it is not MPI's. */
static int access_to(const struct mapping *mapping)
{
	const struct shared_file file = file_of(mapping);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strstr(mapping->name, names[i].part))
			return names[i].access;
	if (is_known(&of_mpi, &file))
		return PROT_READ;
	return atomic_load(&has_ucx) &&
	               !strncmp(mapping->name, keyless, strlen(keyless)) &&
	               !is_known(&of_program, &file)
	           ? PROT_READ
	           : -1;
}

struct shutting {
	uintptr_t kept_begin;
	uintptr_t kept_end;
	bool done;
};

static bool protect(uintptr_t begin, uintptr_t end, int access)
{
	return begin >= end || !mprotect((void *)begin, end - begin, access);
}

static uintptr_t lower(uintptr_t a, uintptr_t b)
{
	return a < b ? a : b;
}

static uintptr_t higher(uintptr_t a, uintptr_t b)
{
	return a > b ? a : b;
}

static bool shut(const struct mapping *mapping, void *arg)
{
	struct shutting *shutting = arg;
	const int access = is_shared(mapping) ? access_to(mapping) : -1;

	if (access < 0)
		return true;
	shutting->done =
	    protect(mapping->begin, lower(mapping->end, shutting->kept_begin),
	            access) &&
	    protect(higher(mapping->begin, shutting->kept_end), mapping->end,
	            access);
	return shutting->done;
}

bool mpi_memory_shut(const void *kept, size_t bytes)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	const uintptr_t begin = (uintptr_t)kept;
	struct shutting shutting = {
	    .kept_begin = begin,
	    .kept_end = (begin + bytes + page - 1) / page * page,
	    .done = true,
	};

	mapping_each(shut, &shutting);
	return shutting.done;
}
