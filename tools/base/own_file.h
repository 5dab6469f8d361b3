/*
 * Files in a directory where others may have put something under their names: a
 * sweep's directory, --output-dir, the folder of a table or a picture. What is
 * written there must not end up in a file that a link names, and nobody waits
 * for a FIFO. -1 with errno on failure; the descriptors are close-on-exec.
 */
#ifndef TOOLS_BASE_OWN_FILE_H
#define TOOLS_BASE_OWN_FILE_H

/* Make a new file, to write it. Whatever lies there under this name is removed
 * and not written to. */
int own_file_make(const char *path);

/* Open a file to read it. EPERM if it is not a plain file, or belongs neither
 * to this user nor to the owner of its directory. A copy by `cp -al` has files
 * with several names, which can be read. */
int own_file_read(const char *path);

#endif
