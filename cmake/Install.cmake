include(CMakePackageConfigHelpers)

install(TARGETS cohort cohort_static EXPORT cohort
	ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
	LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
	RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${PROJECT_SOURCE_DIR}/include/cohort.h
	DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# The loader looks for them beside the library, so the tree may be moved.
foreach(family IN LISTS COHORT_MPI_FAMILIES)
	install(TARGETS cohort-mpi-${family}
		LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/cohort)
endforeach()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cohort)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/cohort-config.cmake.in
	${PROJECT_BINARY_DIR}/cohort-config.cmake
	INSTALL_DESTINATION ${package_dir}
	NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(
	${PROJECT_BINARY_DIR}/cohort-config-version.cmake
	COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cohort-config.cmake
	${PROJECT_BINARY_DIR}/cohort-config-version.cmake
	DESTINATION ${package_dir})
install(EXPORT cohort NAMESPACE cohort:: DESTINATION ${package_dir}
	FILE cohort-targets.cmake)

# cohort.pc finds the prefix from where it lies itself.
file(RELATIVE_PATH pc_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig
	${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
cmake_path(APPEND pc_libdir "\${prefix}" ${CMAKE_INSTALL_LIBDIR})
cmake_path(APPEND pc_includedir "\${prefix}" ${CMAKE_INSTALL_INCLUDEDIR})
set(pc_private "")
get_target_property(libraries cohort_static LINK_LIBRARIES)
foreach(library IN LISTS libraries)
	string(APPEND pc_private " -l${library}")
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/cohort.pc.in
	${PROJECT_BINARY_DIR}/cohort.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/cohort.pc
	DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
