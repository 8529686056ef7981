# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# dmdr_catch: Catch2, version 2.13 or 3. DMDR_CATCH_NO_TESTS: the arguments that make an empty selection a failure.

add_library(dmdr_catch INTERFACE)
find_package(Catch2 QUIET)
if(TARGET Catch2::Catch2)
  target_link_libraries(dmdr_catch INTERFACE Catch2::Catch2)
else()
  find_path(DMDR_CATCH_INCLUDE_DIR NAMES "catch2/catch.hpp" HINTS ${DMDR_DEPS_DIR} PATH_SUFFIXES include)
  mark_as_advanced(DMDR_CATCH_INCLUDE_DIR)
  if(NOT DMDR_CATCH_INCLUDE_DIR)
    message(FATAL_ERROR "dmdr: the tests need Catch2 (2.13 or 3). scripts/test installs it; or set DMDR_BUILD_TESTS to OFF.")
  endif()
  target_include_directories(dmdr_catch SYSTEM INTERFACE "${DMDR_CATCH_INCLUDE_DIR}")
  set(Catch2_VERSION 2.13)
endif()

if(Catch2_VERSION VERSION_LESS 3)
  set(DMDR_CATCH_NO_TESTS -w NoTests)
else()
  set(DMDR_CATCH_NO_TESTS "")  # version 3 fails by itself
endif()
