// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/train/progress.hpp>

#include "letters/letter_masks.hpp"
#include "settings.hpp"

namespace letters {

/// Two-fold cross-validation: a small convolutional classifier learns the letters of one fold's faces and reads those of the other, and the
/// other way round. Returns the letters that were read rightly (0 to 26) of each face.
///
/// `masks` `[faces, 26, 32, 32]`, `folds` a half for each face. The same bits for the same seed, number of threads and machine.
/// Throws `ConfigError` where a fold is empty, `NumericError` where the training diverges.
[[nodiscard]] std::vector<std::int64_t> recognised_letters(std::span<const std::uint8_t> masks,
                                                           const std::vector<Half>& folds,
                                                           const RecogniserSettings& settings, std::uint64_t seed,
                                                           dmdr::Progress& progress);

/// The version of LibTorch.
[[nodiscard]] std::string libtorch_version();

}  // namespace letters
