#define _POSIX_C_SOURCE 200809L
#include "gnuplot.h"

#include "base/failure.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/own_file.h"
#include "output/destination.h"
#include "task/program.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const struct {
	const char *ending;
	const char *terminal;
} formats[] = {
    {"png", "pngcairo size 1100,720 font 'sans,12'"},
    {"svg", "svg size 1100,720 font 'sans,12' background 'white'"},
    {"pdf", "pdfcairo size 11in,7.2in font 'sans,12'"},
};

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

/* NULL with a sentence if no format has the path's ending. */
static const char *find_terminal(const char *path)
{
	const char *names[FORMATS];
	const char *dot = strrchr(path, '.');
	const char *ending = dot && !strchr(dot, '/') ? dot + 1 : "";

	for (size_t i = 0; i < FORMATS; i++) {
		names[i] = formats[i].ending;
		if (!strcasecmp(ending, formats[i].ending))
			return formats[i].terminal;
	}
	const char *near = names_nearest(ending, names, FORMATS);
	failure("--plot %s: '%s' is no format of pictures: use .png, .svg or "
	        ".pdf%s%s%s",
	        path, ending, near ? "; did you mean ." : "", near ? near : "",
	        near ? "?" : "");
	return NULL;
}

/* The file that gnuplot writes. */
static int open_output(const struct destination *to)
{
	const int file = to->draft ? own_file_make(to->draft)
	                           : open(to->path, O_WRONLY | O_CLOEXEC);

	if (file < 0)
		failure("--plot %s: it cannot be written: %s", to->path,
		        strerror(errno));
	return file;
}

bool gnuplot_check(const char *path)
{
	struct destination destination;
	char *program = NULL;

	if (!find_terminal(path))
		return false;
	if (!program_find("gnuplot", &program))
		return failure("--plot %s: pictures need gnuplot, which is not "
		               "in PATH: install it (gnuplot-nox on Debian)",
		               path);
	free(program);
	const bool good =
	    destination_find("--plot", path, true, &destination) &&
	    destination_check(&destination);
	destination_free(&destination);
	return good;
}

/* The script as a file without a name, to be read from its beginning. NULL with
 * a sentence. */
static FILE *keep_script(const char *script, const char *terminal)
{
	FILE *file = tmpfile();

	if (!file ||
	    fprintf(file, "set encoding utf8\nset terminal %s\n%s", terminal,
	            script) < 0 ||
	    fflush(file)) {
		failure_of_system(
		    "--plot: the script for gnuplot cannot be kept in a "
		    "temporary file: %s",
		    strerror(errno));
		if (file)
			fclose(file);
		return NULL;
	}
	rewind(file);
	return file;
}

/* Runs gnuplot between two descriptors. Names are UTF-8, whatever the locale
 * is; in "C" gnuplot would draw other characters. */
static bool run(int input, int output)
{
	char name[] = "gnuplot";
	char *arguments[] = {name, NULL};
	posix_spawn_file_actions_t actions;
	pid_t child;
	int status = 0;

	setenv("LC_ALL", "C.UTF-8", 1);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	const int error =
	    posix_spawnp(&child, name, &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		return failure_of_system(
		    "--plot: gnuplot cannot be started: %s", strerror(error));
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return failure_of_system("--plot: gnuplot is lost: %s",
			                         strerror(errno));
	return status == 0 ||
	       failure_of_system(
	           "--plot: gnuplot could not draw the picture (%s %d)",
	           WIFSIGNALED(status) ? "signal" : "exit status",
	           WIFSIGNALED(status) ? WTERMSIG(status)
	                               : WEXITSTATUS(status));
}

bool gnuplot_draw(const char *script, const char *path)
{
	const char *terminal = find_terminal(path);
	struct destination destination;
	FILE *input = terminal ? keep_script(script, terminal) : NULL;

	if (!input)
		return false;
	const int output = destination_find("--plot", path, true, &destination)
	                       ? open_output(&destination)
	                       : -1;
	bool good = output >= 0 && run(fileno(input), output);
	if (output >= 0 && close(output) && good)
		good = failure_of_system("--plot %s: it cannot be written: %s",
		                         path, strerror(errno));
	if (output >= 0)
		good = destination_end(&destination, good);
	destination_free(&destination);
	fclose(input);
	return good;
}

void gnuplot_quote(const char *text, struct text *script)
{
	text_add_string(script, "'");
	for (; *text; text++)
		if (*text == '\'')
			text_add_string(script, "''");
		else
			text_add(script, *text == '\n' ? " " : text, 1);
	text_add_string(script, "'");
}
