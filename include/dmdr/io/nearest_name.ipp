// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <limits>
#include <utility>

#include <dmdr/io/nearest_name.hpp>

namespace dmdr::io {

/// The optimal string alignment distance, by rows of its table.
DMDR_INLINE std::size_t edit_distance(std::string_view a, std::string_view b) {
  constexpr std::size_t most = 256;
  a = a.substr(0, most);
  b = b.substr(0, most);
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

DMDR_INLINE std::string nearest_name(std::string_view name, const std::vector<std::string>& names) {
  const auto last_part = [](std::string_view path) { return path.substr(path.rfind('.') + 1); };
  std::string nearest;
  // Keys with the same last part are near even where the table is missing or another; among them the path decides, if one was given.
  constexpr std::size_t far = std::numeric_limits<std::size_t>::max();
  std::pair<std::size_t, std::size_t> smallest{far, far};
  for (const std::string& candidate : names) {
    const std::size_t distance = edit_distance(name, candidate);
    const bool same_key = last_part(name) == last_part(candidate);
    const std::pair<std::size_t, std::size_t> rank{same_key ? std::min<std::size_t>(distance, 1) : distance,
                                                   name.find('.') == std::string_view::npos ? 0 : distance};
    if (rank >= smallest) continue;
    smallest = rank;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace dmdr::io
