# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# The targets that users link: dmdr::core, dmdr::compiled, dmdr::reference, dmdr::eigen, dmdr::libtorch.

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
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-maybe-uninitialized;-Wno-uninitialized;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>)

# Tuning for the processor of this machine, where DMDR_NATIVE asks for it.
add_library(dmdr_native INTERFACE)
if(DMDR_NATIVE)
  target_compile_options(dmdr_native INTERFACE -march=native)
  # g++ 12 fills small arrays of constants wrongly at -O2 where it moves them in 512-bit pieces: with AVX-512,
  # std::vector<double>{1, 1, 0, 0} becomes {1, 1, 1, 1}. Narrower moves avoid it; loops keep their wide vectors.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    include(CheckCXXCompilerFlag)
    check_cxx_compiler_flag("-mmove-max=128 -mstore-max=128" DMDR_HAS_MOVE_MAX)
    if(DMDR_HAS_MOVE_MAX)
      target_compile_options(dmdr_native INTERFACE -mmove-max=128 -mstore-max=128)
    endif()
  endif()
endif()

# dmdr::compiled: the `.ipp` files compiled once into a library; its users see declarations only. Eigen's part is in it where
# Eigen was found.
if(DMDR_MISSING_CORE)
  message(STATUS "dmdr: no dmdr::compiled, because these are missing: ${DMDR_MISSING_CORE}")
else()
  # dmdr_compiled_source(<variable> <.ipp file> ...): writes a source that includes them and appends its path to the variable.
  function(dmdr_compiled_source variable)
    set(DMDR_IPP_INCLUDES "")
    foreach(file IN LISTS ARGN)
      string(APPEND DMDR_IPP_INCLUDES "#include <${file}>\n")
    endforeach()
    list(LENGTH ${variable} index)
    set(source "${PROJECT_BINARY_DIR}/cmake/${variable}_${index}.cpp")
    configure_file("${PROJECT_SOURCE_DIR}/cmake/compiled.cpp.in" "${source}" @ONLY)
    set(${variable} ${${variable}} "${source}" PARENT_SCOPE)
  endfunction()

  file(GLOB_RECURSE dmdr_ipp CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/include/dmdr/*.ipp")
  list(SORT dmdr_ipp)
  list(FILTER dmdr_ipp EXCLUDE REGEX "^dmdr/(train/formulas|eval/neighbours)")
  set(compiled "")
  dmdr_compiled_source(compiled ${dmdr_ipp})

  # What a training step or an evaluation spends its time in: optimised whatever the configuration, but not under a sanitizer, where that triples the
  # time to compile. The kernels in one file an element type, so that they are compiled side by side.
  set(compiled_hot "")
  dmdr_compiled_source(compiled_hot dmdr/train/formulas_f32.ipp)
  dmdr_compiled_source(compiled_hot dmdr/train/formulas_f64.ipp)
  dmdr_compiled_source(compiled_hot dmdr/tape/instances.ipp)
  dmdr_compiled_source(compiled_hot dmdr/eval/neighbours.ipp)
  if(DMDR_HAS_EIGEN)
    dmdr_compiled_source(compiled_hot dmdr/eigen/instances.ipp)
  endif()
  add_library(dmdr_compiled_hot OBJECT ${compiled_hot})
  set_target_properties(dmdr_compiled_hot PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_compile_definitions(dmdr_compiled_hot PRIVATE DMDR_COMPILED)
  target_link_libraries(dmdr_compiled_hot PRIVATE dmdr_tape $<TARGET_NAME_IF_EXISTS:dmdr_eigen> dmdr_warnings dmdr_native)
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang" AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    target_compile_options(dmdr_compiled_hot PRIVATE -O3 -fno-math-errno -fno-trapping-math)
  endif()

  add_library(dmdr_compiled STATIC ${compiled} $<TARGET_OBJECTS:dmdr_compiled_hot>)
  add_library(dmdr::compiled ALIAS dmdr_compiled)
  set_target_properties(dmdr_compiled PROPERTIES EXPORT_NAME compiled OUTPUT_NAME dmdr POSITION_INDEPENDENT_CODE ON)
  target_compile_definitions(dmdr_compiled PUBLIC DMDR_COMPILED)
  target_link_libraries(dmdr_compiled PUBLIC dmdr_core)
  # Not linked: the exported target shall name neither.
  target_compile_options(dmdr_compiled PRIVATE "$<TARGET_PROPERTY:dmdr_warnings,INTERFACE_COMPILE_OPTIONS>"
                                               "$<TARGET_PROPERTY:dmdr_native,INTERFACE_COMPILE_OPTIONS>")
  # Below another project it is built where it is linked.
  if(NOT DMDR_INSTALL)
    set_target_properties(dmdr_compiled dmdr_compiled_hot PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
  list(INSERT DMDR_COMPONENTS 1 compiled)
endif()

# dmdr::libtorch: an ordinary library with thin headers; what includes more of LibTorch than its tensor is compiled here, once.
if(TARGET dmdr::compiled)
  include("${CMAKE_CURRENT_LIST_DIR}/dmdrTorch.cmake")
  if(DMDR_HAS_TORCH)
    file(GLOB_RECURSE libtorch_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/backends/libtorch/src/*.cpp")
    add_library(dmdr_libtorch STATIC ${libtorch_sources})
    add_library(dmdr::libtorch ALIAS dmdr_libtorch)
    set_target_properties(dmdr_libtorch PROPERTIES EXPORT_NAME libtorch OUTPUT_NAME dmdr_libtorch POSITION_INDEPENDENT_CODE ON)
    target_include_directories(dmdr_libtorch PUBLIC
      "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/backends/libtorch/include>"
      "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/dmdr-backends/libtorch>")
    target_include_directories(dmdr_libtorch PRIVATE "${PROJECT_SOURCE_DIR}/backends/libtorch/src")
    # LibTorch's headers take longer than our code: files that need the same ones are compiled as one.
    set_target_properties(dmdr_libtorch PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    set_source_files_properties(${libtorch_sources} PROPERTIES UNITY_GROUP operators)
    foreach(dmdr_name IN ITEMS terminal checkpoint)
      set_source_files_properties("${PROJECT_SOURCE_DIR}/backends/libtorch/src/${dmdr_name}.cpp" PROPERTIES UNITY_GROUP autograd)
    endforeach()
    target_link_libraries(dmdr_libtorch PUBLIC dmdr_compiled dmdr::torch)
    target_compile_options(dmdr_libtorch PRIVATE "$<TARGET_PROPERTY:dmdr_warnings,INTERFACE_COMPILE_OPTIONS>"
                                                 "$<TARGET_PROPERTY:dmdr_native,INTERFACE_COMPILE_OPTIONS>")
    target_compile_options(dmdr_libtorch PRIVATE ${DMDR_TORCH_OPENMP})
    if(DMDR_HAS_EIGEN)  # its vector functions, for expressions on the host
      target_compile_definitions(dmdr_libtorch PRIVATE DMDR_LIBTORCH_EIGEN EIGEN_DONT_PARALLELIZE)
      target_include_directories(dmdr_libtorch PRIVATE "${PROJECT_SOURCE_DIR}/backends/eigen/include")
    endif()
    if(NOT DMDR_INSTALL)
      set_target_properties(dmdr_libtorch PROPERTIES EXCLUDE_FROM_ALL ON)
    endif()
    list(APPEND DMDR_COMPONENTS libtorch)
  else()
    message(STATUS "dmdr: no dmdr::libtorch, because ${DMDR_TORCH_WHY}")
  endif()
endif()
