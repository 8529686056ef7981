// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace bench {

/// One argument of a chain: `[rows, cols]` or, for one number a sample, `[rows]`.
struct ChainArgument {
  bool per_sample = false;
  bool gradient = false;
  double low = -1, high = 1;  ///< uniform between them
};

/// A loss formula in three writings; each returns the value, with its history.
struct Chain {
  std::string name;
  std::vector<ChainArgument> arguments;
  /// The library's expressions.
  std::function<at::Tensor(const std::vector<at::Tensor>&)> expression;
  /// LibTorch's operators as one writes the formula down.
  std::function<at::Tensor(const std::vector<at::Tensor>&)> naive;
  /// The same with in-place and fused operators wherever autograd allows.
  std::function<at::Tensor(const std::vector<at::Tensor>&)> in_place;
};

[[nodiscard]] std::vector<Chain> chains();

}  // namespace bench
