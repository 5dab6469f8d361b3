/* Names of the files in a journal's directory; directory.h has those of record
 * files. */
#ifndef COHORT_COMMON_JOURNAL_FILE_NAMES_H
#define COHORT_COMMON_JOURNAL_FILE_NAMES_H

#define IDENTITY_NAME "identity"
#define IDENTITY_DRAFT "identity.new" /* until it is complete */
#define LOCK_NAME "lock"
#define NOTE_NAME "note" /* the program's, if it likes */

#endif
