// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "network.hpp"

#include <cstddef>

#include <dmdr/core/error.hpp>

namespace dmdr::libtorch {

void require_rows(const std::string& network, const Shape& x, const Times& times, std::int64_t count,
                  const std::string& conditions, Location where) {
  if (times.rows() != x[0] || count != x[0])
    throw ShapeError(network + ": x " + x.str() + " comes with " + std::to_string(times.rows()) + " times and " +
                         std::to_string(count) + " " + conditions,
                     where);
  if (x[0] == 0) throw NumericError(network + ": the batch is empty", where);
}

std::vector<std::int64_t> table_rows(const std::string& network, const ClassLabels& labels, std::int64_t classes,
                                     Location where) {
  std::vector<std::int64_t> rows = labels.ids();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] != ClassLabels::null_label && (rows[i] < 0 || rows[i] >= classes))
      throw NumericError(network + ": label " + std::to_string(rows[i]) + " of sample " + std::to_string(i) +
                             " is outside [0, " + std::to_string(classes) + ") and not the null label -1",
                         where);
    if (rows[i] == ClassLabels::null_label) rows[i] = classes;
  }
  return rows;
}

LibTorch network_backend(const LibTorch& backend) {
  LibTorch weights = backend;
  weights.dtype = backend.weights();
  return weights;
}

at::Tensor drawn(const LibTorch& backend, const std::string& stream, const Shape& shape, double deviation,
                 RandomSource& random) {
  std::vector<double> values = random.normal(Draw{.stream = stream}, shape.rows(), shape.row_size());
  for (double& value : values) value *= deviation;
  return network_backend(backend).from_host(shape, values).set_requires_grad(true);
}

at::Tensor zeros(const LibTorch& backend, const Shape& shape) {
  return network_backend(backend)
      .from_host(shape, std::vector<double>(static_cast<std::size_t>(shape.numel())))
      .set_requires_grad(true);
}

at::Tensor copied(const at::Tensor& tensor) {
  return LibTorch::parameter(tensor).set_requires_grad(tensor.requires_grad());
}

}  // namespace dmdr::libtorch
