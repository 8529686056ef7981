// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <dmdr/core/adamw_settings.hpp>
#include <dmdr/core/host_tensor.hpp>
#include <dmdr/core/tensor.hpp>

namespace dmdr {

/// A tensor library as the policies see it. backends/README.md states each duty; the conformance suite checks them.
///
/// An object of the backend holds settings only (device, element type); what makes a tensor out of nothing is a member of the
/// object, what works on tensors is static. There is no list of tensor operations: networks are the backend's own business.
template <class B>
concept Backend = std::copyable<B> && TensorHandle<typename B::Tensor> &&
    requires(const B& backend, const typename B::Tensor& tensor, std::span<const typename B::Tensor> tensors,
             const Shape& shape, std::span<const double> values, std::span<const std::int64_t> rows,
             const HostTensor& host) {
  { B::name } -> std::convertible_to<const char*>;
  { backend.from_host(shape, values) } -> std::same_as<typename B::Tensor>;
  { B::to_host(tensor) } -> std::same_as<std::vector<double>>;
  { backend.load(host) } -> std::same_as<typename B::Tensor>;
  { B::store(tensor) } -> std::same_as<HostTensor>;
  { B::reshape(tensor, shape) } -> std::same_as<typename B::Tensor>;
  { B::take_rows(tensor, rows) } -> std::same_as<typename B::Tensor>;
  { B::concat_rows(tensors) } -> std::same_as<typename B::Tensor>;
};

/// The optimiser that a differentiable backend supplies; it updates the tensors in place, from the gradients that they hold.
template <class O, class Tensor>
concept AdamWOptimiser = std::constructible_from < O,
        std::vector<Tensor>,
const AdamWSettings& > &&requires(O& optimiser, const O& fixed, double learning_rate, const NamedTensors& state) {
  optimiser.step(learning_rate);
  { fixed.state() } -> std::same_as<NamedTensors>;
  optimiser.restore(state);
};

/// A backend that can train.
template <class B>
concept DifferentiableBackend = Backend<B> && AdamWOptimiser<typename B::AdamW, typename B::Tensor> &&
    std::default_initializable<typename B::NoGrad> &&
    requires(typename B::Tensor tensor, const typename B::Tensor& fixed, std::span<const typename B::Tensor> tensors,
             double number, typename B::Tensor (*block)(std::span<const typename B::Tensor>)) {
  { B::parameter(fixed) } -> std::same_as<typename B::Tensor>;
  { B::requires_grad(fixed) } -> std::same_as<bool>;
  { B::detach(fixed) } -> std::same_as<typename B::Tensor>;
  B::assign(tensor, fixed);
  B::backward(fixed);
  B::backward(tensors, tensors);
  { B::gradient(fixed) } -> std::same_as<std::optional<typename B::Tensor>>;
  B::clear_gradients(tensors);
  { B::clip_gradients(tensors, number) } -> std::same_as<typename B::Tensor>;
  B::ema(tensors, tensors, number);
  { B::checkpoint(block, tensors) } -> std::same_as<typename B::Tensor>;
};

/// The backend that a tensor belongs to.
template <TensorHandle Tensor>
using backend_of_t = typename tensor_traits<Tensor>::Backend;

}  // namespace dmdr
