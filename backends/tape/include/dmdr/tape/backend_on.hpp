// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/core/adamw_settings.hpp>
#include <dmdr/core/host_tensor.hpp>
#include <dmdr/core/tensor.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/tape/tape.hpp>

namespace dmdr::tape {

/// Tensor handle of a backend that stands on the tape; `B` names the backend, so that tensors of two backends do not mix.
template <class B>
struct Tensor {
  using Scalar = typename B::Scalar;
  Ptr<Scalar> node;

  [[nodiscard]] std::span<const Scalar> values() const { return std::as_const(*node->values).span(); }
};

/// All duties of a differentiable backend but one: a backend derives from it and supplies
/// `static void forward(const Call&, const Plan&)`, `static void backward_into(const Call&, const Plan&)` and `static std::string path(const Call&)`.
template <class B, class T>
class BackendOn {
 public:
  using Scalar = T;
  using Tensor = tape::Tensor<B>;
  using NoGrad = tape::NoGrad;
  using Call = expr::Call<Tensor>;
  /// Element types that need compiled kernels; a backend that interprets formulas hides it by an empty list.
  using KernelElements = ElementTypes<T>;

  /// A tensor of `shape` with the given values, row-major.
  [[nodiscard]] Tensor from_host(const Shape& shape, std::span<const double> values,
                                 Location where = Location::current()) const;
  [[nodiscard]] static std::vector<double> to_host(const Tensor& tensor);
  /// Reads float32 and float64; throws `DtypeError` on others.
  [[nodiscard]] Tensor load(const HostTensor& host, Location where = Location::current()) const;
  [[nodiscard]] static HostTensor store(const Tensor& tensor);

  /// The same elements under another shape; differentiable.
  [[nodiscard]] static Tensor reshape(const Tensor& tensor, const Shape& shape, Location where = Location::current());
  /// Samples `rows[0], rows[1], ...` in this order, repeats allowed; not differentiable.
  [[nodiscard]] static Tensor take_rows(const Tensor& tensor, std::span<const std::int64_t> rows,
                                        Location where = Location::current());
  /// Batches one after the other; not differentiable.
  [[nodiscard]] static Tensor concat_rows(std::span<const Tensor> tensors, Location where = Location::current());

  /// A copy that collects a gradient.
  [[nodiscard]] static Tensor parameter(const Tensor& tensor);
  [[nodiscard]] static bool requires_grad(const Tensor& tensor);
  /// The same elements, shared, without a history.
  [[nodiscard]] static Tensor detach(const Tensor& tensor);
  /// Overwrites the elements of `target`.
  static void assign(Tensor& target, const Tensor& source, Location where = Location::current());

  /// Backward from a scalar, with cotangent 1.
  static void backward(const Tensor& loss, Location where = Location::current());
  /// Backward from several results, each with its cotangent.
  static void backward(std::span<const Tensor> results, std::span<const Tensor> cotangents,
                       Location where = Location::current());
  /// A copy of the collected gradient, or nothing where none arrived.
  [[nodiscard]] static std::optional<Tensor> gradient(const Tensor& tensor);
  static void clear_gradients(std::span<const Tensor> tensors);
  /// Scales all gradients so that their joint 2-norm is at most `max_norm`; returns the norm before, which is not finite if any
  /// gradient is not. Gradients are left alone where it is not finite.
  static Tensor clip_gradients(std::span<const Tensor> tensors, double max_norm);
  /// average <- decay * average + (1 - decay) * value.
  static void ema(std::span<const Tensor> averages, std::span<const Tensor> values, double decay,
                  Location where = Location::current());
  /// Runs `block` without keeping its intermediates; they are computed again in the backward pass.
  ///
  /// Gradients flow to `inputs` and to the parameters that the block uses. If no input requires a gradient, the result does not
  /// either, as in PyTorch's re-entrant form. The block must give the same values both times.
  [[nodiscard]] static Tensor checkpoint(const std::function<Tensor(std::span<const Tensor>)>& block,
                                         std::span<const Tensor> inputs);

  /// AdamW in the element type of the tensors, PyTorch's order of operations.
  class AdamW {
   public:
    AdamW(std::vector<Tensor> parameters, const AdamWSettings& settings);
    /// One update from the gradients held by the parameters; a parameter without one is left alone.
    void step(double learning_rate);
    /// Moments `<k>.exp_avg` and `<k>.exp_avg_sq` of parameter k, and the count `step`.
    [[nodiscard]] NamedTensors state() const;
    /// Takes back what `state()` gave; throws `FileError` where a tensor is missing or of another shape.
    void restore(const NamedTensors& state, Location where = Location::current());

   private:
    std::vector<Tensor> parameters_;
    AdamWSettings settings_;
    std::vector<std::vector<T>> first_, second_;
    std::int64_t steps_ = 0;
  };

  /// Runs an expression terminal as a differentiable node.
  [[nodiscard]] static Tensor evaluate(const Call& call);
  /// Runs two formulas beside each other, where the backend has kernels for them: `forward_beside(call, plan, row_means)`.
  template <class Kernels = B>
  requires requires(const Call& call, const expr::Plan& plan, T* row_means) {
    Kernels::forward_beside(call, plan, row_means);
  }
  [[nodiscard]] static expr::RowMeanBesideValues<Tensor> beside(const Call& call) {
    auto means = std::make_shared<Buffer<T>>(call.layout.rows);
    auto values = std::make_shared<Buffer<T>>(call.layout.shape.numel());
    expr::Plan plan = plan_of(call);
    plan.out = values->data();
    Kernels::forward_beside(call, plan, means->data());
    return {{leaf<T>(Shape{call.layout.rows}, std::move(means))}, {leaf<T>(call.layout.shape, std::move(values))}};
  }

 private:
  static void add(T* target, const T* source, std::int64_t size);
  static void require_same(const char* what, const Tensor& a, const Tensor& b, Location where);
  static expr::Plan plan_of(const Call& call);
  // The first gradient of an input is written in place; a further one goes through a temporary and is added.
  static void backward_of(const Call& call, Node<T>& self);
};

}  // namespace dmdr::tape

namespace dmdr {

template <class B>
struct tensor_traits<tape::Tensor<B>> {
  using Backend = B;
  using Elements = typename B::KernelElements;
  static Shape shape(const tape::Tensor<B>& tensor) { return tensor.node ? tensor.node->shape : Shape{0}; }
  static Dtype dtype(const tape::Tensor<B>&) { return dtype_v<typename B::Scalar>; }
  static Device device(const tape::Tensor<B>&) { return {}; }
  static tape::Tensor<B> evaluate(const expr::Call<tape::Tensor<B>>& call) { return B::evaluate(call); }
  static std::string path(const expr::Call<tape::Tensor<B>>& call) { return B::path(call); }
  template <class Kernels = B>
  requires requires(const expr::Call<tape::Tensor<B>>& call) { Kernels::beside(call); }
  static expr::RowMeanBesideValues<tape::Tensor<B>> beside(const expr::Call<tape::Tensor<B>>& call) {
    return Kernels::beside(call);
  }
};

}  // namespace dmdr

// Always included: a backend of a user's own is instantiated where it is used. Those of this project are compiled once in
// dmdr::compiled, and declare themselves `extern template` beside their definitions.
#include <dmdr/tape/adamw.ipp>       // IWYU pragma: export
#include <dmdr/tape/backend_on.ipp>  // IWYU pragma: export
