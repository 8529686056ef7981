# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# The targets that users link: dmdr::core, dmdr::compiled, dmdr::reference, dmdr::eigen.

# dmdr_add_header_target(<name> <build folder> <install folder> <linked target> ...)
function(dmdr_add_header_target name build_dir install_dir)
  add_library(dmdr_${name} INTERFACE)
  add_library(dmdr::${name} ALIAS dmdr_${name})
  set_target_properties(dmdr_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(dmdr_${name} INTERFACE cxx_std_20)
  target_include_directories(dmdr_${name} INTERFACE
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/${build_dir}>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}${install_dir}>")
  target_link_libraries(dmdr_${name} INTERFACE ${ARGN})
endfunction()

# Header-only: every `.hpp` includes its `.ipp`.
dmdr_add_header_target(core include "" dmdr::third_party)
set(DMDR_COMPONENTS core)

# The `.ipp` files compiled once into a library; its users see declarations only.
if(DMDR_MISSING_CORE)
  message(STATUS "dmdr: no dmdr::compiled, because these are missing: ${DMDR_MISSING_CORE}")
else()
  file(GLOB_RECURSE dmdr_ipp CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/include/dmdr/*.ipp")
  list(SORT dmdr_ipp)
  set(DMDR_IPP_INCLUDES "")
  foreach(dmdr_file IN LISTS dmdr_ipp)
    string(APPEND DMDR_IPP_INCLUDES "#include <${dmdr_file}>\n")
  endforeach()
  configure_file("${PROJECT_SOURCE_DIR}/cmake/compiled.cpp.in" "${PROJECT_BINARY_DIR}/cmake/compiled.cpp" @ONLY)

  add_library(dmdr_compiled STATIC "${PROJECT_BINARY_DIR}/cmake/compiled.cpp")
  add_library(dmdr::compiled ALIAS dmdr_compiled)
  set_target_properties(dmdr_compiled PROPERTIES EXPORT_NAME compiled OUTPUT_NAME dmdr POSITION_INDEPENDENT_CODE ON)
  target_compile_definitions(dmdr_compiled PUBLIC DMDR_COMPILED)
  target_link_libraries(dmdr_compiled PUBLIC dmdr_core)
  target_compile_options(dmdr_compiled PRIVATE "$<TARGET_PROPERTY:dmdr_warnings,INTERFACE_COMPILE_OPTIONS>")
  list(APPEND DMDR_COMPONENTS compiled)
endif()

# One include folder a backend, so that `__has_include(<dmdr/eigen.hpp>)` holds only where its target is linked. The tape is what
# the reference and the Eigen backend share; it is no component, and comes with them.
dmdr_add_header_target(tape backends/tape/include /dmdr-backends/tape dmdr_core)
dmdr_add_header_target(reference backends/reference/include /dmdr-backends/reference dmdr_tape)
list(APPEND DMDR_COMPONENTS reference)
if(DMDR_HAS_EIGEN)
  dmdr_add_header_target(eigen backends/eigen/include /dmdr-backends/eigen dmdr_tape dmdr::third_party_eigen)
  list(APPEND DMDR_COMPONENTS eigen)
else()
  message(STATUS "dmdr: no dmdr::eigen, because Eigen is missing")
endif()

# Warnings are ours: private to this project's own sources, never exported.
add_library(dmdr_warnings INTERFACE)
target_compile_options(dmdr_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  $<$<BOOL:${DMDR_WERROR}>:-Werror>
  # g++ reports these wrongly, in the standard library and in Eigen once it has inlined them.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_GREATER_EQUAL:$<CXX_COMPILER_VERSION>,13>>:-Wno-dangling-reference>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-maybe-uninitialized;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>)
