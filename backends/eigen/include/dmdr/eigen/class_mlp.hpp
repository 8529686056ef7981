// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/core/location.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/diffusion/time.hpp>
#include <dmdr/eigen/backend.hpp>
#include <dmdr/eigen/ops.hpp>
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/denoiser.hpp>

namespace dmdr {
namespace eigen {

/// `[sin(f_0 t) .. sin(f_15 t), cos(f_0 t) .. cos(f_15 t)]`, f_j = 100^(j/15): `[B, 32]`. Computed in double, then
/// rounded.
template <class T>
[[nodiscard]] Tensor<T> time_embedding(const Times& times);

/// The denoiser of `ClassMlp` on the Eigen backend: its doc has the formula, docs/reference/eigen.md the names of the
/// tensors.
///
/// All parameters of a new network require a gradient. It can be moved; `clone()` and `share()` say how another one is
/// meant.
template <class T>
class ClassMlpNetwork {
 public:
  using Tensor = eigen::Tensor<T>;
  using Condition = ClassLabels;
  using B = EigenCpu<T>;

  /// Weights are normal with std 1/sqrt(fan-in); `out.weight` starts x1e-3 and `w2` x0.3, so that a new network
  /// predicts nearly zero.
  ///
  /// Draws are the streams `class_mlp/<name>`. Throws `ConfigError` where an extent of `spec` is out of range.
  ClassMlpNetwork(const B& backend, const ClassMlp& spec, RandomSource& random, Location where = Location::current());
  ClassMlpNetwork(ClassMlpNetwork&&) noexcept = default;
  ClassMlpNetwork& operator=(ClassMlpNetwork&&) noexcept = default;
  ~ClassMlpNetwork() = default;

  /// The velocity at `x` `[B, data_size]`: as `x`.
  ///
  /// Scale 0 is the base alone, bit for bit, and costs nothing of the adapter. Throws `ShapeError` where x is not `[B,
  /// data_size]` or has not one time and one label a sample, `NumericError` for an empty batch and for a label that is
  /// neither a class nor the null label.
  [[nodiscard]] Tensor predict(const Tensor& x, const Times& times, const ClassLabels& labels, double adapter_scale = 0,
                               Location where = Location::current()) const;

  [[nodiscard]] Parameters<Tensor>& base() noexcept { return base_; }
  [[nodiscard]] const Parameters<Tensor>& base() const noexcept { return base_; }
  [[nodiscard]] Parameters<Tensor>& adapter() noexcept { return adapter_; }
  [[nodiscard]] const Parameters<Tensor>& adapter() const noexcept { return adapter_; }
  [[nodiscard]] const ClassMlp& spec() const noexcept { return spec_; }

  /// A copy of every tensor; what requires a gradient here does so there. Gradients are not copied.
  [[nodiscard]] ClassMlpNetwork clone() const;
  /// A network over the same base elements, which no gradient of it reaches, with a new adapter whose contribution is
  /// zero.
  [[nodiscard]] ClassMlpNetwork share(RandomSource& random) const;

 private:
  /// Names of a weight and of its adapter.
  struct Linear {
    explicit Linear(const std::string& prefix)
        : weight(prefix + ".weight"), a(prefix + ".lora_a"), b(prefix + ".lora_b") {}
    std::string weight, a, b;
  };
  struct Block {
    explicit Block(const std::string& prefix)
        : w1(prefix + ".w1"), w2(prefix + ".w2"), u(prefix + ".u"), b(prefix + ".b") {}
    Linear w1, w2, u;
    std::string b;
  };
  static constexpr std::int64_t embedding_size = 32;
  static constexpr double class_std = 0.02;

  ClassMlpNetwork(const B& backend, const ClassMlp& spec);

  void draw_adapter(RandomSource& random);
  /// `W x + s B (A x)` as products of a sum.
  [[nodiscard]] std::vector<Product<T>> adapted(const Linear& layer, const Tensor& x, double scale) const;
  [[nodiscard]] std::vector<std::int64_t> table_rows(const ClassLabels& labels, Location where) const;
  [[nodiscard]] static Tensor cloned(const Tensor& tensor);

  B backend_;
  ClassMlp spec_;
  std::vector<Block> blocks_;
  Parameters<Tensor> base_, adapter_;
};

static_assert(DenoiserNetwork<ClassMlpNetwork<float>> && DenoiserNetwork<ClassMlpNetwork<double>>);

}  // namespace eigen

template <class T>
struct network_of<EigenCpu<T>, ClassMlp> {
  using type = eigen::ClassMlpNetwork<T>;
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/eigen/class_mlp.ipp>  // IWYU pragma: export
#endif
