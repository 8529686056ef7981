// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <dmdr/core/error.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/eigen/gemm.hpp>
#include <dmdr/eigen/ops.hpp>
#include <dmdr/eigen/rows.hpp>

namespace dmdr::eigen {

namespace detail {

/// Where an input's gradient goes: its first part is written, further parts are added.
template <class T>
struct GradientTarget {
  T* data;
  Write write;
};
template <class T>
[[nodiscard]] GradientTarget<T> gradient_target(tape::Node<T>& input) {
  if (input.grad) return {input.grad->data(), Write::add};
  input.grad = std::make_unique<tape::Buffer<T>>(input.shape.numel());
  return {input.grad->data(), Write::replace};
}

/// A tensor as rows of samples.
template <class T>
[[nodiscard]] MatrixView<const T> rows_of(const tape::Node<T>& node) {
  return {node.data(), node.shape.rows(), node.shape.row_size()};
}

DMDR_INLINE void require_matrix(const char* operation, const char* argument, const Shape& shape, Location where) {
  if (shape.rank() != 2)
    throw ShapeError(std::string(operation) + ": " + argument + " must be a matrix, got " + shape.str(), where);
}

}  // namespace detail

template <class T>
Tensor<T> linear_sum(const std::vector<Product<T>>& products, const Addends<T>& addends, Location where) {
  if (products.empty()) throw ShapeError("linear: no products to sum", where);
  std::vector<tape::Ptr<T>> inputs;
  std::vector<T> scales;
  for (const auto& [input, weight, scale] : products) {
    detail::require_matrix("linear", "x", input.node->shape, where);
    detail::require_matrix("linear", "the weight", weight.node->shape, where);
    if (input.node->shape[1] != weight.node->shape[1])
      throw ShapeError("linear: x " + input.node->shape.str() + " does not fit the weight " + weight.node->shape.str(),
                       where);
    inputs.push_back(input.node);
    inputs.push_back(weight.node);
    scales.push_back(static_cast<T>(scale));
  }
  const Shape shape{inputs[0]->shape[0], inputs[1]->shape[0]};
  for (std::size_t k = 1; k < products.size(); ++k)
    if (const Shape other{inputs[2 * k]->shape[0], inputs[2 * k + 1]->shape[0]}; !(other == shape))
      throw ShapeError("linear: product " + std::to_string(k + 1) + " is " + other.str() + ", the first " + shape.str(),
                       where);
  if (addends.rows && !(addends.rows->node->shape == shape))
    throw ShapeError("linear: " + addends.rows->node->shape.str() + " is added to " + shape.str(), where);
  if (addends.bias && !(addends.bias->node->shape == Shape{shape[1]}))
    throw ShapeError("linear: a bias " + addends.bias->node->shape.str() + " is added to " + shape.str(), where);

  auto buffer = std::make_shared<tape::Buffer<T>>(shape.numel());
  const MatrixView<T> out{buffer->data(), shape[0], shape[1]};
  Write write = Write::replace;
  if (addends.bias) {
    repeat_row<T>(addends.bias->node->data(), out);
    write = Write::add;
  }
  if (addends.rows) {
    write_elements<T>(addends.rows->node->data(), out.data, shape.numel(), write);
    write = Write::add;
  }
  for (std::size_t k = 0; k < scales.size(); ++k, write = Write::add)
    times_transposed<T>(detail::rows_of(*inputs[2 * k]), detail::rows_of(*inputs[2 * k + 1]), scales[k], out, write);
  const bool has_rows = addends.rows.has_value();
  if (addends.rows) inputs.push_back(addends.rows->node);
  if (addends.bias) inputs.push_back(addends.bias->node);

  return {tape::result<T>(
      shape, std::move(buffer), std::move(inputs), [scales = std::move(scales), has_rows](tape::Node<T>& self) {
        const MatrixView<const T> dy{self.grad->data(), self.shape[0], self.shape[1]};
        std::size_t next = 0;
        for (const T scale : scales) {
          tape::Node<T>& input = *self.inputs[next++];
          tape::Node<T>& weight = *self.inputs[next++];
          if (input.requires_grad) {
            const auto [data, how] = detail::gradient_target(input);
            times<T>(dy, detail::rows_of(weight), scale, {data, input.shape[0], input.shape[1]}, how);
          }
          if (weight.requires_grad) {
            const auto [data, how] = detail::gradient_target(weight);
            transposed_times<T>(dy, detail::rows_of(input), scale, {data, weight.shape[0], weight.shape[1]}, how);
          }
        }
        for (; next < self.inputs.size(); ++next) {
          tape::Node<T>& addend = *self.inputs[next];
          if (!addend.requires_grad) continue;
          const auto [data, how] = detail::gradient_target(addend);
          if (has_rows && next == 2 * scales.size())
            write_elements<T>(dy.data, data, self.shape.numel(), how);
          else
            sum_rows<T>(dy, data, how);
        }
      })};
}

template <class T>
Tensor<T> linear(const Tensor<T>& x, const Tensor<T>& weight, Location where) {
  return linear_sum<T>({{x, weight}}, {}, where);
}

template <class T>
Tensor<T> linear(const Tensor<T>& x, const Tensor<T>& weight, const Tensor<T>& bias, Location where) {
  return linear_sum<T>({{x, weight}}, {.bias = bias}, where);
}

template <class T>
Tensor<T> silu(const Tensor<T>& x) {
  auto buffer = std::make_shared<tape::Buffer<T>>(x.node->shape.numel());
  silu_forward<T>(x.node->data(), buffer->data(), buffer->size());
  return {tape::result<T>(x.node->shape, std::move(buffer), {x.node}, [](tape::Node<T>& self) {
    tape::Node<T>& input = *self.inputs[0];
    const auto [data, how] = detail::gradient_target(input);
    silu_backward<T>(input.data(), self.grad->data(), data, input.shape.numel(), how);
  })};
}

template <class T>
Tensor<T> rms_norm(const Tensor<T>& x, double eps, Location where) {
  if (x.node->shape.row_size() == 0)
    throw ShapeError("rms norm: the samples of " + x.node->shape.str() + " have no elements", where);
  auto buffer = std::make_shared<tape::Buffer<T>>(x.node->shape.numel());
  rms_forward<T>(detail::rows_of(*x.node), static_cast<T>(eps), buffer->data());
  return {tape::result<T>(x.node->shape, std::move(buffer), {x.node}, [eps = static_cast<T>(eps)](tape::Node<T>& self) {
    tape::Node<T>& input = *self.inputs[0];
    const auto [data, how] = detail::gradient_target(input);
    rms_backward<T>(detail::rows_of(input), eps, self.grad->data(), data, how);
  })};
}

template <class T>
Tensor<T> embedding_rows(const Tensor<T>& table, std::vector<std::int64_t> ids, Location where) {
  detail::require_matrix("embedding", "the table", table.node->shape, where);
  const std::int64_t width = table.node->shape[1];
  const Shape shape{static_cast<std::int64_t>(ids.size()), width};
  auto buffer = std::make_shared<tape::Buffer<T>>(shape.numel());
  T* out = buffer->data();
  for (std::size_t k = 0; k < ids.size(); ++k, out += width) {
    if (ids[k] < 0 || ids[k] >= table.node->shape[0])
      throw NumericError("embedding: id " + std::to_string(ids[k]) + " of sample " + std::to_string(k) +
                             " is outside [0, " + std::to_string(table.node->shape[0]) + ")",
                         where);
    write_elements<T>(table.node->data() + ids[k] * width, out, width, Write::replace);
  }
  return {tape::result<T>(shape, std::move(buffer), {table.node}, [ids = std::move(ids), width](tape::Node<T>& self) {
    T* const target = self.inputs[0]->gradient();
    const T* row = self.grad->data();
    for (const std::int64_t id : ids) {
      write_elements<T>(row, target + id * width, width, Write::add);
      row += width;
    }
  })};
}

}  // namespace dmdr::eigen
