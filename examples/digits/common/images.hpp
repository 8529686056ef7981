// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/core/random.hpp>

namespace digits {

/// Images of `size` numbers in [-1, 1], row-major, with a label each.
struct Images {
  std::vector<double> values;
  std::vector<std::int64_t> labels;
  std::int64_t size = 64;

  [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(labels.size()); }
  [[nodiscard]] Images take(const std::vector<std::int64_t>& rows) const;
  /// A batch drawn with replacement: a pure function of the stream's name and the step.
  [[nodiscard]] Images batch(dmdr::RandomSource& random, const char* stream, std::uint64_t step,
                             std::int64_t batch) const;
};

/// Reads the UCI digits, bytes of 0..16. Throws `FileError` or `DtypeError` where the file is not what it should be.
[[nodiscard]] Images load_digits(const std::string& path);

/// Two halves with equal shares of every class.
struct Halves {
  Images a, b;
};
[[nodiscard]] Halves split_halves(const Images& images, dmdr::RandomSource& random);

}  // namespace digits
