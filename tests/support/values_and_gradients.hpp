// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <ATen/TensorOperators.h>

#include <dmdr/libtorch.hpp>

/// The numbers of a network's output, then those of the gradients of its sum of squares in `parameters`, but for the fixed `pos_embed`.
[[nodiscard]] inline std::vector<std::vector<double>> values_and_gradients(
    const at::Tensor& output, const dmdr::Parameters<at::Tensor>& parameters) {
  dmdr::LibTorch::backward(output.square().sum());
  std::vector<std::vector<double>> found{dmdr::LibTorch::to_host(output)};
  for (const auto& [name, tensor] : parameters)
    if (name != "pos_embed") found.push_back(dmdr::LibTorch::to_host(*dmdr::LibTorch::gradient(tensor)));
  return found;
}
