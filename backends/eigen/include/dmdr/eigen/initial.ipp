// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include <dmdr/eigen/initial.hpp>

namespace dmdr::eigen {

template <class T>
Tensor<T> initial_normal(const EigenCpu<T>& backend, const std::string& stream, const Shape& shape, double deviation,
                         RandomSource& random) {
  std::vector<double> values = random.normal(Draw{.stream = stream}, shape.rows(), shape.row_size());
  for (double& value : values) value *= deviation;
  return EigenCpu<T>::parameter(backend.from_host(shape, values));
}

template <class T>
Tensor<T> initial_zero(const EigenCpu<T>& backend, const Shape& shape) {
  return EigenCpu<T>::parameter(backend.from_host(shape, std::vector<double>(static_cast<std::size_t>(shape.numel()))));
}

}  // namespace dmdr::eigen
