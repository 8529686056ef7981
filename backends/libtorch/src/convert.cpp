// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "convert.hpp"

#include <ATen/Context.h>

#include <dmdr/core/error.hpp>
#include <dmdr/libtorch/tensor.hpp>

namespace dmdr::libtorch {

c10::ScalarType scalar_type(Dtype dtype) {
  switch (dtype) {
    case Dtype::f64: return c10::kDouble;
    case Dtype::f32: return c10::kFloat;
    case Dtype::f16: return c10::kHalf;
    case Dtype::bf16: return c10::kBFloat16;
    case Dtype::i64: return c10::kLong;
    case Dtype::i32: return c10::kInt;
    case Dtype::u8: return c10::kByte;
  }
  return c10::kFloat;
}

std::optional<Dtype> dtype_of(c10::ScalarType type) {
  switch (type) {
    case c10::kDouble: return Dtype::f64;
    case c10::kFloat: return Dtype::f32;
    case c10::kHalf: return Dtype::f16;
    case c10::kBFloat16: return Dtype::bf16;
    case c10::kLong: return Dtype::i64;
    case c10::kInt: return Dtype::i32;
    case c10::kByte: return Dtype::u8;
    default: return std::nullopt;
  }
}

c10::Device torch_device(Device device, Location where) {
  if (device.kind == Device::Kind::cpu) return {c10::kCPU};
  if (!at::globalContext().hasCUDA())
    throw DeviceError("LibTorch: " + device.str() +
                          " was asked for, but this program's LibTorch has no CUDA, or no CUDA device answers",
                      where);
  const auto count = static_cast<int>(at::globalContext().getAcceleratorHooksInterface(c10::kCUDA).deviceCount());
  if (device.index < 0 || device.index >= count)
    throw DeviceError("LibTorch: " + device.str() + " was asked for, but there are " + std::to_string(count) +
                          " CUDA devices",
                      where);
  return {c10::kCUDA, static_cast<c10::DeviceIndex>(device.index)};
}

c10::IntArrayRef sizes_of(const Shape& shape) { return {shape.extents().data(), shape.extents().size()}; }

}  // namespace dmdr::libtorch

namespace dmdr {

Shape tensor_traits<at::Tensor>::shape(const at::Tensor& tensor) {
  if (!tensor.defined()) return Shape{0};
  const c10::IntArrayRef sizes = tensor.sizes();
  return Shape(std::span(sizes.data(), sizes.size()));
}

Dtype tensor_traits<at::Tensor>::dtype(const at::Tensor& tensor) {
  if (!tensor.defined()) return Dtype::f32;
  if (const auto found = libtorch::dtype_of(tensor.scalar_type())) return *found;
  throw DtypeError(std::string("LibTorch: a tensor of ") + c10::toString(tensor.scalar_type()) +
                   " is none of the element types that the library works with");
}

Device tensor_traits<at::Tensor>::device(const at::Tensor& tensor) {
  if (!tensor.defined() || tensor.is_cpu()) return {};
  if (tensor.is_cuda()) return {Device::Kind::cuda, tensor.get_device()};
  throw DeviceError("LibTorch: a tensor on " + tensor.device().str() + "; the library works on cpu and cuda");
}

}  // namespace dmdr
