#ifndef TOOLS_BASE_PROGRAM_FOLDER_H
#define TOOLS_BASE_PROGRAM_FOLDER_H

#include "text.h"

/* Appends the path of the folder that this program's file is in; "." if the
 * system does not tell. */
void program_folder(struct text *out);

#endif
