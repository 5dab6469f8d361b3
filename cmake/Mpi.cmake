# The MPI libraries to build modules for. Sets COHORT_MPI_FAMILIES, a list of
# openmpi and mpich, and for each of them COHORT_MPI_TARGET_<family>, a target
# to link with, and COHORT_MPIRUN_<family>, its launcher or nothing.
set(COHORT_MPI_FAMILIES "")
if(COHORT_MPI)
	find_package(MPIs QUIET COMPONENTS openmpi mpich)
	set(COHORT_MPI_FAMILIES ${MPIs_FAMILIES})
	if(NOT COHORT_MPI_FAMILIES AND NOT COHORT_MPI STREQUAL "AUTO")
		message(FATAL_ERROR "COHORT_MPI is ${COHORT_MPI}, but no MPI was "
			"found: install Open MPI or MPICH with its headers, set "
			"MPI_C_COMPILER to its mpicc, or set COHORT_MPI=AUTO")
	elseif(NOT COHORT_MPI_FAMILIES)
		message(STATUS "No MPI was found: the mpi backend is not built")
	endif()
endif()
foreach(family IN LISTS COHORT_MPI_FAMILIES)
	set(COHORT_MPI_TARGET_${family} MPIs::${family})
	set(COHORT_MPIRUN_${family} "${MPIs_${family}_LAUNCHER}")
	message(STATUS "MPI module for ${family} ${MPIs_${family}_VERSION}: "
		"${MPIs_${family}_COMPILER}")
endforeach()
