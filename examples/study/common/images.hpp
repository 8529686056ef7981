// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <dmdr/core/random.hpp>

namespace study {

/// Images of `size` numbers in [-1, 1], `[channels, side, side]` row-major, with a label each.
struct Images {
  std::vector<double> values;
  std::vector<std::int64_t> labels;
  std::int64_t size = 64;
  std::int64_t channels = 1;

  [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(labels.size()); }
  [[nodiscard]] Images take(const std::vector<std::int64_t>& rows) const;
  /// A batch drawn with replacement: a pure function of the stream's name and the step.
  [[nodiscard]] Images batch(dmdr::RandomSource& random, const char* stream, std::uint64_t step,
                             std::int64_t batch) const;
};

/// Pixels a side. Throws `ShapeError` where the images are not square.
[[nodiscard]] std::int64_t side_of(const Images& images);

/// A batch for training: a pure function of the stream's name and the step.
using Source =
    std::function<Images(dmdr::RandomSource& random, const char* stream, std::uint64_t step, std::int64_t batch)>;

/// The labels 0, 1, ..., `classes` - 1, 0, ...
[[nodiscard]] std::vector<std::int64_t> cycled_labels(std::int64_t count, std::int64_t classes);

/// Two halves with equal shares of every class.
struct Halves {
  Images a, b;
};
[[nodiscard]] Halves split_halves(const Images& images, dmdr::RandomSource& random);

}  // namespace study
