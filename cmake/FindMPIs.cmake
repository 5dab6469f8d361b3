# Which MPI libraries there are to build modules for. Two of them may be
# installed side by side, as on Debian, where the compiler wrappers are called
# mpicc.openmpi and mpicc.mpich; elsewhere there is one, which find_package(MPI)
# finds and whose family its header tells.
#
# Sets COHORT_MPI_FAMILIES, a list of openmpi and mpich (which stands for its
# relatives too: Intel MPI, MVAPICH, Cray), and for each of them
# COHORT_MPI_TARGET_<family>, what to compile and link with, and
# COHORT_MPIRUN_<family>, its launcher.

# Whether mpi.h and the library that goes with it can be used, and are of this
# family.
function(cohort_check_mpi family target result)
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

# What the wrapper `mpicc` would hand to the compiler; it tells when called
# with `ask`.
function(cohort_mpi_from_wrapper family mpicc ask)
	execute_process(COMMAND ${mpicc} ${ask} OUTPUT_VARIABLE text
		ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
	separate_arguments(flags UNIX_COMMAND "${text}")
	set(includes ${flags})
	list(FILTER includes INCLUDE REGEX "^-I")
	list(TRANSFORM includes REPLACE "^-I" "")
	set(definitions ${flags})
	list(FILTER definitions INCLUDE REGEX "^-D")
	set(links ${flags})
	list(FILTER links INCLUDE REGEX "^(-L|-l|-Wl,-rpath|-Wl,--enable-new)")

	add_library(cohort_mpi_${family} INTERFACE IMPORTED)
	target_include_directories(cohort_mpi_${family} SYSTEM
		INTERFACE ${includes})
	target_compile_options(cohort_mpi_${family} INTERFACE ${definitions})
	target_link_libraries(cohort_mpi_${family} INTERFACE ${links})
endfunction()

macro(cohort_found_mpi family target where launcher)
	list(APPEND COHORT_MPI_FAMILIES ${family})
	set(COHORT_MPI_TARGET_${family} ${target})
	set(COHORT_MPIRUN_${family} "${launcher}")
	message(STATUS "MPI module for ${family}: ${where}")
endmacro()

set(COHORT_MPI_FAMILIES "")
if(COHORT_MPI)
	set(ask_openmpi --showme)
	set(ask_mpich -link_info)
	foreach(family openmpi mpich)
		find_program(COHORT_MPICC_${family} mpicc.${family})
		mark_as_advanced(COHORT_MPICC_${family})
		if(NOT COHORT_MPICC_${family})
			continue()
		endif()
		cohort_mpi_from_wrapper(${family} ${COHORT_MPICC_${family}}
			${ask_${family}})
		cohort_check_mpi(${family} cohort_mpi_${family} usable)
		if(usable)
			find_program(COHORT_LAUNCHER_${family} mpirun.${family})
			mark_as_advanced(COHORT_LAUNCHER_${family})
			cohort_found_mpi(${family} cohort_mpi_${family}
				${COHORT_MPICC_${family}}
				"${COHORT_LAUNCHER_${family}}")
		else()
			message(STATUS "${COHORT_MPICC_${family}} is there, but "
				"a program cannot be built with it")
		endif()
	endforeach()

	if(NOT COHORT_MPI_FAMILIES)
		find_package(MPI QUIET COMPONENTS C)
	endif()
	if(NOT COHORT_MPI_FAMILIES AND MPI_C_FOUND)
		foreach(family openmpi mpich)
			cohort_check_mpi(${family} MPI::MPI_C usable)
			if(usable)
				cohort_found_mpi(${family} MPI::MPI_C
					"${MPI_C_COMPILER}" "${MPIEXEC_EXECUTABLE}")
				break()
			endif()
		endforeach()
	endif()

	if(NOT COHORT_MPI_FAMILIES AND NOT COHORT_MPI STREQUAL "AUTO")
		message(FATAL_ERROR "COHORT_MPI is ${COHORT_MPI}, but no MPI was "
			"found: install Open MPI or MPICH with its headers, set "
			"MPI_C_COMPILER to its mpicc, or set COHORT_MPI=AUTO")
	elseif(NOT COHORT_MPI_FAMILIES)
		message(STATUS "No MPI was found: the mpi backend is not built")
	endif()
endif()
