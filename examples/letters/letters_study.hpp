// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "images.hpp"
#include "letters/letter_masks.hpp"
#include "letters/paint.hpp"
#include "models.hpp"

namespace letters {

/// Batches of painted letters of `faces`, drawn anew for every update. Keeps a reference to `masks`.
[[nodiscard]] study::Source painted(const LetterMasks& masks, std::vector<std::int64_t> faces,
                                    const PaintSettings& settings);
/// `count` painted letters of `faces`, A, B, ..., Z, A, ...; always the same ones for a seed.
[[nodiscard]] study::Images paintings(const LetterMasks& masks, const std::vector<std::int64_t>& faces,
                                      std::int64_t count, std::uint64_t seed, const PaintSettings& settings);
/// The teacher sees all faces, the reward's classifier half A, the judge half B; each classifier is checked on the other half.
[[nodiscard]] study::Data study_data(const LetterMasks& masks, std::int64_t checks, std::uint64_t seed,
                                     const PaintSettings& settings);

}  // namespace letters
