// Calls of the library that are left before their end.
#ifndef LEAVING_CALLS_H
#define LEAVING_CALLS_H

// HOW is jump (out of a handler of a signal), thread_exit (by one), nested (a call in
// one), or cancel. Rank 0 is in a call then, and its peers come when it has left it.
// They find each other by a file in the folder LEAVING_NOTES. Returns the status of
// the process.
int leave_call(const char *how);

#endif
