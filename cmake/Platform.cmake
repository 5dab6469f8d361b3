# Refuse a system that the library cannot be built for, in one sentence, before
# the compiler does so in many.
include(CheckSymbolExists)
check_symbol_exists(__GLIBC__ features.h COHORT_HAS_GLIBC)
if(NOT COHORT_HAS_GLIBC)
	message(FATAL_ERROR "cohort needs Linux with the GNU C library (glibc), "
		"and ${CMAKE_C_COMPILER} compiles for another C library (musl, as "
		"on Alpine, is one) or for another system: use a compiler and a "
		"root folder of a system with glibc")
endif()
