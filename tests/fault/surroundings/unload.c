/*
 * A program that loads plug-ins, which use cohort, and unloads them. The library's
 * exit handlers and threads must not be called where its code was.
 *
 *   unload PLUGIN...
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static int run_plugin(const char *path)
{
	int (*run)(void);

	void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	void *symbol = plugin ? dlsym(plugin, "plugin_run") : NULL;
	if (!symbol) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	memcpy(&run, &symbol, sizeof(run));
	const int failed = run();
	dlclose(plugin);
	return failed;
}

int main(int argc, char *argv[])
{
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed |= run_plugin(argv[i]);
	return failed;
}
