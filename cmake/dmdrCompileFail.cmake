# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# dmdr_compile_fail_cases(<variable> <source> ...): of these sources, those that must not compile. An error where one has no
# `// expect:` line or several, or where a case or its repaired twin lacks the other.

function(dmdr_compile_fail_cases variable)
  set(cases "")
  foreach(source IN LISTS ARGN)
    if(source MATCHES "\\.ok\\.cpp$")
      string(REGEX REPLACE "\\.ok\\.cpp$" ".cpp" other "${source}")
      if(NOT EXISTS "${other}")
        message(FATAL_ERROR "dmdr: ${source} repairs a case that is not there: ${other}")
      endif()
      continue()
    endif()
    string(REGEX REPLACE "\\.cpp$" ".ok.cpp" other "${source}")
    if(NOT EXISTS "${other}")
      message(FATAL_ERROR "dmdr: ${source} must not compile and needs its repaired twin ${other}, which must")
    endif()
    file(STRINGS "${source}" expectations REGEX "^// expect: .")
    list(LENGTH expectations count)
    if(NOT count EQUAL 1)
      message(FATAL_ERROR "dmdr: ${source} needs exactly one line `// expect: <regex>`, and has ${count}")
    endif()
    list(APPEND cases "${source}")
  endforeach()
  set(${variable} "${cases}" PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)  # cmake -DFOLDER=... -P: check a folder
  file(GLOB sources "${FOLDER}/*.cpp")
  dmdr_compile_fail_cases(cases ${sources})
endif()
