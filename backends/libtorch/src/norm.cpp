// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "norm.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/stack.h>

namespace dmdr::libtorch {
namespace {

constexpr std::int64_t chunk = 16384;

template <class T>
double sum_of_squares(const T* values, std::int64_t size) {
  // Eight partial sums in a fixed order: one sum alone would wait for every addition.
  constexpr std::int64_t lanes = 8;
  std::array<double, lanes> parts{};
  std::int64_t i = 0;
  for (; i + lanes <= size; i += lanes)
    for (std::int64_t lane = 0; lane < lanes; ++lane) {
      const double value = static_cast<double>(values[i + lane]);
      parts[static_cast<std::size_t>(lane)] += value * value;
    }
  for (std::size_t lane = 0; i < size; ++i, ++lane) {
    const double value = static_cast<double>(values[i]);
    parts[lane] += value * value;
  }
  return ((parts[0] + parts[4]) + (parts[1] + parts[5])) + ((parts[2] + parts[6]) + (parts[3] + parts[7]));
}

double host_sum(const at::Tensor& tensor) {
  const at::Tensor values = tensor.contiguous();
  const std::int64_t size = values.numel();
  std::vector<double> parts(static_cast<std::size_t>((size + chunk - 1) / chunk));
  AT_DISPATCH_FLOATING_TYPES_AND2(c10::kHalf, c10::kBFloat16, values.scalar_type(), "joint_norm", [&] {
    const scalar_t* const first = values.const_data_ptr<scalar_t>();
    at::parallel_for(0, static_cast<std::int64_t>(parts.size()), 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t k = begin; k < end; ++k)
        parts[static_cast<std::size_t>(k)] = sum_of_squares(first + k * chunk, std::min(chunk, size - k * chunk));
    });
  });
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

}  // namespace

at::Tensor joint_norm(std::span<const at::Tensor> tensors) {
  if (!tensors.empty() && !tensors[0].is_cpu()) {
    const std::vector<at::Tensor> all(tensors.begin(), tensors.end());
    return at::stack(at::_foreach_norm(all, 2, c10::kDouble)).norm();
  }
  double sum = 0;
  for (const at::Tensor& tensor : tensors) sum += host_sum(tensor);
  return at::scalar_tensor(std::sqrt(sum), c10::TensorOptions(c10::kDouble));
}

}  // namespace dmdr::libtorch
