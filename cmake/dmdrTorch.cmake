# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# Finds LibTorch without its own CMake files, which want a CUDA toolchain at configure time. Used by this project's build and,
# installed, by find_package(dmdr).
#
#   DMDR_LIBTORCH     AUTO (where a LibTorch is found), ON, OFF
#   DMDR_TORCH_DIR    a folder with include/ and lib/: the `torch` folder of a wheel, or an unpacked LibTorch
#   DMDR_TORCH_CUDA   AUTO (link LibTorch's CUDA part where it is there and links), ON, OFF
#   dmdr::torch       headers and libraries; not defined where DMDR_HAS_TORCH is FALSE
#   DMDR_TORCH_WHY    why not

if(TARGET dmdr::torch)
  return()
endif()

set(DMDR_TORCH_DIR "" CACHE PATH "A LibTorch: a folder with include/ and lib/. Empty: where scripts/test puts the wheel")
set(DMDR_TORCH_CUDA AUTO CACHE STRING "Link LibTorch's CUDA part: AUTO, ON or OFF")
set_property(CACHE DMDR_TORCH_CUDA PROPERTY STRINGS AUTO ON OFF)
set(DMDR_LIBTORCH AUTO CACHE STRING "Build dmdr::libtorch: AUTO, ON or OFF")
set_property(CACHE DMDR_LIBTORCH PROPERTY STRINGS AUTO ON OFF)
set(DMDR_HAS_TORCH FALSE)
set(DMDR_TORCH_WHY "")
set(DMDR_TORCH_MINIMUM 2.11)

if(DMDR_LIBTORCH STREQUAL "OFF")
  set(DMDR_TORCH_WHY "DMDR_LIBTORCH is OFF")
  return()
endif()
set(dmdr_torch "${DMDR_TORCH_DIR}")
if(NOT dmdr_torch)
  set(dmdr_torch "${CMAKE_CURRENT_LIST_DIR}/../.libtorch/torch")
  if(NOT EXISTS "${dmdr_torch}/include")
    set(DMDR_TORCH_WHY "DMDR_TORCH_DIR is not set")
    if(DMDR_LIBTORCH STREQUAL "ON")
      message(FATAL_ERROR "dmdr: DMDR_LIBTORCH is ON, but there is no LibTorch: set DMDR_TORCH_DIR, or run scripts/test once, which fetches one.")
    endif()
    return()
  endif()
endif()
get_filename_component(dmdr_torch "${dmdr_torch}" ABSOLUTE)

# Older releases have their version elsewhere.
set(dmdr_torch_version_file "${dmdr_torch}/include/torch/headeronly/version.h")
if(NOT EXISTS "${dmdr_torch_version_file}")
  set(dmdr_torch_version_file "${dmdr_torch}/include/torch/csrc/api/include/torch/version.h")
endif()
if(NOT EXISTS "${dmdr_torch_version_file}")
  message(FATAL_ERROR "dmdr: DMDR_TORCH_DIR=${dmdr_torch} is no LibTorch: it has no include/torch/headeronly/version.h. Give the "
                      "folder that holds include/ and lib/.")
endif()
file(STRINGS "${dmdr_torch_version_file}" dmdr_torch_lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) +[0-9]+")
string(REGEX REPLACE ".*MAJOR +([0-9]+).*MINOR +([0-9]+).*PATCH +([0-9]+).*" "\\1.\\2.\\3" DMDR_TORCH_VERSION "${dmdr_torch_lines}")
if(NOT DMDR_TORCH_VERSION VERSION_GREATER_EQUAL DMDR_TORCH_MINIMUM)
  message(FATAL_ERROR "dmdr: the LibTorch in ${dmdr_torch} is ${DMDR_TORCH_VERSION}; dmdr::libtorch needs ${DMDR_TORCH_MINIMUM} or "
                      "newer. Set DMDR_TORCH_DIR to such a one, or leave it out.")
endif()
foreach(dmdr_library IN ITEMS torch_cpu c10)
  if(NOT EXISTS "${dmdr_torch}/lib/lib${dmdr_library}.so")
    message(FATAL_ERROR "dmdr: DMDR_TORCH_DIR=${dmdr_torch} has no lib/lib${dmdr_library}.so.")
  endif()
endforeach()

# Not libtorch.so, which needs libtorch_cuda.so. CUDA's kernels register themselves when they are loaded, so the linker must
# not drop them.
set(dmdr_torch_libraries "${dmdr_torch}/lib/libtorch_cpu.so" "${dmdr_torch}/lib/libc10.so")
# ATen's loops over threads are OpenMP pragmas in its headers: what uses them is compiled with OpenMP, over the run-time library that LibTorch
# itself has loaded. clang's code would bring another one, with threads of its own.
set(DMDR_TORCH_OPENMP "")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(DMDR_TORCH_OPENMP -fopenmp)
  if(EXISTS "${dmdr_torch}/lib/libgomp.so.1")
    list(APPEND dmdr_torch_libraries "${dmdr_torch}/lib/libgomp.so.1")
  else()
    list(APPEND dmdr_torch_libraries gomp)
  endif()
else()
  message(STATUS "dmdr: expressions over LibTorch run on one thread: their loops over threads need g++'s OpenMP")
endif()
set(DMDR_TORCH_HAS_CUDA FALSE)
if(NOT DMDR_TORCH_CUDA STREQUAL "OFF" AND EXISTS "${dmdr_torch}/lib/libtorch_cuda.so")
  set(dmdr_torch_cuda -Wl,--no-as-needed "${dmdr_torch}/lib/libtorch_cuda.so" "${dmdr_torch}/lib/libc10_cuda.so" -Wl,--as-needed)
  set(DMDR_TORCH_HAS_CUDA TRUE)
  if(DMDR_TORCH_CUDA STREQUAL "AUTO")
    # Its own dependencies (cuDNN, NCCL, ...) may be missing.
    file(WRITE "${CMAKE_BINARY_DIR}/cmake/torch_cuda.cpp" "int main() {}\n")
    try_compile(DMDR_TORCH_CUDA_LINKS "${CMAKE_BINARY_DIR}/cmake/torch_cuda" "${CMAKE_BINARY_DIR}/cmake/torch_cuda.cpp"
                LINK_LIBRARIES ${dmdr_torch_libraries} ${dmdr_torch_cuda})
    set(DMDR_TORCH_HAS_CUDA ${DMDR_TORCH_CUDA_LINKS})
  endif()
elseif(DMDR_TORCH_CUDA STREQUAL "ON")
  message(FATAL_ERROR "dmdr: DMDR_TORCH_CUDA=ON, but the LibTorch in ${dmdr_torch} has no lib/libtorch_cuda.so.")
endif()
if(DMDR_TORCH_HAS_CUDA)
  list(APPEND dmdr_torch_libraries ${dmdr_torch_cuda})
endif()

add_library(dmdr::torch INTERFACE IMPORTED GLOBAL)
target_include_directories(dmdr::torch SYSTEM INTERFACE
  "${dmdr_torch}/include" "${dmdr_torch}/include/torch/csrc/api/include")
target_link_libraries(dmdr::torch INTERFACE ${dmdr_torch_libraries})
set(DMDR_HAS_TORCH TRUE)
set(DMDR_TORCH_FOUND_DIR "${dmdr_torch}")
if(DMDR_TORCH_HAS_CUDA)
  message(STATUS "dmdr: LibTorch ${DMDR_TORCH_VERSION} with CUDA in ${dmdr_torch}")
else()
  message(STATUS "dmdr: LibTorch ${DMDR_TORCH_VERSION}, CPU, in ${dmdr_torch}")
endif()
