# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
#
# cmake -DPROBE=... -DPROGRAM=... -P run_on_gpu.cmake: runs a test program with its tensors on CUDA, or says why it is skipped.

execute_process(COMMAND "${PROBE}" RESULT_VARIABLE dmdr_status OUTPUT_VARIABLE dmdr_why ERROR_VARIABLE dmdr_why
                OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT dmdr_status EQUAL 0)
  message(STATUS "skipped: no GPU to test on: ${dmdr_why}")
  return()
endif()
# TF32 would be as coarse as the tolerances.
set(ENV{NVIDIA_TF32_OVERRIDE} 0)
set(ENV{DMDR_TEST_DEVICE} cuda)
execute_process(COMMAND "${PROGRAM}" RESULT_VARIABLE dmdr_status)
if(NOT dmdr_status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} failed on the GPU: ${dmdr_status}")
endif()
