# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# dmdr_program: what this project's own tests, examples and benchmarks link.

foreach(dmdr_component IN ITEMS compiled reference eigen)
  if(NOT TARGET dmdr::${dmdr_component})
    message(FATAL_ERROR "dmdr: tests, examples and benchmarks need dmdr::${dmdr_component}; see the lines above for what is "
                        "missing, run scripts/test once to install it, or set DMDR_BUILD_TESTS, DMDR_BUILD_EXAMPLES and "
                        "DMDR_BUILD_BENCHMARKS to OFF.")
  endif()
endforeach()

find_path(DMDR_CLI11_INCLUDE_DIR NAMES "CLI/CLI.hpp" HINTS ${DMDR_DEPS_DIR} PATH_SUFFIXES include)
mark_as_advanced(DMDR_CLI11_INCLUDE_DIR)
find_package(Threads REQUIRED)

add_library(dmdr_program INTERFACE)
target_link_libraries(dmdr_program INTERFACE dmdr::compiled dmdr::reference dmdr::eigen dmdr_warnings dmdr_native Threads::Threads)
if(DMDR_CLI11_INCLUDE_DIR)
  target_include_directories(dmdr_program SYSTEM INTERFACE "${DMDR_CLI11_INCLUDE_DIR}")
endif()
