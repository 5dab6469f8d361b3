#include "settings.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */
const struct setting settings[SETTINGS] = {
    {"serial", "serial", "shm", 1, "whole", true, false, false, 1, ENDS_ITSELF},
    {"shm", "mp", "shm", 3, "whole", true, false, false, 1, ENDS_ITSELF},
    {"socket", "mp", "socket", 3, "whole", true, false, false, 1, ENDS_ITSELF},
    {"shm-no-threads", "mp", "shm", 3, "whole", false, true, false, 1, ENDS_ITSELF},
    {"shm-scoped", "mp", "shm", 3, "scoped", true, false, false, 1, ENDS_ITSELF},
    {"shm-endings", "mp", "shm", 3, "endings", true, false, false, 1, ENDS_GROUPS},
    {"socket-endings", "mp", "socket", 3, "endings", true, false, false, 1, ENDS_GROUPS},
    {"shm-abort", "mp", "shm", 3, "abort", true, false, false, 1, ENDS_BY_ABORT},
    {"socket-abort", "mp", "socket", 3, "abort-isolated", true, false, false, 1, ENDS_BY_ABORT},
    {"mpi", "mpi", "shm", 2, "whole", true, false, true, 1, ENDS_ITSELF},
    {"mpi-nodes", "mpi", "shm", 2, "whole", true, false, true, 2, ENDS_ITSELF},
    {"mpi-abort", "mpi", "shm", 2, "abort", true, false, true, 1, ENDS_BY_ABORT},
    {"mpi-death", "mpi", "shm", 2, "death", true, false, true, 1, ENDS_BY_DEATH},
    {"mpi-interrupt", "mpi", "shm", 2, "interrupt", true, false, true, 2, ENDS_BY_INTERRUPT},
};
/* clang-format on */

const struct setting *settings_find(const char *name)
{
	for (int s = 0; s < SETTINGS; s++)
		if (!strcmp(settings[s].name, name))
			return &settings[s];
	return NULL;
}
