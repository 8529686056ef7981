# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# For tests that call compilers themselves:
#   DMDR_CHECK_COMPILERS   the short names of the compilers found, of `g++` and `clang++`
#   DMDR_CHECK_<name>      a compiler's path
#   DMDR_CHECK_FLAGS       C++20 and the include folders of core, reference and eigen; no DMDR_COMPILED

find_program(DMDR_CHECK_g++ NAMES g++ g++-14 g++-13 g++-12)
find_program(DMDR_CHECK_clang++ NAMES clang++ clang++-19 clang++-18 clang++-17 clang++-16 clang++-15 clang++-14)
mark_as_advanced(DMDR_CHECK_g++ DMDR_CHECK_clang++)
set(DMDR_CHECK_COMPILERS "")
foreach(dmdr_compiler IN ITEMS g++ clang++)
  if(DMDR_CHECK_${dmdr_compiler})
    list(APPEND DMDR_CHECK_COMPILERS ${dmdr_compiler})
  endif()
endforeach()

set(DMDR_CHECK_FLAGS -std=c++20)
foreach(dmdr_dir IN ITEMS include backends/tape/include backends/reference/include backends/eigen/include)
  list(APPEND DMDR_CHECK_FLAGS "-I${PROJECT_SOURCE_DIR}/${dmdr_dir}")
endforeach()
foreach(dmdr_target IN ITEMS dmdr::third_party dmdr::third_party_eigen)
  get_target_property(dmdr_dirs ${dmdr_target} INTERFACE_INCLUDE_DIRECTORIES)
  foreach(dmdr_dir IN LISTS dmdr_dirs)
    if(dmdr_dir AND NOT dmdr_dir IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
      list(APPEND DMDR_CHECK_FLAGS -isystem "${dmdr_dir}")
    endif()
  endforeach()
endforeach()

# dmdr_note_missing_compiler(<label>): one skipped entry that says why, for each compiler that is not here.
function(dmdr_note_missing_compiler label)
  foreach(compiler IN ITEMS g++ clang++)
    if(NOT compiler IN_LIST DMDR_CHECK_COMPILERS)
      add_test(NAME ${label}.no-${compiler} COMMAND "${CMAKE_COMMAND}" -E echo
               "dmdr: skipped: ${compiler} is not installed, so its part of '${label}' did not run")
      set_tests_properties(${label}.no-${compiler} PROPERTIES LABELS ${label} SKIP_REGULAR_EXPRESSION "dmdr: skipped")
    endif()
  endforeach()
endfunction()
