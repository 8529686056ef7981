// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "font_file.hpp"
#include "letters/letter_masks.hpp"
#include "settings.hpp"

namespace letters {

/// Share of ink of the median letter (the mean of the two in the middle): coverage averaged over the picture.
[[nodiscard]] double median_ink(const Face& face);

/// Relative rms difference of two faces over all 26 letters: |a - b| / sqrt((|a|^2 + |b|^2) / 2); 0 for equal ones.
[[nodiscard]] double distance(const Face& a, const Face& b);

/// Rejects the kept faces whose median ink is out of bounds.
void filter_by_ink(std::vector<Face>& faces, const FilterSettings& settings);

/// Rejects every kept face that is at most `min_distance` from one before it that stays.
void filter_duplicates(std::vector<Face>& faces, const FilterSettings& settings);

/// What a family is counted by: the first word of its name in lower case. `Gillius ADF No2 Cond` and `Gillius ADF` are cuts of one design
/// that must not lie in both halves; that unrelated families of one foundry then lie together costs nothing.
[[nodiscard]] std::string family_group(const std::string& family);

/// A half for each kept face, in the order of `faces`: groups of families go, largest first, to the half with fewer faces. Groups of one
/// size are in an order drawn from `seed`.
[[nodiscard]] std::vector<Half> split_by_family(const std::vector<Face>& faces, std::uint64_t seed);

/// The faces that are still kept, by number.
[[nodiscard]] std::vector<std::size_t> kept_faces(const std::vector<Face>& faces);

}  // namespace letters
