// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <string>

#include <dmdr/core/dtype.hpp>
#include <dmdr/core/shape.hpp>

namespace dmdr {

/// What the library must know of a backend's tensor type; a backend specialises it (see backends/README.md).
///
/// Members: `using Backend`, and static `shape(t)`, `dtype(t)`, `device(t)`, `evaluate(call)` of an expression terminal.
template <class Tensor>
struct tensor_traits;

/// A cheap, shared handle to a tensor of some backend: copying it copies no data.
template <class Tensor>
concept TensorHandle = std::semiregular<Tensor> && requires(const Tensor& tensor) {
  typename tensor_traits<Tensor>::Backend;
  { tensor_traits<Tensor>::shape(tensor) } -> std::convertible_to<Shape>;
  { tensor_traits<Tensor>::dtype(tensor) } -> std::same_as<Dtype>;
  { tensor_traits<Tensor>::device(tensor) } -> std::same_as<Device>;
};

/// Element types for which expressions over a tensor type are compiled.
template <class... Ts>
struct ElementTypes {};
/// `tensor_traits<Tensor>::Elements` where the backend names them, else double and float.
template <class Tensor>
struct element_types_of {
  using type = ElementTypes<double, float>;
};
template <class Tensor>
requires requires { typename tensor_traits<Tensor>::Elements; }
struct element_types_of<Tensor> {
  using type = typename tensor_traits<Tensor>::Elements;
};

template <TensorHandle Tensor>
[[nodiscard]] Shape shape_of(const Tensor& tensor) {
  return tensor_traits<Tensor>::shape(tensor);
}
template <TensorHandle Tensor>
[[nodiscard]] Dtype dtype_of(const Tensor& tensor) {
  return tensor_traits<Tensor>::dtype(tensor);
}
template <TensorHandle Tensor>
[[nodiscard]] Device device_of(const Tensor& tensor) {
  return tensor_traits<Tensor>::device(tensor);
}
/// `[4, 16] float32 on cpu`: how a tensor is named in messages.
template <TensorHandle Tensor>
[[nodiscard]] std::string describe_tensor(const Tensor& tensor) {
  return shape_of(tensor).str() + " " + std::string(name_of(dtype_of(tensor))) + " on " + dmdr::device_of(tensor).str();
}

}  // namespace dmdr
