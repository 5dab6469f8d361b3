#define _GNU_SOURCE
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct setting here;

/* Shared with all forked processes. */
static _Atomic int *failures;

void check_begin(void)
{
	/* Not anonymous: some tasks destroy all such memory. */
	const int fd = memfd_create("failures", MFD_CLOEXEC);

	if (fd >= 0 && !ftruncate(fd, sizeof(*failures)))
		failures = mmap(NULL, sizeof(*failures), PROT_READ | PROT_WRITE,
		                MAP_SHARED, fd, 0);
	close(fd);
	if (!failures || failures == MAP_FAILED) {
		perror("memfd_create, mmap");
		exit(1);
	}
	pace_begin(NULL);
}

/* One unbuffered write, so that the lines of several ranks do not mix. */
static void say(const char *prefix, const char *format, va_list args)
{
	char line[2048];
	int used = snprintf(line, sizeof(line) - 1, "%s", prefix);

	used += vsnprintf(line + used, sizeof(line) - 1 - (size_t)used, format,
	                  args);
	if ((size_t)used > sizeof(line) - 2)
		used = sizeof(line) - 2;
	line[used++] = '\n';
	ssize_t ignored = write(STDERR_FILENO, line, (size_t)used);
	(void)ignored;
}

#if defined(__SANITIZE_ADDRESS__)
/* Some results are larger than any memory. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}
#endif

bool check_expect(bool holds, const char *file, int line, const char *format,
                  ...)
{
	char prefix[256];
	va_list args;

	if (holds)
		return true;
	atomic_fetch_add(failures, 1);
	snprintf(prefix, sizeof(prefix), "%s:%d: rank %d: ", file, line,
	         here.rank);
	va_start(args, format);
	say(prefix, format, args);
	va_end(args);
	return false;
}

int check_failures(void)
{
	return atomic_load(failures);
}

void check_must(cohort_status status, const char *call)
{
	if (EXPECT(status == COHORT_OK, "%s: %s: %s", call,
	           cohort_status_name(status), cohort_error()))
		return;
	cohort_abort(here.group, 1);
}

void figure(const char *format, ...)
{
	va_list args;

	if (here.rank != 0)
		return;
	va_start(args, format);
	say("figure: ", format, args);
	va_end(args);
}

double agreed_pace(void)
{
	double pace = pace_now();

	MUST(cohort_bcast(here.group, &pace, 1, COHORT_DOUBLE, 0));
	return pace;
}

void barrier(void)
{
	MUST(cohort_barrier(here.group));
}

/* The letter of its state; 0 if there is no such process. */
static char state_of(pid_t pid)
{
	char name[64];
	char line[512] = "";

	snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
	FILE *file = fopen(name, "re");
	if (!file)
		return 0;
	const char *end =
	    fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
	fclose(file);
	return end ? end[2] : 0;
}

bool is_gone(pid_t pid)
{
	const double end = now() + 60; /* detects a hang */
	char state;

	while ((state = state_of(pid)) && state != 'Z' && state != 'X') {
		if (now() > end)
			return false;
		nap(1e-3);
	}
	return true;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

enum { NAMES_MOST = 256, NAME_BYTES = 80 };

struct names {
	char lines[NAMES_MOST][NAME_BYTES];
	size_t count;
};

static void add_descriptors(struct names *names)
{
	DIR *stream = opendir("/proc/self/fd");
	struct dirent *entry;

	while (stream && names->count < NAMES_MOST &&
	       (entry = readdir(stream))) {
		char target[NAME_BYTES - 16] = "";
		if (entry->d_name[0] == '.' ||
		    atoi(entry->d_name) == dirfd(stream))
			continue;
		ssize_t got = readlinkat(dirfd(stream), entry->d_name, target,
		                         sizeof(target) - 1);
		(void)got;
		snprintf(names->lines[names->count++], NAME_BYTES, "%.8s %s\n",
		         entry->d_name, target);
	}
	if (stream)
		closedir(stream);
}

/* UCX, which Debian's MPICH uses, maps memory of another rank when the two send
 * each other their first message, and takes more segments of System V memory
 * when it needs them, whatever the case is. cohort has none of either. */
static bool is_of_ucx(const char *target)
{
	return strstr(target, "/ucx_shm_posix_") || strstr(target, "/SYSV");
}

static void add_shared_mappings(struct names *names)
{
	FILE *file = fopen("/proc/self/maps", "re");
	char line[1024];

	while (file && names->count < NAMES_MOST &&
	       fgets(line, sizeof(line), file)) {
		char modes[8];
		char target[NAME_BYTES - 16] = "";
		if (sscanf(line, "%*s %7s %*s %*s %*s %63s", modes, target) >
		        0 &&
		    modes[3] == 's' && !is_of_ucx(target))
			snprintf(names->lines[names->count++], NAME_BYTES,
			         "mapped %s\n", target);
	}
	if (file)
		fclose(file);
}

static const char *describe_children(void)
{
	siginfo_t info = {0};

	if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return "none";
	return info.si_pid > 0 ? "some that have ended" : "some";
}

void holdings(char text[HOLDINGS_BYTES])
{
	static struct names names;
	size_t used = 0;

	names.count = 0;
	add_descriptors(&names);
	add_shared_mappings(&names);
	qsort(names.lines, names.count, NAME_BYTES, compare);
	for (size_t i = 0;
	     i < names.count && used < HOLDINGS_BYTES - NAME_BYTES; i++)
		used += (size_t)snprintf(text + used, NAME_BYTES, "%s",
		                         names.lines[i]);
	snprintf(text + used, HOLDINGS_BYTES - used, "children: %s\n",
	         describe_children());
}

/* How often a whole line is in the text. */
static int count_line(const char *text, const char *line, size_t length)
{
	int count = 0;

	for (const char *end; (end = strchr(text, '\n')); text = end + 1)
		count += (size_t)(end - text) == length &&
		         !memcmp(text, line, length);
	return count;
}

/* Equal lines follow each other. */
static void add_more_often(const char *these, const char *others, char *text,
                           size_t *used)
{
	for (const char *end; (end = strchr(these, '\n')); these = end + 1) {
		const size_t length = (size_t)(end - these);
		const int here_count = count_line(these, these, length);
		const int there = count_line(others, these, length);
		if (here_count > there)
			*used += (size_t)snprintf(text + *used,
			                          HOLDINGS_BYTES - *used,
			                          "%.*s\n", (int)length, these);
	}
}

void holdings_compare(const char *before, const char *after,
                      char text[HOLDINGS_BYTES])
{
	size_t used = 0;

	used += (size_t)snprintf(text, HOLDINGS_BYTES, "left behind:\n");
	add_more_often(after, before, text, &used);
	used += (size_t)snprintf(text + used, HOLDINGS_BYTES - used, "gone:\n");
	add_more_often(before, after, text, &used);
}

void path_of(char path[PATH_BYTES], const char *name)
{
	snprintf(path, PATH_BYTES, "%.200s/%.50s", here.folder, name);
}

static int remove_one(const char *path, const struct stat *info, int type,
                      struct FTW *at)
{
	(void)info;
	(void)type;
	return at->level > 0 ? remove(path) : 0;
}

void folder_empty(void)
{
	nftw(here.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The root makes the folder, and the file in it that is mapped as `shared`. */
static void share_folder(void)
{
	cohort_blob name = {here.folder, sizeof(here.folder)};
	char path[PATH_BYTES];

	if (here.rank == 0) {
		/* Where a sync costs nothing, if there is such a place. */
		snprintf(here.folder, sizeof(here.folder),
		         "%s/cohort-tasks-XXXXXX",
		         access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
		EXPECT(mkdtemp(here.folder), "mkdtemp");
	}
	MUST(cohort_bcast_object(here.group, &name, 0));
	if (here.rank != 0) {
		memcpy(here.folder, name.data, sizeof(here.folder));
		free(name.data);
	}
	path_of(path, "shared");
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	EXPECT(fd >= 0 && !ftruncate(fd, sizeof(struct shared)), "%s", path);
	here.shared = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
	                   MAP_SHARED, fd, 0);
	EXPECT(here.shared != MAP_FAILED, "mmap");
	close(fd);
	barrier();
}

/* MPICH makes stdout unbuffered. That can be changed before its first use only:
 * later, the GNU C library writes each piece of a line by itself, until the
 * next flush. */
static void buffer_stdout(void)
{
	static char buffer[1024];

	EXPECT(!setvbuf(stdout, buffer, _IOFBF, sizeof(buffer)), "setvbuf");
}

void check_enter(void)
{
	const char *nodes = getenv("COHORT_TEST_NODES");
	const struct rlimit no_core = {0, 0};

	setrlimit(RLIMIT_CORE, &no_core);
	MUST(cohort_open(NULL, &here.group));
	buffer_stdout();
	here.rank = cohort_rank(here.group);
	here.size = cohort_size(here.group);
	here.nodes = nodes && !strcmp(cohort_backend(here.group), "mpi")
	                 ? atoi(nodes)
	                 : 1;
	share_folder();
}

void folder_remove(void)
{
	if (here.rank != 0)
		return;
	folder_empty();
	rmdir(here.folder);
}

void check_leave(void)
{
	barrier();
	folder_remove();
}
