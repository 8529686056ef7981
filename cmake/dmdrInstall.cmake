# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# Install rules and the package files behind find_package(dmdr COMPONENTS core compiled reference eigen libtorch).

include(CMakePackageConfigHelpers)
set(dmdr_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/dmdr")
set(dmdr_header_patterns FILES_MATCHING PATTERN "*.hpp" PATTERN "*.ipp")

install(DIRECTORY include/dmdr DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" ${dmdr_header_patterns})
foreach(dmdr_backend IN ITEMS tape reference eigen libtorch)
  if(TARGET dmdr_${dmdr_backend})
    install(DIRECTORY "backends/${dmdr_backend}/include/"
            DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/dmdr-backends/${dmdr_backend}" ${dmdr_header_patterns})
  endif()
endforeach()
install(TARGETS dmdr_tape EXPORT dmdr_core)
foreach(dmdr_component IN LISTS DMDR_COMPONENTS)
  # One export set a component: a package with fewer components stays usable.
  install(TARGETS dmdr_${dmdr_component} EXPORT dmdr_${dmdr_component} ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT dmdr_${dmdr_component} NAMESPACE dmdr:: FILE dmdr-${dmdr_component}.cmake DESTINATION "${dmdr_package_dir}")
endforeach()

configure_package_config_file(cmake/dmdrConfig.cmake.in "${PROJECT_BINARY_DIR}/cmake/dmdrConfig.cmake"
                              INSTALL_DESTINATION "${dmdr_package_dir}" NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cmake/dmdrConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/cmake/dmdrConfig.cmake" "${PROJECT_BINARY_DIR}/cmake/dmdrConfigVersion.cmake"
              cmake/dmdrDependencies.cmake cmake/dmdrTorch.cmake
        DESTINATION "${dmdr_package_dir}")
