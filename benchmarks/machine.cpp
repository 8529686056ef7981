// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "machine.hpp"

#include <cstdlib>

#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace bench {

std::string machine() {
  std::string text;
#if defined(__x86_64__)
  __builtin_cpu_init();
  text = __builtin_cpu_supports("avx512f") != 0 ? "x86-64 with AVX-512"
                                                : (__builtin_cpu_supports("avx2") != 0 ? "x86-64 with AVX2" : "x86-64");
#elif defined(__aarch64__)
  text = "AArch64";
#else
  text = "unknown processor";
#endif
  return text + ", " + std::to_string(sysconf(_SC_NPROCESSORS_ONLN)) + " cores";
}

std::string compiled_with() {
#if defined(__clang__)
  std::string text = "clang++ " __clang_version__;
#else
  std::string text = "g++ " __VERSION__;
#endif
#if defined(__AVX512F__)
  text += ", AVX-512";
#elif defined(__AVX2__)
  text += ", AVX2";
#else
  text += ", the processor family's baseline";
#endif
#ifdef __OPTIMIZE__
  return text + ", optimised";
#else
  return text + ", not optimised";
#endif
}

std::string use_allocator() {
  std::string text = "the system's malloc with its defaults";
#ifdef __GLIBC__
  // Freed memory stays with the process. Otherwise every temporary of some megabytes costs a page fault for each 4 KiB, and the
  // arithmetic is not what is measured. The first is the largest value that glibc takes.
  if (mallopt(M_MMAP_THRESHOLD, 32 << 20) == 1 && mallopt(M_TRIM_THRESHOLD, 1 << 30) == 1)
    text = "glibc malloc, M_MMAP_THRESHOLD 32 MiB, M_TRIM_THRESHOLD 1 GiB";
#endif
  return text + "; the tape keeps up to 64 MiB of freed blocks for reuse";
}

std::string allocator_of_environment() {
  std::string text = "malloc";
  for (const char* name : {"MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"}) {
    const char* const value = std::getenv(name);
    text += std::string(", ") + name + (value != nullptr ? "=" + std::string(value) : " not set");
  }
  return text;
}

}  // namespace bench
