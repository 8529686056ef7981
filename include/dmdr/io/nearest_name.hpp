// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <dmdr/core/inline.hpp>

namespace dmdr::io {

/// How many characters must be put in, taken out, replaced or swapped with their neighbour to make `a` of `b`.
/// Bytes beyond the first 256 of either are not looked at.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The one of `names` that someone who wrote `name` most likely meant: the smallest edit distance, the first of equals; where only the
/// part behind the last dot agrees, that counts as one edit. Empty where `names` is.
[[nodiscard]] std::string nearest_name(std::string_view name, const std::vector<std::string>& names);

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/nearest_name.ipp>  // IWYU pragma: export
#endif
