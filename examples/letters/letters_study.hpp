// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/io/safetensors.hpp>

#include "images.hpp"
#include "letters/letter_masks.hpp"
#include "letters/paint.hpp"
#include "models.hpp"

namespace letters {

inline constexpr const char* default_data =
    "runs/letters-data/letters.safetensors";  ///< what `scripts/letters-data` writes

/// The pictures of a batch, labelled by their letters.
[[nodiscard]] study::Images images_of(const LetterMasks& masks, const std::vector<LetterDraw>& draws);
/// Batches of painted letters of `faces`, drawn anew for every update. Keeps a reference to `masks`.
[[nodiscard]] study::Source painted(const LetterMasks& masks, std::vector<std::int64_t> faces,
                                    const PaintSettings& settings);
/// `count` painted letters of `faces`, A, B, ..., Z, A, ...; always the same ones for a seed.
[[nodiscard]] study::Images paintings(const LetterMasks& masks, const std::vector<std::int64_t>& faces,
                                      std::int64_t count, std::uint64_t seed, const PaintSettings& settings);
/// The teacher sees all faces, the reward's classifier half A, the judge half B; each classifier is checked on the other half.
[[nodiscard]] study::Data study_data(const LetterMasks& masks, std::int64_t checks, std::uint64_t seed,
                                     const PaintSettings& settings);

/// A class-conditional teacher or student from its file. Throws `FileError` where that is of another generator, has another number of heads, or tensors
/// that the settings do not have.
[[nodiscard]] study::Network load_class_network(const std::string& path, const dmdr::SitSettings& network);
/// The same of a file that has been read from `path`.
[[nodiscard]] study::Network load_class_network(const dmdr::io::SafetensorsFile& file, const std::string& path,
                                                const dmdr::SitSettings& network);

}  // namespace letters
