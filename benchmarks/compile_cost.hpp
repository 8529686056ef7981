// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "results.hpp"

namespace bench {

/// Processor time and memory of the compiler for fixed files, each beside its budget: every policy header alone, `dmdr.hpp`, test files,
/// an experiment. `few` takes one file of each kind; every file is compiled `repeats` times.
/// Throws `dmdr::Error` where a file does not compile.
void measure_compile_cost(Results& results, bool few, std::int64_t repeats);
/// The same over LibTorch: an experiment, a test file, and twelve recipes in one file, composed and trained. `few` takes the experiment.
void measure_libtorch_compile_cost(Results& results, bool few, std::int64_t repeats);

}  // namespace bench
