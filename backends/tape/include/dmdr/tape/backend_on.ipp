// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/tape/backend_on.hpp>

namespace dmdr::tape {

template <class B, class T>
auto BackendOn<B, T>::from_host(const Shape& shape, std::span<const double> values, Location where) const -> Tensor {
  if (static_cast<std::int64_t>(values.size()) != shape.numel())
    throw ShapeError("from_host: " + shape.str() + " needs " + std::to_string(shape.numel()) + " values, got " +
                         std::to_string(values.size()),
                     where);
  auto buffer = std::make_shared<Buffer<T>>(shape.numel());
  std::transform(values.begin(), values.end(), buffer->data(), [](double value) { return static_cast<T>(value); });
  return {leaf<T>(shape, std::move(buffer))};
}

template <class B, class T>
auto BackendOn<B, T>::to_host(const Tensor& tensor) -> std::vector<double> {
  return {tensor.values().begin(), tensor.values().end()};
}

template <class B, class T>
auto BackendOn<B, T>::load(const HostTensor& host, Location where) const -> Tensor {
  if (host.dtype == dtype_v<T>) {
    const std::vector<T> values = host.as<T>(where);
    auto buffer = std::make_shared<Buffer<T>>(host.shape.numel());
    std::copy(values.begin(), values.end(), buffer->data());
    return {leaf<T>(host.shape, std::move(buffer))};
  }
  if (host.dtype == Dtype::f32) {
    const std::vector<float> values = host.as<float>(where);
    return from_host(host.shape, std::vector<double>(values.begin(), values.end()), where);
  }
  return from_host(host.shape, host.as<double>(where), where);
}

template <class B, class T>
auto BackendOn<B, T>::store(const Tensor& tensor) -> HostTensor {
  return HostTensor::from<T>(tensor.node->shape, tensor.values());
}

template <class B, class T>
auto BackendOn<B, T>::reshape(const Tensor& tensor, const Shape& shape, Location where) -> Tensor {
  if (shape.numel() != tensor.node->shape.numel())
    throw ShapeError("reshape: " + tensor.node->shape.str() + " cannot become " + shape.str(), where);
  return {result<T>(shape, tensor.node->values, {tensor.node},
                    [](Node<T>& self) { add(self.inputs[0]->gradient(), self.grad->data(), self.shape.numel()); })};
}

template <class B, class T>
auto BackendOn<B, T>::take_rows(const Tensor& tensor, std::span<const std::int64_t> rows, Location where) -> Tensor {
  const Shape& shape = tensor.node->shape;
  if (shape.rank() == 0) throw ShapeError("take_rows: a scalar has no samples", where);
  const std::int64_t size = shape.row_size();
  auto buffer = std::make_shared<Buffer<T>>(static_cast<std::int64_t>(rows.size()) * size);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (rows[k] < 0 || rows[k] >= shape.rows())
      throw ShapeError("take_rows: sample " + std::to_string(rows[k]) + " of " + shape.str(), where);
    std::copy_n(tensor.node->data() + rows[k] * size, size, buffer->data() + static_cast<std::int64_t>(k) * size);
  }
  return {leaf<T>(shape.with_rows(static_cast<std::int64_t>(rows.size())), std::move(buffer))};
}

template <class B, class T>
auto BackendOn<B, T>::concat_rows(std::span<const Tensor> tensors, Location where) -> Tensor {
  if (tensors.empty()) throw ShapeError("concat_rows: no tensors", where);
  std::int64_t rows = 0;
  for (const Tensor& tensor : tensors) {
    const Shape& first = tensors[0].node->shape;
    if (tensor.node->shape.rank() == 0 || !(tensor.node->shape.with_rows(0) == first.with_rows(0)))
      throw ShapeError("concat_rows: " + tensor.node->shape.str() + " does not fit " + first.str(), where);
    rows += tensor.node->shape.rows();
  }
  const Shape shape = tensors[0].node->shape.with_rows(rows);
  auto buffer = std::make_shared<Buffer<T>>(shape.numel());
  T* out = buffer->data();
  for (const Tensor& tensor : tensors) out = std::copy_n(tensor.node->data(), tensor.node->shape.numel(), out);
  return {leaf<T>(shape, std::move(buffer))};
}

template <class B, class T>
auto BackendOn<B, T>::parameter(const Tensor& tensor) -> Tensor {
  auto buffer = std::make_shared<Buffer<T>>(tensor.node->shape.numel());
  std::copy_n(tensor.node->data(), buffer->size(), buffer->data());
  return {leaf<T>(tensor.node->shape, std::move(buffer), true)};
}

template <class B, class T>
auto BackendOn<B, T>::requires_grad(const Tensor& tensor) -> bool {
  return tensor.node->requires_grad;
}

template <class B, class T>
auto BackendOn<B, T>::detach(const Tensor& tensor) -> Tensor {
  return {leaf<T>(tensor.node->shape, tensor.node->values)};
}

template <class B, class T>
void BackendOn<B, T>::assign(Tensor& target, const Tensor& source, Location where) {
  require_same("assign", target, source, where);
  std::copy_n(source.node->data(), source.node->shape.numel(), target.node->data());
}

template <class B, class T>
void BackendOn<B, T>::backward(const Tensor& loss, Location where) {
  if (loss.node->shape.numel() != 1)
    throw ShapeError("backward: a loss has one element, got " + loss.node->shape.str() + "; give a cotangent", where);
  Buffer<T> one(1);
  one.data()[0] = T(1);
  const Buffer<T>* cotangent = &one;
  tape::backward<T>(std::span(&loss.node, 1), std::span(&cotangent, 1), where);
}

template <class B, class T>
void BackendOn<B, T>::backward(std::span<const Tensor> results, std::span<const Tensor> cotangents, Location where) {
  if (results.size() != cotangents.size())
    throw ShapeError("backward: " + std::to_string(results.size()) + " results but " +
                         std::to_string(cotangents.size()) + " cotangents",
                     where);
  std::vector<Ptr<T>> roots;
  std::vector<const Buffer<T>*> seeds;
  for (std::size_t k = 0; k < results.size(); ++k) {
    require_same("backward", results[k], cotangents[k], where);
    roots.push_back(results[k].node);
    seeds.push_back(cotangents[k].node->values.get());
  }
  tape::backward<T>(roots, seeds, where);
}

template <class B, class T>
auto BackendOn<B, T>::gradient(const Tensor& tensor) -> std::optional<Tensor> {
  if (!tensor.node->grad) return std::nullopt;
  auto buffer = std::make_shared<Buffer<T>>(tensor.node->shape.numel());
  std::copy_n(tensor.node->grad->data(), buffer->size(), buffer->data());
  return Tensor{leaf<T>(tensor.node->shape, std::move(buffer))};
}

template <class B, class T>
void BackendOn<B, T>::clear_gradients(std::span<const Tensor> tensors) {
  for (const Tensor& tensor : tensors) tensor.node->grad.reset();
}

template <class B, class T>
auto BackendOn<B, T>::clip_gradients(std::span<const Tensor> tensors, double max_norm) -> Tensor {
  double sum = 0;
  for (const Tensor& tensor : tensors) {
    if (!tensor.node->grad) continue;
    const std::span<const T> grad = std::as_const(*tensor.node->grad).span();
    // Eight partial sums in a fixed order: one sum alone would wait for every addition.
    constexpr std::size_t lanes = 8;
    std::array<double, lanes> parts{};
    std::size_t i = 0;
    for (; i + lanes <= grad.size(); i += lanes)
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const double value = static_cast<double>(grad[i + lane]);
        parts[lane] += value * value;
      }
    for (std::size_t lane = 0; i < grad.size(); ++i, ++lane) {
      const double value = static_cast<double>(grad[i]);
      parts[lane] += value * value;
    }
    const double part =
        ((parts[0] + parts[4]) + (parts[1] + parts[5])) + ((parts[2] + parts[6]) + (parts[3] + parts[7]));
    sum += part;
  }
  const double norm = std::sqrt(sum);
  // PyTorch's clip_grad_norm_ divides by norm + 1e-6.
  const double factor = max_norm / (norm + 1e-6);
  if (std::isfinite(norm) && factor < 1)
    for (const Tensor& tensor : tensors) {
      if (!tensor.node->grad) continue;
      for (T& value : tensor.node->grad->span()) value *= static_cast<T>(factor);
    }
  return BackendOn{}.from_host(Shape{}, std::span(&norm, 1));
}

template <class B, class T>
void BackendOn<B, T>::ema(std::span<const Tensor> averages, std::span<const Tensor> values, double decay,
                          Location where) {
  if (averages.size() != values.size())
    throw ShapeError("ema: " + std::to_string(averages.size()) + " averages of " + std::to_string(values.size()) +
                         " values",
                     where);
  for (std::size_t k = 0; k < averages.size(); ++k) require_same("ema", averages[k], values[k], where);
  const T weight = static_cast<T>(1 - decay);
  for (std::size_t k = 0; k < averages.size(); ++k) {
    T* const out = averages[k].node->data();
    const T* const in = values[k].node->data();
    for (std::int64_t i = 0; i < averages[k].node->shape.numel(); ++i) out[i] += weight * (in[i] - out[i]);
  }
}

template <class B, class T>
auto BackendOn<B, T>::checkpoint(const std::function<Tensor(std::span<const Tensor>)>& block,
                                 std::span<const Tensor> inputs) -> Tensor {
  std::vector<Ptr<T>> nodes;
  for (const Tensor& input : inputs) nodes.push_back(input.node);
  Tensor value;
  {
    const NoGrad no_grad;
    value = block(inputs);
  }
  return {result<T>(value.node->shape, value.node->values, std::move(nodes), [block](Node<T>& self) {
    std::vector<Tensor> fresh;
    for (const Ptr<T>& input : self.inputs)
      fresh.push_back({leaf<T>(input->shape, input->values, input->requires_grad)});
    const WithGrad with_grad;
    const Tensor again = block(fresh);
    if (!again.node->requires_grad) return;
    const Buffer<T>* cotangent = self.grad.get();
    tape::backward<T>(std::span(&again.node, 1), std::span(&cotangent, 1));
    for (std::size_t k = 0; k < fresh.size(); ++k)
      if (fresh[k].node->grad && self.inputs[k]->requires_grad)
        add(self.inputs[k]->gradient(), fresh[k].node->grad->data(), self.inputs[k]->shape.numel());
  })};
}

template <class B, class T>
auto BackendOn<B, T>::evaluate(const Call& call) -> Tensor {
  const Shape shape = call.layout.result(call.terminal);
  auto buffer = std::make_shared<Buffer<T>>(shape.numel());
  expr::Plan plan = plan_of(call);
  plan.out = buffer->data();
  B::forward(call, plan);
  std::vector<Ptr<T>> inputs;
  for (const Tensor& tensor : call.leaves) inputs.push_back(tensor.node);
  if (!recording<T>(inputs)) return {leaf<T>(shape, std::move(buffer))};
  return {result<T>(shape, std::move(buffer), std::move(inputs),
                    [program = &call.program, terminal = call.terminal, layout = call.layout, where = call.where,
                     constants = std::vector<double>(call.constants.begin(), call.constants.end())](Node<T>& self) {
                      std::vector<Tensor> leaves;
                      for (const Ptr<T>& input : self.inputs) leaves.push_back({input});
                      const Call again{*program, leaves, constants, terminal, layout, where};
                      backward_of(again, self);
                    })};
}

template <class B, class T>
void BackendOn<B, T>::add(T* target, const T* source, std::int64_t size) {
  for (std::int64_t i = 0; i < size; ++i) target[i] += source[i];
}

template <class B, class T>
void BackendOn<B, T>::require_same(const char* what, const Tensor& a, const Tensor& b, Location where) {
  if (!(a.node->shape == b.node->shape))
    throw ShapeError(std::string(what) + ": " + a.node->shape.str() + " and " + b.node->shape.str() + " differ", where);
}

template <class B, class T>
auto BackendOn<B, T>::plan_of(const Call& call) -> expr::Plan {
  expr::Plan plan;
  for (std::size_t k = 0; k < call.leaves.size(); ++k) plan.leaves[k] = call.leaves[k].node->data();
  for (std::size_t k = 0; k < call.constants.size(); ++k) plan.constants[k] = call.constants[k];
  plan.rows = call.layout.rows;
  plan.cols = call.layout.cols;
  if constexpr (requires { B::functions(); }) plan.functions = &B::functions();
  return plan;
}

template <class B, class T>
void BackendOn<B, T>::backward_of(const Call& call, Node<T>& self) {
  expr::Plan plan = plan_of(call);
  plan.cotangent = self.grad->data();
  std::vector<std::pair<std::size_t, std::unique_ptr<Buffer<T>>>> extra;
  for (std::size_t k = 0; k < self.inputs.size(); ++k) {
    Node<T>& input = *self.inputs[k];
    if (!input.requires_grad || !call.program.leaves[k].active) continue;
    // Leaves that are the same tensor share one gradient.
    for (std::size_t twin = 0; twin < k && plan.grads[k] == nullptr; ++twin)
      if (self.inputs[twin] == self.inputs[k] && call.program.leaves[twin].extent == call.program.leaves[k].extent)
        plan.grads[k] = plan.grads[twin];
    if (plan.grads[k] != nullptr) continue;
    if (!input.grad) {
      input.grad = std::make_unique<Buffer<T>>(input.shape.numel());
      plan.grads[k] = input.grad->data();
    } else {
      extra.emplace_back(k, std::make_unique<Buffer<T>>(input.shape.numel()));
      plan.grads[k] = extra.back().second->data();
    }
  }
  B::backward_into(call, plan);
  for (const auto& [k, buffer] : extra) add(self.inputs[k]->gradient(), buffer->data(), buffer->size());
}

}  // namespace dmdr::tape
