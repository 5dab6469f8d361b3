# xxHash, whose header is all that is used of it: the journal's checksums are
# compiled into the library. Sets COHORT_XXHASH_INCLUDE_DIR.
find_path(COHORT_XXHASH_INCLUDE_DIR xxhash.h)
mark_as_advanced(COHORT_XXHASH_INCLUDE_DIR)
if(NOT COHORT_XXHASH_INCLUDE_DIR)
	message(FATAL_ERROR "xxhash.h was not found. cohort needs the header of "
		"xxHash 0.8 or later, and only to be built: install it (Debian "
		"and Ubuntu: libxxhash-dev, Fedora: xxhash-devel, Homebrew: "
		"xxhash), or set COHORT_XXHASH_INCLUDE_DIR to where it is")
endif()
file(STRINGS ${COHORT_XXHASH_INCLUDE_DIR}/xxhash.h lines
	REGEX "^#define XXH_VERSION_(MAJOR|MINOR) +[0-9]+")
string(REGEX REPLACE "[^;0-9]" "" numbers "${lines}")
list(JOIN numbers "." xxhash_version)
if(xxhash_version VERSION_LESS 0.8)
	message(FATAL_ERROR "${COHORT_XXHASH_INCLUDE_DIR}/xxhash.h is of xxHash "
		"${xxhash_version}; cohort needs 0.8 or later, in which XXH3 is "
		"final")
endif()
