# FindXXHash: the header of xxHash. Nothing of its library is used, since the
# header alone can be compiled into a program.
#
#   XXHash::XXHash             target with the header's folder
#   XXHash_FOUND
#   XXHash_VERSION
#   COHORT_XXHASH_INCLUDE_DIR  cache variable: the folder that has xxhash.h
#   XXHash_NOTICE              the header's own notice of copyright
include(FindPackageHandleStandardArgs)

find_path(COHORT_XXHASH_INCLUDE_DIR xxhash.h)
mark_as_advanced(COHORT_XXHASH_INCLUDE_DIR)
set(XXHash_NOTICE "")
if(COHORT_XXHASH_INCLUDE_DIR)
	set(header ${COHORT_XXHASH_INCLUDE_DIR}/xxhash.h)
	file(STRINGS ${header} lines
		REGEX "^#define XXH_VERSION_(MAJOR|MINOR|RELEASE) +[0-9]+")
	string(REGEX REPLACE "[^;0-9]" "" numbers "${lines}")
	list(JOIN numbers "." XXHash_VERSION)

	file(READ ${header} text LIMIT 8192)
	string(FIND "${text}" "*/" end)
	if(end GREATER 0)
		string(SUBSTRING "${text}" 0 ${end} XXHash_NOTICE)
		string(REGEX REPLACE "^/\\*+" "" XXHash_NOTICE "${XXHash_NOTICE}")
		string(REGEX REPLACE "\n \\* ?" "\n" XXHash_NOTICE "${XXHash_NOTICE}")
		string(STRIP "${XXHash_NOTICE}" XXHash_NOTICE)
		string(APPEND XXHash_NOTICE "\n")
	endif()
endif()

find_package_handle_standard_args(XXHash
	REQUIRED_VARS COHORT_XXHASH_INCLUDE_DIR
	VERSION_VAR XXHash_VERSION
	REASON_FAILURE_MESSAGE "cohort needs the header of xxHash 0.8 or later, \
and only to be built: install it (Debian and Ubuntu: libxxhash-dev, Fedora: \
xxhash-devel, Homebrew: xxhash), or set COHORT_XXHASH_INCLUDE_DIR to the folder \
that has xxhash.h")
if(XXHash_FOUND AND NOT TARGET XXHash::XXHash)
	add_library(XXHash::XXHash INTERFACE IMPORTED)
	target_include_directories(XXHash::XXHash SYSTEM
		INTERFACE ${COHORT_XXHASH_INCLUDE_DIR})
endif()
