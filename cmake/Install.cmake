# Components:
#   runtime         the shared library, the licences
#   devel           header, packages for CMake and pkg-config, the link
#                   libcohort.so
#   static          the static library and its targets
#   openmpi, mpich  the module for one MPI
#   tools           the command cohort
#   doc             README, docs, and the examples' sources
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cohort)
if(COHORT_SHARED)
	install(TARGETS cohort EXPORT cohort-shared
		LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
			COMPONENT runtime NAMELINK_COMPONENT devel)
	install(EXPORT cohort-shared NAMESPACE cohort:: COMPONENT devel
		DESTINATION ${package_dir} FILE cohort-shared-targets.cmake)
endif()
if(COHORT_STATIC)
	install(TARGETS cohort_static EXPORT cohort-static
		ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT static)
	install(EXPORT cohort-static NAMESPACE cohort:: COMPONENT static
		DESTINATION ${package_dir} FILE cohort-static-targets.cmake)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/include/cohort.h
	DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT devel)

# The loader looks for modules beside the library, so the tree may be moved.
foreach(family IN LISTS COHORT_MPI_FAMILIES)
	install(TARGETS cohort-mpi-${family} LIBRARY COMPONENT ${family}
		DESTINATION ${CMAKE_INSTALL_LIBDIR}/${COHORT_MODULE_FOLDER})
endforeach()

set(module_folder ${CMAKE_INSTALL_LIBDIR}/${COHORT_MODULE_FOLDER})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/cohort-config.cmake.in
	${PROJECT_BINARY_DIR}/cohort-config.cmake
	INSTALL_DESTINATION ${package_dir}
	PATH_VARS module_folder
	NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(
	${PROJECT_BINARY_DIR}/cohort-config-version.cmake
	COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cohort-config.cmake
	${PROJECT_BINARY_DIR}/cohort-config-version.cmake
	DESTINATION ${package_dir} COMPONENT devel)

# cohort.pc holds the prefix as a plain path, since pkg-config leaves out
# -I/usr/include and -L/usr/lib only if they are spelt like that. The prefix may
# be chosen as late as in `cmake --install --prefix`, so it is filled in there.
foreach(kind LIB INCLUDE)
	string(TOLOWER ${kind} name)
	if(IS_ABSOLUTE ${CMAKE_INSTALL_${kind}DIR})
		set(pc_${name}dir ${CMAKE_INSTALL_${kind}DIR})
	else()
		set(pc_${name}dir "\${prefix}/${CMAKE_INSTALL_${kind}DIR}")
	endif()
endforeach()
list(TRANSFORM COHORT_SYSTEM_LIBRARIES PREPEND -l OUTPUT_VARIABLE pc_private)
list(JOIN pc_private " " pc_private)
set(pc_public "")
if(NOT COHORT_SHARED)
	set(pc_public " ${pc_private}")
	set(pc_private "")
endif()
set(pc_prefix @prefix@)
configure_file(${CMAKE_CURRENT_LIST_DIR}/cohort.pc.in
	${PROJECT_BINARY_DIR}/cohort.pc.in @ONLY)
install(CODE "
	set(prefix \"\${CMAKE_INSTALL_PREFIX}\")
	configure_file([[${PROJECT_BINARY_DIR}/cohort.pc.in]]
		[[${PROJECT_BINARY_DIR}/cohort.pc]] @ONLY)
" COMPONENT devel)
install(FILES ${PROJECT_BINARY_DIR}/cohort.pc
	DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT devel)

# xxHash is compiled in, and its licence asks that its notice goes along.
file(WRITE ${PROJECT_BINARY_DIR}/LICENSE.xxHash "${XXHash_NOTICE}")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_BINARY_DIR}/LICENSE.xxHash
	DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
	DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT doc)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs ${PROJECT_SOURCE_DIR}/examples
	DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT doc)
