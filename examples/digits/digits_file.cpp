// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "digits_file.hpp"

#include <cstdint>

#include <dmdr/core/error.hpp>
#include <dmdr/io/safetensors.hpp>

namespace digits {

study::Images load_digits(const std::string& path) {
  const auto file = dmdr::io::read_safetensors(path);
  const auto images = file.tensors.find("images");
  const auto labels = file.tensors.find("labels");
  if (images == file.tensors.end() || labels == file.tensors.end())
    throw dmdr::FileError("digits: " + path + " has no tensors 'images' and 'labels'");
  const dmdr::Shape shape = images->second.shape;
  if (shape.rank() != 2 || shape[0] == 0 || !(labels->second.shape == dmdr::Shape{shape[0]}))
    throw dmdr::FileError("digits: " + path + " holds images " + shape.str() + " and labels " +
                          labels->second.shape.str() + ", expected [N, D] and [N]");
  study::Images digits{{}, {}, shape[1]};
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

}  // namespace digits
