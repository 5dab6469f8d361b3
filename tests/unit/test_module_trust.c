/* Modules that other users could have put in their place. */
#define _DEFAULT_SOURCE /* S_ISVTX, chown */
#include "mpi/module_trust.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STRANGER = 4711 };

/* In a folder of their own: lib/libcohort.so, and a module in lib/cohort/0.2. */
static char top[PATH_MAX];
static char why[TRUST_TEXT_BYTES];
static char text[2][PATH_MAX];

static char *in_top(int i, const char *name)
{
	snprintf(text[i], sizeof(text[i]), "%.64s%s", top, name);
	return text[i];
}

static void make_file(const char *name)
{
	const int fd = open(in_top(0, name), O_CREAT | O_WRONLY, 0644);

	cr_assert(fd >= 0 && close(fd) == 0);
	cr_assert(chmod(in_top(0, name), 0644) == 0);
}

static void make_tree(void)
{
	static const char *const folders[] = {"/lib", "/lib/cohort",
	                                      "/lib/cohort/0.2"};
	char name[] = "/tmp/cohort-trust-XXXXXX";

	cr_assert(mkdtemp(name) && realpath(name, top));
	for (int i = 0; i < 3; i++)
		cr_assert(mkdir(in_top(0, folders[i]), 0755) == 0 &&
		          chmod(in_top(0, folders[i]), 0755) == 0);
	make_file("/lib/libcohort.so");
	make_file("/lib/cohort/0.2/module.so");
}

static void remove_tree(void)
{
	unlink(in_top(0, "/lib/cohort/0.2/module.so"));
	unlink(in_top(0, "/lib/libcohort.so"));
	rmdir(in_top(0, "/lib/cohort/0.2"));
	rmdir(in_top(0, "/lib/cohort"));
	rmdir(in_top(0, "/lib"));
	rmdir(top);
}

static bool trusted(const char *anchor)
{
	return module_is_trusted(in_top(0, "/lib/cohort/0.2/module.so"),
	                         anchor[0] ? in_top(1, anchor) : "", why);
}

#define LIBRARY "/lib/libcohort.so"

TestSuite(module_trust, .init = make_tree, .fini = remove_tree);

Test(module_trust, own_files_are_trusted)
{
	cr_expect(trusted(LIBRARY), "%s", why);
	cr_expect(trusted(""), "%s", why);
}

Test(module_trust, nobody_else_may_write)
{
	static const struct {
		const char *name;
		mode_t bad;
		mode_t good;
	} rows[] = {
	    {"/lib/cohort/0.2/module.so", 0646, 0644},
	    {"/lib/cohort/0.2/module.so", 0664, 0644},
	    {"/lib/cohort/0.2", 0757, 0755},
	    {"/lib/cohort/0.2", 0775, 0755},
	    {"/lib/cohort", 0777, 0755},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		cr_assert(chmod(in_top(0, rows[i].name), rows[i].bad) == 0);
		cr_expect(!trusted(LIBRARY), "%s %o", rows[i].name,
		          (unsigned)rows[i].bad);
		cr_expect(strstr(why, rows[i].name), "%s", why);
		cr_assert(chmod(in_top(0, rows[i].name), rows[i].good) == 0);
	}
	cr_expect(trusted(LIBRARY), "%s", why);
}

/* Who may write to the folder of the library can replace the library. Without
 * one, all folders count. */
Test(module_trust, folders_of_the_library_are_as_good_as_the_library)
{
	cr_assert(chmod(in_top(0, "/lib"), 0777) == 0);
	cr_expect(trusted(LIBRARY), "%s", why);
	cr_expect(!trusted(""));
	cr_assert(chmod(in_top(0, "/lib"), 01777) == 0);
	cr_expect(trusted(""), "%s", why);
}

/* With the umask 002 the group may write to all that a user builds. */
Test(module_trust, who_may_write_to_the_library_may_write_to_its_module)
{
	cr_assert(chmod(in_top(0, "/lib/cohort/0.2/module.so"), 0664) == 0);
	cr_expect(!trusted(LIBRARY));
	cr_assert(chmod(in_top(0, LIBRARY), 0775) == 0);
	cr_expect(trusted(LIBRARY), "%s", why);
	cr_expect(!trusted(""));
	cr_assert(chmod(in_top(0, LIBRARY), 0777) == 0);
	cr_assert(chmod(in_top(0, "/lib/cohort/0.2/module.so"), 0666) == 0);
	cr_expect(!trusted(LIBRARY));
}

Test(module_trust, strangers_own_nothing)
{
	if (getuid() != 0)
		cr_skip_test("only root can give files away");
	cr_assert(chown(in_top(0, "/lib/cohort/0.2/module.so"), STRANGER,
	                (gid_t)-1) == 0);
	cr_expect(!trusted(LIBRARY));
	cr_expect(strstr(why, "4711"), "%s", why);
	cr_assert(chown(in_top(0, LIBRARY), STRANGER, (gid_t)-1) == 0);
	cr_expect(trusted(LIBRARY), "%s", why);
	cr_expect(!trusted(""));
	cr_assert(chown(in_top(0, "/lib/cohort"), STRANGER + 1, (gid_t)-1) ==
	          0);
	cr_expect(!trusted(LIBRARY));
}

Test(module_trust, what_is_missing_is_not_trusted)
{
	cr_expect(
	    !module_is_trusted(in_top(0, "/lib/cohort/0.2/none.so"), "", why));
	cr_expect(strstr(why, "none.so"), "%s", why);
}
