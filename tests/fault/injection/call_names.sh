#!/bin/sh
# The names and numbers of the system calls, as a table in C.
#
#   call_names.sh COMPILER OUTPUT
set -eu
{
	echo '#include <sys/syscall.h>'
	echo 'static const struct { long number; const char *name; } call_names[] = {'
	echo '#include <sys/syscall.h>' | "$1" -E -dM - |
		sed -n 's/^#define __NR_\([a-z0-9_]*\) .*/{__NR_\1, "\1"},/p'
	echo '};'
} >"$2"
