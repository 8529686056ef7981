// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "results.hpp"

namespace bench {

struct LettersStepSettings {
  std::string teacher = DMDR_BENCH_SOURCE_DIR "/examples/letters/data/teacher.safetensors";
  std::int64_t rounds = 10;  ///< generator updates, each with the fake updates that belong to it
  int threads = 1;
  std::string python{};  ///< a Python with PyTorch; empty: no comparison with it
};

/// Updates of the tilted joint student as `scripts/letters` trains it (its recipe and its default settings), through `Trainer` and in eager
/// PyTorch (`python/dmdr_step.py`), in turn. Throws `dmdr::FileError` where the teacher cannot be read.
void measure_letters_step(Results& results, const LettersStepSettings& settings);

}  // namespace bench
