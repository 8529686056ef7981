// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <dmdr/core/host_tensor.hpp>

#include "support/catch.hpp"

// LibTorch's headers bring a stream operator for every std::map, whether its elements have one or not; Catch would use it.
template <>
struct Catch::StringMaker<dmdr::NamedTensors> {
  static std::string convert(const dmdr::NamedTensors& named) {
    std::string text;
    for (const auto& [name, tensor] : named) text += name + " " + tensor.shape.str() + "; ";
    return text;
  }
};
