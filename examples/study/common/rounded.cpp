// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "rounded.hpp"

#include <vector>

#include <dmdr/core/bfloat16.hpp>

namespace study {

dmdr::NamedTensors rounded(const dmdr::NamedTensors& named) {
  dmdr::NamedTensors short_ones;
  for (const auto& [name, tensor] : named) {
    std::vector<dmdr::BFloat16> values;
    for (const float value : tensor.as<float>()) values.emplace_back(value);
    short_ones.emplace(name, dmdr::HostTensor::from<dmdr::BFloat16>(tensor.shape, values));
  }
  return short_ones;
}

}  // namespace study
