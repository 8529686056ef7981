// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/io/metadata.hpp>

#include "font_file.hpp"
#include "letters/letter_masks.hpp"
#include "packages.hpp"
#include "settings.hpp"

namespace letters {

/// The kept faces, with their halves.
[[nodiscard]] LetterMasks gather(const std::vector<Face>& faces, const std::vector<Half>& halves);

/// What a run of these settings on these packages is known by: XXH3-128 over settings, packages with versions, FreeType and LibTorch.
[[nodiscard]] std::string inputs_digest(const Settings& settings, const std::vector<Package>& packages,
                                        const std::string& freetype);

/// The metadata of the file of letters.
[[nodiscard]] dmdr::io::Metadata metadata_of(const Settings& settings, const std::vector<Package>& packages,
                                             const LetterMasks& letters, const std::string& freetype);

/// `fonts found`, the faces, each filter's count, what stays: a line each.
[[nodiscard]] std::string table_text(std::size_t files, const std::vector<Face>& faces, const LetterMasks& letters);

/// A line for every face that was found: verdict, package, file, index, family, style, reason, with tabs between.
[[nodiscard]] std::string face_list(const std::vector<Face>& faces, const std::vector<Half>& halves);

/// `letters` of every face, black on white, ten faces a row, those of half A first. Written to `path`.
void write_sheet(const std::string& path, const LetterMasks& masks, const std::string& letters);

/// Letters as a training would see them: 16 rows of 26, painted in colours from `seed`. Written to `path`.
void write_painted(const std::string& path, const LetterMasks& masks, std::uint64_t seed);

}  // namespace letters
