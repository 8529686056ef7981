// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "images.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <dmdr/core/error.hpp>

namespace study {

Images Images::take(const std::vector<std::int64_t>& rows) const {
  Images part{{}, {}, size, channels};
  for (const std::int64_t row : rows) {
    part.values.insert(part.values.end(), values.begin() + row * size, values.begin() + (row + 1) * size);
    part.labels.push_back(labels[static_cast<std::size_t>(row)]);
  }
  return part;
}

Images Images::batch(dmdr::RandomSource& random, const char* stream, std::uint64_t step, std::int64_t batch) const {
  return take(random.index(dmdr::Draw{stream, step}, batch, rows()));
}

std::int64_t side_of(const Images& images) {
  const auto side = static_cast<std::int64_t>(
      std::llround(std::sqrt(static_cast<double>(images.size) / static_cast<double>(images.channels))));
  if (side * side * images.channels != images.size)
    throw dmdr::ShapeError("images: " + std::to_string(images.size) + " numbers are no square of " +
                           std::to_string(images.channels) + " channels");
  return side;
}

std::vector<std::int64_t> cycled_labels(std::int64_t count, std::int64_t classes) {
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < count; ++i) labels.push_back(i % classes);
  return labels;
}

Halves split_halves(const Images& images, dmdr::RandomSource& random) {
  const std::vector<double> keys = random.uniform(dmdr::Draw{"halves"}, images.rows());
  std::vector<std::int64_t> order = dmdr::iota_samples(images.rows());
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t x, std::int64_t y) {
    const auto i = static_cast<std::size_t>(x), j = static_cast<std::size_t>(y);
    return std::pair(images.labels[i], keys[i]) < std::pair(images.labels[j], keys[j]);
  });
  std::vector<std::int64_t> a, b;
  for (std::size_t place = 0; place < order.size(); ++place) (place % 2 == 0 ? a : b).push_back(order[place]);
  return {images.take(a), images.take(b)};
}

}  // namespace study
