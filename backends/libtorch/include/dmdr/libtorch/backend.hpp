// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <dmdr/core/backend.hpp>
#include <dmdr/libtorch/adamw.hpp>
#include <dmdr/libtorch/tensor.hpp>

#include <c10/core/GradMode.h>

namespace dmdr {

/// The backend for real models: LibTorch on the host and on CUDA.
///
/// Its settings are the device, the element type of data (`x0`, noise, times, losses: float32, or float64 in tests) and that of the weights
/// of networks. CUDA works where the LibTorch that the program is linked with has it; asked for
/// elsewhere, every creation throws `DeviceError`.
struct LibTorch {
  using Tensor = at::Tensor;
  using NoGrad = c10::NoGradGuard;
  using AdamW = libtorch::AdamW;
  static constexpr const char* name = "libtorch";

  Device device{};
  Dtype dtype = Dtype::f32;
  std::optional<Dtype> weight_dtype{};  ///< bfloat16 saves memory; `dtype` where nothing is given

  [[nodiscard]] Dtype weights() const noexcept { return weight_dtype.value_or(dtype); }

  /// A tensor of `shape` with the given values, row-major. Throws `ShapeError` where the count is another, `DtypeError` where `dtype` is no
  /// floating-point type, `DeviceError` where the device is not there.
  [[nodiscard]] Tensor from_host(const Shape& shape, std::span<const double> values,
                                 Location where = Location::current()) const;
  [[nodiscard]] static std::vector<double> to_host(const Tensor& tensor);
  /// Reads float64, float32, float16 and bfloat16, rounded to `dtype`; throws `DtypeError` on others.
  [[nodiscard]] Tensor load(const HostTensor& host, Location where = Location::current()) const;
  [[nodiscard]] static HostTensor store(const Tensor& tensor);

  /// The same elements under another shape; differentiable.
  [[nodiscard]] static Tensor reshape(const Tensor& tensor, const Shape& shape, Location where = Location::current());
  /// Samples `rows[0], rows[1], ...` in this order, repeats allowed; differentiable.
  [[nodiscard]] static Tensor take_rows(const Tensor& tensor, std::span<const std::int64_t> rows,
                                        Location where = Location::current());
  /// Batches one after the other; differentiable.
  [[nodiscard]] static Tensor concat_rows(std::span<const Tensor> tensors, Location where = Location::current());

  /// A copy that collects a gradient.
  [[nodiscard]] static Tensor parameter(const Tensor& tensor);
  [[nodiscard]] static bool requires_grad(const Tensor& tensor);
  /// The same elements, shared, without a history.
  [[nodiscard]] static Tensor detach(const Tensor& tensor);
  /// Overwrites the elements of `target`, converting their type.
  static void assign(Tensor& target, const Tensor& source, Location where = Location::current());

  /// Backward from a scalar, with cotangent 1.
  static void backward(const Tensor& loss, Location where = Location::current());
  /// Backward from several results, each with its cotangent.
  static void backward(std::span<const Tensor> results, std::span<const Tensor> cotangents,
                       Location where = Location::current());
  /// A copy of the collected gradient, or nothing where none arrived.
  [[nodiscard]] static std::optional<Tensor> gradient(const Tensor& tensor);
  static void clear_gradients(std::span<const Tensor> tensors);
  /// Scales all gradients so that their joint 2-norm is at most `max_norm`; returns the norm before, `[]` in float64, which is not finite if any
  /// gradient is not. Gradients are left alone where it is not finite. On the host the norm is summed in a fixed order. On a device nothing is
  /// waited for; all gradients are on one device.
  static Tensor clip_gradients(std::span<const Tensor> tensors, double max_norm);
  /// average <- decay * average + (1 - decay) * value for each pair, all in one call of LibTorch where types and devices agree.
  static void ema(std::span<const Tensor> averages, std::span<const Tensor> values, double decay,
                  Location where = Location::current());
  /// Runs `block` without keeping its intermediates; they are computed again in the backward pass.
  ///
  /// Gradients flow to `inputs` and to the parameters that the block uses. If no input requires a gradient, the result does not
  /// either, as in PyTorch's re-entrant form. The block must give the same values both times: it takes its random numbers from outside.
  [[nodiscard]] static Tensor checkpoint(const std::function<Tensor(std::span<const Tensor>)>& block,
                                         std::span<const Tensor> inputs);
};

namespace libtorch {

/// Whether this program's LibTorch can compute on CUDA: it is linked with the CUDA libraries and a device answers.
[[nodiscard]] bool has_cuda();
/// Threads of LibTorch's operators and of the row kernels, for the whole process. Throws `ConfigError` below 1.
void set_threads(int threads, Location where = Location::current());
[[nodiscard]] int threads();
/// Deterministic algorithms only, for the whole process: an operator that has none throws. Call it before the first product: the libraries of
/// products read the variables `MKL_CBWR=AVX512,STRICT` (or AVX2) and `CUBLAS_WORKSPACE_CONFIG=:4096:8` once, and this sets them where they
/// are not. On the host, results then do not depend on the number of threads; without it they do on some processors. The row kernels are
/// deterministic either way.
void set_deterministic(bool on);
/// Whether CUDA may round the factors of float32 products and convolutions to 10 bits (TF32), for the whole process. LibTorch's own default is no
/// for products and yes for convolutions.
void set_tf32(bool on);
/// Who multiplies matrices of float32 on the host, in the linear layers of the networks.
enum class Products : std::uint8_t {
  automatic,  ///< oneDNN where it is faster, as far as is known: with AVX-512 on processors that MKL does not take its kernels for AVX-512 on
  blas,       ///< what LibTorch's operators call, MKL as a rule
  onednn,  ///< oneDNN, which LibTorch brings along; layers of fewer than 64 rows, inputs or outputs go to `blas` all the same
};
/// For the whole process. Throws `ConfigError` where LibTorch has no oneDNN that is asked for.
void set_products(Products products, Location where = Location::current());
/// What is in force: `blas` or `onednn`; `blas` where `set_deterministic` is on.
[[nodiscard]] Products products();
/// `2.11.0`
[[nodiscard]] std::string version();

}  // namespace libtorch

static_assert(DifferentiableBackend<LibTorch>);

}  // namespace dmdr
