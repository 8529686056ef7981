// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "timing.hpp"

namespace bench {

/// What a run has found: numbers under paths such as `losses/renoise/64x64/forward/expression_over_hand`.
class Results {
 public:
  void add(const std::string& path, const Spread& spread) { spreads_.emplace_back(path, spread); }
  void add(const std::string& path, const std::string& text) { texts_.emplace_back(path, text); }
  void add(const std::string& path, double number) { numbers_.emplace_back(path, number); }

  /// Writes everything as one JSON file, nested by the parts of the paths; throws `dmdr::FileError` where it cannot.
  void write(const std::string& path) const;

 private:
  std::vector<std::pair<std::string, Spread>> spreads_;
  std::vector<std::pair<std::string, std::string>> texts_;
  std::vector<std::pair<std::string, double>> numbers_;
};

/// `1.03 (1.01-1.08)`: a median and its quartiles.
[[nodiscard]] std::string text_of(const Spread& spread);

}  // namespace bench
