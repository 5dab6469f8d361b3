#define _GNU_SOURCE /* dladdr1, RTLD_NOLOAD, RTLD_NODELETE */
#include "pin_library.h"

#include <dlfcn.h>
#include <link.h>
#include <stddef.h>

void pin_library(void)
{
	static const char here = 0;
	Dl_info info;
	struct link_map *map = NULL;

	/* The name of the program itself is "", and it is never unloaded. */
	if (!dladdr1(&here, &info, (void **)&map, RTLD_DL_LINKMAP) || !map ||
	    !map->l_name || !*map->l_name)
		return;
	/* It is loaded, so this opens no file. The handle only counts once
	 * more what now stays. */
	void *handle =
	    dlopen(map->l_name, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
	if (handle)
		dlclose(handle);
}
