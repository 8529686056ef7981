// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/Version.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/where.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/headeronly/version.h>

#include <dmdr/core/error.hpp>
#include <dmdr/libtorch/backend.hpp>

#include "convert.hpp"
#include "norm.hpp"

namespace dmdr {
namespace {

using libtorch::scalar_type;
using libtorch::sizes_of;
using libtorch::torch_device;

void require_same(const char* what, const at::Tensor& a, const at::Tensor& b, Location where) {
  if (!(shape_of(a) == shape_of(b)))
    throw ShapeError(std::string(what) + ": " + shape_of(a).str() + " and " + shape_of(b).str() + " differ", where);
}

c10::ScalarType data_type(Dtype dtype, Location where) {
  const c10::ScalarType type = scalar_type(dtype);
  if (!c10::isFloatingType(type))
    throw DtypeError("LibTorch: data cannot be " + std::string(name_of(dtype)) + ": it must be a floating-point type",
                     where);
  return type;
}

at::Tensor on_host(const at::Tensor& tensor) { return tensor.detach().to(c10::kCPU).contiguous(); }

}  // namespace

at::Tensor LibTorch::from_host(const Shape& shape, std::span<const double> values, Location where) const {
  if (static_cast<std::int64_t>(values.size()) != shape.numel())
    throw ShapeError("from_host: " + shape.str() + " needs " + std::to_string(shape.numel()) + " values, got " +
                         std::to_string(values.size()),
                     where);
  const c10::ScalarType type = data_type(dtype, where);
  const c10::Device target = torch_device(device, where);
  const at::Tensor borrowed =
      at::from_blob(const_cast<double*>(values.data()), sizes_of(shape), at::dtype(c10::kDouble));
  return borrowed.to(target, type, /*non_blocking=*/false, /*copy=*/true);
}

std::vector<double> LibTorch::to_host(const at::Tensor& tensor) {
  if (!tensor.defined()) return {};
  const at::Tensor host = tensor.detach().to(c10::kCPU, c10::kDouble).contiguous();
  const double* const first = host.const_data_ptr<double>();
  return {first, first + host.numel()};
}

at::Tensor LibTorch::load(const HostTensor& host, Location where) const {
  const c10::ScalarType type = data_type(dtype, where);
  const c10::ScalarType held = scalar_type(host.dtype);
  if (!c10::isFloatingType(held))
    throw DtypeError("load: the tensor holds " + std::string(name_of(host.dtype)) + ", expected a floating-point type",
                     where);
  if (host.bytes.size() != static_cast<std::size_t>(host.shape.numel()) * size_of(host.dtype))
    throw ShapeError("load: " + host.shape.str() + " " + std::string(name_of(host.dtype)) + " comes with " +
                         std::to_string(host.bytes.size()) + " bytes",
                     where);
  const c10::Device target = torch_device(device, where);
  const at::Tensor borrowed =
      at::from_blob(const_cast<std::byte*>(host.bytes.data()), sizes_of(host.shape), at::dtype(held));
  return borrowed.to(target, type, /*non_blocking=*/false, /*copy=*/true);
}

HostTensor LibTorch::store(const at::Tensor& tensor) {
  HostTensor host{shape_of(tensor), dtype_of(tensor), {}};
  if (!tensor.defined() || tensor.numel() == 0) return host;
  const at::Tensor values = on_host(tensor);
  host.bytes.resize(values.nbytes());
  std::memcpy(host.bytes.data(), values.const_data_ptr(), host.bytes.size());
  return host;
}

at::Tensor LibTorch::reshape(const at::Tensor& tensor, const Shape& shape, Location where) {
  if (shape.numel() != shape_of(tensor).numel())
    throw ShapeError("reshape: " + shape_of(tensor).str() + " cannot become " + shape.str(), where);
  return tensor.reshape(sizes_of(shape));
}

at::Tensor LibTorch::take_rows(const at::Tensor& tensor, std::span<const std::int64_t> rows, Location where) {
  const Shape shape = shape_of(tensor);
  if (shape.rank() == 0) throw ShapeError("take_rows: a scalar has no samples", where);
  for (const std::int64_t row : rows)
    if (row < 0 || row >= shape.rows())
      throw ShapeError("take_rows: sample " + std::to_string(row) + " of " + shape.str(), where);
  const at::Tensor borrowed = at::from_blob(const_cast<std::int64_t*>(rows.data()),
                                            {static_cast<std::int64_t>(rows.size())}, at::dtype(c10::kLong));
  return tensor.index_select(0, borrowed.to(tensor.device(), c10::kLong, false, /*copy=*/true));
}

at::Tensor LibTorch::concat_rows(std::span<const at::Tensor> tensors, Location where) {
  if (tensors.empty()) throw ShapeError("concat_rows: no tensors", where);
  const Shape first = shape_of(tensors[0]);
  for (const at::Tensor& tensor : tensors) {
    const Shape shape = shape_of(tensor);
    if (shape.rank() == 0 || !(shape.with_rows(0) == first.with_rows(0)))
      throw ShapeError("concat_rows: " + shape.str() + " does not fit " + first.str(), where);
  }
  return at::cat(at::TensorList(tensors.data(), tensors.size()), 0);
}

at::Tensor LibTorch::parameter(const at::Tensor& tensor) {
  return tensor.detach().clone(c10::MemoryFormat::Contiguous).set_requires_grad(true);
}

bool LibTorch::requires_grad(const at::Tensor& tensor) { return tensor.defined() && tensor.requires_grad(); }

at::Tensor LibTorch::detach(const at::Tensor& tensor) { return tensor.detach(); }

void LibTorch::assign(at::Tensor& target, const at::Tensor& source, Location where) {
  require_same("assign", target, source, where);
  const NoGrad no_grad;
  target.copy_(source);
}

void LibTorch::backward(const at::Tensor& loss, Location where) {
  if (shape_of(loss).numel() != 1)
    throw ShapeError("backward: a loss has one element, got " + shape_of(loss).str() + "; give a cotangent", where);
  const at::Tensor one = at::ones_like(loss.detach());
  backward(std::span(&loss, 1), std::span(&one, 1), where);
}

void LibTorch::backward(std::span<const at::Tensor> results, std::span<const at::Tensor> cotangents, Location where) {
  if (results.size() != cotangents.size())
    throw ShapeError("backward: " + std::to_string(results.size()) + " results but " +
                         std::to_string(cotangents.size()) + " cotangents",
                     where);
  std::vector<at::Tensor> roots, seeds;
  for (std::size_t k = 0; k < results.size(); ++k) {
    require_same("backward", results[k], cotangents[k], where);
    if (!requires_grad(results[k]))
      throw Error("backward: result " + std::to_string(k + 1) + " " + describe_tensor(results[k]) +
                      " requires no gradient",
                  where);
    roots.push_back(results[k]);
    seeds.push_back(cotangents[k].to(results[k].options().requires_grad(false)));
  }
  if (roots.empty()) throw Error("backward: no results", where);
  try {
    torch::autograd::backward(roots, seeds);
  } catch (const c10::Error& error) {
    throw Error(std::string("backward: ") + error.what_without_backtrace(), where);
  }
}

std::optional<at::Tensor> LibTorch::gradient(const at::Tensor& tensor) {
  // Only leaves keep theirs; asked for another one LibTorch warns.
  if (!tensor.is_leaf() || !tensor.grad().defined()) return std::nullopt;
  return tensor.grad().detach().clone(c10::MemoryFormat::Contiguous);
}

void LibTorch::clear_gradients(std::span<const at::Tensor> tensors) {
  for (const at::Tensor& tensor : tensors) tensor.mutable_grad().reset();
}

at::Tensor LibTorch::clip_gradients(std::span<const at::Tensor> tensors, double max_norm) {
  std::vector<at::Tensor> gradients;
  for (const at::Tensor& tensor : tensors)
    if (tensor.grad().defined()) gradients.push_back(tensor.grad());
  const NoGrad no_grad;
  const at::Tensor norm = libtorch::joint_norm(gradients);
  if (gradients.empty()) return norm;
  // PyTorch's clip_grad_norm_ divides by norm + 1e-6.
  if (norm.is_cpu()) {
    const double value = norm.item<double>();
    const double factor = max_norm / (value + 1e-6);
    if (std::isfinite(value) && factor < 1) at::_foreach_mul_(gradients, c10::Scalar(factor));
  } else {
    const at::Tensor one = at::ones_like(norm);
    const at::Tensor factor = at::minimum(one, (norm + 1e-6).reciprocal_().mul_(max_norm));
    at::_foreach_mul_(gradients, at::where(at::isfinite(norm), factor, one));
  }
  return norm;
}

void LibTorch::ema(std::span<const at::Tensor> averages, std::span<const at::Tensor> values, double decay,
                   Location where) {
  if (averages.size() != values.size())
    throw ShapeError("ema: " + std::to_string(averages.size()) + " averages of " + std::to_string(values.size()) +
                         " values",
                     where);
  for (std::size_t k = 0; k < averages.size(); ++k) require_same("ema", averages[k], values[k], where);
  const NoGrad no_grad;
  std::vector<at::Tensor> to, from;
  for (std::size_t k = 0; k < averages.size(); ++k) {
    to.push_back(averages[k]);
    from.push_back(values[k].to(averages[k].options().requires_grad(false)));
  }
  if (!to.empty()) at::_foreach_lerp_(to, from, c10::Scalar(1 - decay));
}

namespace libtorch {

bool has_cuda() { return at::globalContext().hasCUDA(); }

void set_threads(int threads, Location where) {
  if (threads < 1) throw ConfigError("LibTorch: threads must be at least 1, got " + std::to_string(threads), where);
  at::set_num_threads(threads);
}

int threads() { return at::get_num_threads(); }

void set_deterministic(bool on) {
  // Both libraries read these once, when they first compute. What the user has set stays.
  if (on) {
    // MKL splits the sums of a product by the number of threads, unless it is told not to.
    const std::string instructions = at::get_cpu_capability();
    if (instructions == "AVX2" || instructions == "AVX512") ::setenv("MKL_CBWR", (instructions + ",STRICT").c_str(), 0);
    ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
  }
  at::globalContext().setDeterministicAlgorithms(on, /*warn_only=*/false);
  at::globalContext().setDeterministicCuDNN(on);
}

void set_tf32(bool on) {
  at::globalContext().setAllowTF32CuBLAS(on);
  at::globalContext().setAllowTF32CuDNN(on);
}

std::string version() {
  return std::to_string(TORCH_VERSION_MAJOR) + "." + std::to_string(TORCH_VERSION_MINOR) + "." +
         std::to_string(TORCH_VERSION_PATCH);
}

}  // namespace libtorch
}  // namespace dmdr
