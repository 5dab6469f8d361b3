#define _POSIX_C_SOURCE 200809L

#include "plot.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>

extern char **environ;

int plot_draw(const char *script, const char *table, const char *picture,
              double number, char why[PLOT_WHY_BYTES])
{
	char text[32];
	int status;
	pid_t child;

	snprintf(text, sizeof text, "%.17g", number);

	/* posix_spawn does not write to the strings; its type predates
	 * const. */
	char *argv[] = {
	    "gnuplot", "-c", (char *)script, (char *)table, (char *)picture,
	    text,      NULL};
	int error = posix_spawnp(&child, "gnuplot", NULL, NULL, argv, environ);

	if (error == ENOENT) {
		snprintf(why, PLOT_WHY_BYTES,
		         "the picture needs gnuplot, which is not installed "
		         "(on Debian: apt-get install gnuplot-nox)");
		return -1;
	}
	while (error == 0 && waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			error = errno;
	}
	if (error) {
		snprintf(why, PLOT_WHY_BYTES, "gnuplot could not be run: %s",
		         strerror(error));
		return -1;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 127) {
		snprintf(why, PLOT_WHY_BYTES, "gnuplot did not run to its end");
		return -1;
	}
	if (WEXITSTATUS(status) != 0) {
		snprintf(why, PLOT_WHY_BYTES,
		         "gnuplot could not draw the picture (exit status %d)",
		         WEXITSTATUS(status));
		return -1;
	}
	return 0;
}
