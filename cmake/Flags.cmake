# Compiler options, each used only if the compiler has it.
include(CheckCCompilerFlag)

# Sets `result` to those of the options that the compiler accepts.
function(cohort_accepted_options result)
	set(accepted "")
	foreach(option IN LISTS ARGN)
		string(MAKE_C_IDENTIFIER "COHORT_HAS${option}" variable)
		check_c_compiler_flag(${option} ${variable})
		if(${variable})
			list(APPEND accepted ${option})
		endif()
	endforeach()
	set(${result} ${accepted} PARENT_SCOPE)
endfunction()

# For everything in the current folder and below.
macro(cohort_add_options)
	cohort_accepted_options(cohort_options ${ARGN})
	add_compile_options(${cohort_options})
endmacro()

# Debug information and assertions name source files relative to the top of the
# sources, so that nothing that is installed tells where it was built. A Debug
# build is not installed, and debuggers find its files more easily by full path.
function(cohort_hide_build_folder target)
	check_c_compiler_flag(-ffile-prefix-map=/a=b COHORT_HAS_FILE_PREFIX_MAP)
	if(NOT COHORT_HAS_FILE_PREFIX_MAP)
		return()
	endif()
	foreach(folder ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
		target_compile_options(${target} PRIVATE
			$<$<NOT:$<CONFIG:Debug>>:-ffile-prefix-map=${folder}=.>)
	endforeach()
endfunction()
