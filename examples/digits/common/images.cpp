// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "images.hpp"

#include <algorithm>

#include <dmdr/io/safetensors.hpp>

namespace digits {

Images Images::take(const std::vector<std::int64_t>& rows) const {
  Images part{{}, {}, size};
  for (const std::int64_t row : rows) {
    part.values.insert(part.values.end(), values.begin() + row * size, values.begin() + (row + 1) * size);
    part.labels.push_back(labels[static_cast<std::size_t>(row)]);
  }
  return part;
}

Images Images::batch(dmdr::RandomSource& random, const char* stream, std::uint64_t step, std::int64_t batch) const {
  return take(random.index(dmdr::Draw{stream, step}, batch, rows()));
}

Images load_digits(const std::string& path) {
  const auto file = dmdr::io::read_safetensors(path);
  const auto images = file.tensors.find("images");
  const auto labels = file.tensors.find("labels");
  if (images == file.tensors.end() || labels == file.tensors.end())
    throw dmdr::FileError("digits: " + path + " has no tensors 'images' and 'labels'");
  const dmdr::Shape shape = images->second.shape;
  if (shape.rank() != 2 || shape[0] == 0 || !(labels->second.shape == dmdr::Shape{shape[0]}))
    throw dmdr::FileError("digits: " + path + " holds images " + shape.str() + " and labels " +
                          labels->second.shape.str() + ", expected [N, D] and [N]");
  Images digits{{}, {}, shape[1]};
  for (const std::uint8_t value : images->second.as<std::uint8_t>()) {
    if (value > 16)
      throw dmdr::FileError("digits: " + path + " holds a pixel of " + std::to_string(value) + ", the data end at 16");
    digits.values.push_back(value / 8.0 - 1);
  }
  for (const std::uint8_t label : labels->second.as<std::uint8_t>()) {
    if (label > 9) throw dmdr::FileError("digits: " + path + " holds the label " + std::to_string(label));
    digits.labels.push_back(label);
  }
  return digits;
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

}  // namespace digits
