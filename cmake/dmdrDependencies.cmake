# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# Finds what dmdr includes of others. Used by this project's build and, installed, by find_package(dmdr).
#
#   dmdr::third_party         header paths and libraries of what was found; dmdr::core links it
#   dmdr::third_party_eigen   Eigen, for dmdr::eigen; empty where DMDR_HAS_EIGEN is FALSE
#   DMDR_MISSING_CORE         what include/dmdr/io needs and was not found (the rest of include/dmdr does without)
#
# Plain header searches serve distribution packages, CMAKE_PREFIX_PATH and a folder of headers (DMDR_DEPS_DIR) alike; a target
# that the including project made itself (FetchContent) comes first.

if(TARGET dmdr::third_party)
  get_property(DMDR_MISSING_CORE GLOBAL PROPERTY DMDR_MISSING_CORE)
  get_property(DMDR_HAS_EIGEN GLOBAL PROPERTY DMDR_HAS_EIGEN)
  return()
endif()

set(DMDR_MISSING_CORE "")
add_library(dmdr::third_party INTERFACE IMPORTED GLOBAL)

# dmdr_find_headers(<target> <name> <header> <existing target> [path suffix ...])
macro(dmdr_find_headers target name header existing)
  set(DMDR_HAS_${name} TRUE)
  if(TARGET ${existing})
    target_link_libraries(${target} INTERFACE ${existing})
  else()
    find_path(DMDR_${name}_INCLUDE_DIR NAMES "${header}" HINTS ${DMDR_DEPS_DIR} PATH_SUFFIXES include ${ARGN})
    mark_as_advanced(DMDR_${name}_INCLUDE_DIR)
    if(DMDR_${name}_INCLUDE_DIR)
      target_include_directories(${target} SYSTEM INTERFACE "${DMDR_${name}_INCLUDE_DIR}")
    else()
      set(DMDR_HAS_${name} FALSE)
    endif()
  endif()
endmacro()

dmdr_find_headers(dmdr::third_party RANDOM123 "Random123/philox.h" Random123::Random123)
dmdr_find_headers(dmdr::third_party JSON "nlohmann/json.hpp" nlohmann_json::nlohmann_json)
dmdr_find_headers(dmdr::third_party XXHASH "xxhash.h" xxHash::xxhash)

# libpng by paths, not by its imported target, which would be visible in this folder only.
find_package(PNG QUIET)
if(PNG_FOUND)
  target_include_directories(dmdr::third_party SYSTEM INTERFACE ${PNG_INCLUDE_DIRS})
  target_link_libraries(dmdr::third_party INTERFACE ${PNG_LIBRARIES})
endif()

foreach(dmdr_name IN ITEMS RANDOM123 JSON XXHASH)
  if(NOT DMDR_HAS_${dmdr_name})
    list(APPEND DMDR_MISSING_CORE ${dmdr_name})
  endif()
endforeach()
if(NOT PNG_FOUND)
  list(APPEND DMDR_MISSING_CORE PNG)
endif()
unset(dmdr_name)

add_library(dmdr::third_party_eigen INTERFACE IMPORTED GLOBAL)
dmdr_find_headers(dmdr::third_party_eigen EIGEN "Eigen/Core" Eigen3::Eigen eigen3)

# For a second find_package(dmdr) in another folder of the same build.
set_property(GLOBAL PROPERTY DMDR_MISSING_CORE "${DMDR_MISSING_CORE}")
set_property(GLOBAL PROPERTY DMDR_HAS_EIGEN "${DMDR_HAS_EIGEN}")
