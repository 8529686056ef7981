// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <dmdr/core/random.hpp>
#include <dmdr/libtorch/backend.hpp>
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/denoiser.hpp>

namespace dmdr {
namespace libtorch {

/// The denoiser of `ClassMlp` on LibTorch: the same formula, names and initial draws as on Eigen (docs/reference/eigen.md), so that a
/// checkpoint of either loads in both.
class ClassMlpNetwork {
 public:
  using Tensor = at::Tensor;
  using Condition = ClassLabels;

  /// Draws are the streams `class_mlp/<name>`. Throws `ConfigError` where an extent of `spec` is out of range.
  ClassMlpNetwork(const LibTorch& backend, const ClassMlp& spec, RandomSource& random,
                  Location where = Location::current());
  ClassMlpNetwork(ClassMlpNetwork&&) noexcept = default;
  ClassMlpNetwork& operator=(ClassMlpNetwork&&) noexcept = default;
  ~ClassMlpNetwork() = default;

  /// The velocity at `x` `[B, data_size]`: as `x`. Scale 0 is the base alone.
  ///
  /// Throws `ShapeError` where x is not `[B, data_size]` or has not one time and one label a sample, `NumericError` for an empty batch and
  /// for a label that is neither a class nor the null label.
  [[nodiscard]] Tensor predict(const Tensor& x, const Times& times, const ClassLabels& labels, double adapter_scale = 0,
                               Location where = Location::current()) const;

  [[nodiscard]] Parameters<Tensor>& base() noexcept { return base_; }
  [[nodiscard]] const Parameters<Tensor>& base() const noexcept { return base_; }
  [[nodiscard]] Parameters<Tensor>& adapter() noexcept { return adapter_; }
  [[nodiscard]] const Parameters<Tensor>& adapter() const noexcept { return adapter_; }
  [[nodiscard]] const ClassMlp& spec() const noexcept { return spec_; }

  [[nodiscard]] ClassMlpNetwork clone() const;
  [[nodiscard]] ClassMlpNetwork share(RandomSource& random) const;

 private:
  ClassMlpNetwork(const LibTorch& backend, const ClassMlp& spec) : backend_(backend), spec_(spec) {}

  void draw_adapter(RandomSource& random);
  [[nodiscard]] Tensor linear(const Tensor& x, const std::string& layer, double scale) const;

  LibTorch backend_;
  ClassMlp spec_;
  Parameters<Tensor> base_, adapter_;
};

static_assert(DenoiserNetwork<ClassMlpNetwork>);

}  // namespace libtorch

template <>
struct network_of<LibTorch, ClassMlp> {
  using type = libtorch::ClassMlpNetwork;
};

}  // namespace dmdr
