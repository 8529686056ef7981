// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <dmdr/core/random.hpp>
#include <dmdr/libtorch/backend.hpp>
#include <dmdr/libtorch/sit_body.hpp>
#include <dmdr/model/denoiser.hpp>
#include <dmdr/model/sit.hpp>

namespace dmdr {
namespace libtorch {

/// The denoiser of `BasicSit` on LibTorch: a forward function over a store of named parameters, whose names are the official file's.
///
/// Weights have the type `LibTorch::weights()` and the network computes in it; input and output have the type of `x`. Time is embedded before
/// any rounding to 16 bits, at the frequencies `10000^(-j/128)` rounded to float32, as the official code has them.
/// All parameters of a new network but `pos_embed` require a gradient.
class SitNetwork {
 public:
  using Tensor = at::Tensor;
  using Condition = ClassLabels;

  /// Official initial values: linear layers Xavier-uniform with zero bias, class table and time embedding normal with standard deviation .02,
  /// all modulations and the last layer zero, so that a new network predicts zero. Draws are the streams `sit/<name>`.
  ///
  /// Throws `ConfigError` where the sizes do not fit each other.
  SitNetwork(const LibTorch& backend, const SitSettings& settings, RandomSource& random,
             Location where = Location::current());
  /// A network without elements (on LibTorch's meta device): names, shapes and types only.
  [[nodiscard]] static SitNetwork meta(const LibTorch& backend, const SitSettings& settings,
                                       Location where = Location::current());
  /// A network with the weights of an official file. A `module.` before each name and the `projectors.` of REPA's files are left out.
  ///
  /// Throws `FileError` naming every tensor that is missing, unexpected or of another shape, `DtypeError` where one holds no floats.
  [[nodiscard]] static SitNetwork load(const LibTorch& backend, const SitSettings& settings, const NamedTensors& named,
                                       Location where = Location::current());

  SitNetwork(SitNetwork&&) noexcept = default;
  SitNetwork& operator=(SitNetwork&&) noexcept = default;
  ~SitNetwork() = default;

  /// The velocity at `x` `[B, channels, size, size]`: as `x`. Scale 0 is the base alone and costs nothing of the adapter.
  ///
  /// Throws `ShapeError` where x has another shape or has not one time and one label a sample, `NumericError` for an empty batch and for a
  /// label that is neither a class nor the null label, `DeviceError` where x is not where the weights are.
  [[nodiscard]] Tensor predict(const Tensor& x, const Times& times, const ClassLabels& labels, double adapter_scale = 0,
                               Location where = Location::current()) const;

  [[nodiscard]] Parameters<Tensor>& base() noexcept { return body_.base; }
  [[nodiscard]] const Parameters<Tensor>& base() const noexcept { return body_.base; }
  [[nodiscard]] Parameters<Tensor>& adapter() noexcept { return body_.adapter; }
  [[nodiscard]] const Parameters<Tensor>& adapter() const noexcept { return body_.adapter; }
  [[nodiscard]] const SitSettings& settings() const noexcept { return body_.settings; }

  /// A copy of every tensor; what requires a gradient here does so there. Gradients are not copied.
  [[nodiscard]] SitNetwork clone() const { return SitNetwork(body_.clone()); }
  /// A network over the same base elements, which no gradient of it reaches, with a new adapter whose contribution is zero; of the form that
  /// the settings name, or of `adapter`.
  [[nodiscard]] SitNetwork share(RandomSource& random) const { return share(random, body_.settings.adapter); }
  [[nodiscard]] SitNetwork share(RandomSource& random, const SitAdapter& adapter) const {
    return SitNetwork(body_.share(random, adapter, "sit"));
  }

 private:
  explicit SitNetwork(SitBody body) : body_(std::move(body)) {}
  SitNetwork(const LibTorch& backend, const SitSettings& settings, Location where);

  SitBody body_;
};

}  // namespace libtorch

template <class Space>
struct network_of<LibTorch, BasicSit<Space>> {
  using type = libtorch::SitNetwork;
};

static_assert(DenoiserNetwork<libtorch::SitNetwork>);

}  // namespace dmdr
