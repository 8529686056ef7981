// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bench {

/// Processor family, number of cores and widest vector instructions.
[[nodiscard]] std::string machine();
/// Compiler and vector instructions that this program was compiled with.
[[nodiscard]] std::string compiled_with();
/// Makes freed memory stay with this process, and says where memory comes from.
[[nodiscard]] std::string use_allocator();
/// What the environment says to glibc's malloc; it reaches a program that is compared with in the same way.
[[nodiscard]] std::string allocator_of_environment();

}  // namespace bench
