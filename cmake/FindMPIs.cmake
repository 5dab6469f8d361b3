# FindMPIs: all MPI libraries of this machine, by family. Two of them may be
# installed side by side, as on Debian, where the compiler wrappers are called
# mpicc.openmpi and mpicc.mpich. Elsewhere there is one, which find_package(MPI)
# finds and whose family its header tells.
#
# Components are openmpi and mpich; without any, both are looked for. mpich
# stands for its relatives too: Intel MPI, MVAPICH, Cray MPICH.
#
#   MPIs_FOUND              one family was found, and all that are REQUIRED
#   MPIs_FAMILIES           those that were found
#   MPIs::<family>          target to compile and link with
#   MPIs_<family>_FOUND
#   MPIs_<family>_VERSION   of the library; of the standard if it does not say
#   MPIs_<family>_COMPILER  cache variable: the wrapper
#   MPIs_<family>_LAUNCHER  cache variable: mpirun, or NOTFOUND
include(FindPackageHandleStandardArgs)

# Whether a program can be built with the target, and its mpi.h is of the family.
function(MPIs_check family target result)
	set(macros_openmpi OPEN_MPI)
	set(macros_mpich MPICH_VERSION MPICH_NAME I_MPI_VERSION
		MVAPICH_VERSION MVAPICH2_VERSION CRAY_MPICH_VERSION)
	list(TRANSFORM macros_${family}
		REPLACE "(.+)" "defined(\\1)" OUTPUT_VARIABLE tests)
	list(JOIN tests " || " condition)
	set(folder ${CMAKE_CURRENT_BINARY_DIR}/mpi-check)
	file(WRITE ${folder}/${family}.c "\
#include <mpi.h>
#if !(${condition})
#error \"another MPI\"
#endif
int main(int argc, char **argv) { return MPI_Init(&argc, &argv); }
")
	try_compile(ok ${folder} SOURCES ${folder}/${family}.c
		LINK_LIBRARIES ${target} NO_CACHE)
	set(${result} ${ok} PARENT_SCOPE)
endfunction()

# The numbers of the library, or of the MPI standard, from mpi.h.
function(MPIs_read_version target result)
	get_target_property(folders ${target} INTERFACE_INCLUDE_DIRECTORIES)
	set(header MPIs_header-NOTFOUND)
	find_file(header mpi.h PATHS ${folders} /usr/include NO_DEFAULT_PATH NO_CACHE)
	set(version "")
	if(header)
		file(STRINGS ${header} lines REGEX "^#[ \t]*define[ \t]+(\
OMPI_(MAJOR|MINOR|RELEASE)_VERSION|MPICH_VERSION|MPI_(SUB)?VERSION)[ \t]")
		foreach(macros
				"OMPI_MAJOR_VERSION;OMPI_MINOR_VERSION;OMPI_RELEASE_VERSION"
				"MPICH_VERSION" "MPI_VERSION;MPI_SUBVERSION")
			set(numbers "")
			foreach(macro IN LISTS macros)
				if("${lines}" MATCHES
						"define[ \t]+${macro}[ \t]+\"?([0-9][0-9.]*)")
					list(APPEND numbers ${CMAKE_MATCH_1})
				endif()
			endforeach()
			if(numbers)
				list(JOIN numbers "." version)
				break()
			endif()
		endforeach()
	endif()
	set(${result} "${version}" PARENT_SCOPE)
endfunction()

# Makes a target of the options that the wrapper prints when called with `ask`.
function(MPIs_from_wrapper target wrapper ask)
	execute_process(COMMAND ${wrapper} ${ask} OUTPUT_VARIABLE text
		ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
	separate_arguments(flags UNIX_COMMAND "${text}")
	set(includes ${flags})
	list(FILTER includes INCLUDE REGEX "^-I")
	list(TRANSFORM includes REPLACE "^-I" "")
	set(definitions ${flags})
	list(FILTER definitions INCLUDE REGEX "^-D")
	set(links ${flags})
	list(FILTER links INCLUDE REGEX "^(-L|-l|-Wl,-rpath|-Wl,--enable-new)")

	add_library(${target} INTERFACE IMPORTED)
	target_include_directories(${target} SYSTEM INTERFACE ${includes})
	target_compile_options(${target} INTERFACE ${definitions})
	target_link_libraries(${target} INTERFACE ${links})
endfunction()

set(MPIs_families ${MPIs_FIND_COMPONENTS})
if(NOT MPIs_families)
	set(MPIs_families openmpi mpich)
endif()
set(MPIs_FAMILIES "")
set(MPIs_ask_openmpi --showme)
set(MPIs_ask_mpich -link_info)

foreach(family IN LISTS MPIs_families)
	find_program(MPIs_${family}_COMPILER mpicc.${family})
	mark_as_advanced(MPIs_${family}_COMPILER)
	set(MPIs_${family}_FOUND OFF)
	if(NOT MPIs_${family}_COMPILER)
		continue()
	endif()
	if(NOT TARGET MPIs::${family})
		MPIs_from_wrapper(MPIs::${family} ${MPIs_${family}_COMPILER}
			${MPIs_ask_${family}})
	endif()
	MPIs_check(${family} MPIs::${family} MPIs_${family}_FOUND)
	if(MPIs_${family}_FOUND)
		find_program(MPIs_${family}_LAUNCHER mpirun.${family})
		mark_as_advanced(MPIs_${family}_LAUNCHER)
		list(APPEND MPIs_FAMILIES ${family})
	else()
		message(STATUS "${MPIs_${family}_COMPILER} is there, but no "
			"program can be built with it")
	endif()
endforeach()

if(NOT MPIs_FAMILIES)
	find_package(MPI QUIET COMPONENTS C)
endif()
if(NOT MPIs_FAMILIES AND MPI_C_FOUND)
	foreach(family IN LISTS MPIs_families)
		MPIs_check(${family} MPI::MPI_C MPIs_${family}_FOUND)
		if(MPIs_${family}_FOUND)
			# The wrapper that was refused above has a target already.
			if(NOT TARGET MPIs::${family})
				add_library(MPIs::${family} INTERFACE IMPORTED)
			endif()
			set_target_properties(MPIs::${family} PROPERTIES
				INTERFACE_COMPILE_OPTIONS ""
				INTERFACE_INCLUDE_DIRECTORIES "${MPI_C_INCLUDE_DIRS}"
				INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ""
				INTERFACE_LINK_LIBRARIES MPI::MPI_C)
			set(MPIs_${family}_COMPILER ${MPI_C_COMPILER})
			set(MPIs_${family}_LAUNCHER "${MPIEXEC_EXECUTABLE}")
			list(APPEND MPIs_FAMILIES ${family})
			break()
		endif()
	endforeach()
endif()

foreach(family IN LISTS MPIs_FAMILIES)
	MPIs_read_version(MPIs::${family} MPIs_${family}_VERSION)
endforeach()
find_package_handle_standard_args(MPIs
	REQUIRED_VARS MPIs_FAMILIES HANDLE_COMPONENTS)
