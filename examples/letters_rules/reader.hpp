// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <dmdr/core/random.hpp>
#include <dmdr/libtorch/classifier.hpp>
#include <dmdr/train/progress.hpp>

#include "letters/caption.hpp"
#include "letters/letter_masks.hpp"
#include "settings.hpp"

namespace letters {

/// A classifier of letters, trained on painted letters of these faces; the learning rate falls to 0 by a cosine.
///
/// Throws `NumericError` where the loss is not finite.
[[nodiscard]] dmdr::libtorch::ConvClassifier trained_reader(const LetterMasks& masks,
                                                            std::span<const CaptionStyle> styles,
                                                            std::span<const std::int64_t> faces,
                                                            const Settings& settings, dmdr::RandomSource& random,
                                                            dmdr::Progress& progress);

}  // namespace letters
