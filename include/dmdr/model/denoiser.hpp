// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/core/backend.hpp>
#include <dmdr/core/error.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/core/role.hpp>
#include <dmdr/diffusion/path.hpp>
#include <dmdr/diffusion/prediction.hpp>
#include <dmdr/model/condition.hpp>

namespace dmdr {

/// Where a generator's tensors live: pixels in [-1, 1], or the latents of an autoencoder.
struct PixelSpace {
  static constexpr bool needs_decoder = false;
};
struct LatentSpace {
  static constexpr bool needs_decoder = true;
};

/// A generator without a backend: what its tensors mean, not how they are computed.
template <class G>
concept GeneratorSpec = std::same_as<role_of_t<G>, role::generator> && Path<typename G::Path> &&
    Prediction<typename G::Prediction> && Condition<typename G::Condition> && requires(const G& spec) {
  typename G::Space;
  { G::adapters } -> std::convertible_to<bool>;
  { G::name } -> std::convertible_to<const char*>;
  { spec.sample_shape() } -> std::same_as<std::vector<std::int64_t>>;
  { spec.path() } -> std::same_as<typename G::Path>;
};

/// The network of a generator on a backend: the backend specialises it with `using type`.
template <class B, class Spec>
struct network_of {};
/// Whether backend `B` has the network of `Spec`.
template <class B, class Spec>
concept HasNetwork = requires {
  typename network_of<B, Spec>::type;
};
template <class B, class Spec>
using network_of_t = typename network_of<B, Spec>::type;

/// Parameters by name. Handles: a copy of the store shares its tensors.
template <TensorHandle Tensor>
using Parameters = std::map<std::string, Tensor>;

/// A denoising network of some backend.
///
/// `predict(x, times, condition, adapter_scale)` returns the output for `x` `[B, ...]`; differentiable in `x` and in the parameters that
/// require a gradient. Scale 0 is the base alone. `share()` is a second network over the same, frozen base tensors with an adapter of its
/// own, whose contribution is zero at first; `clone()` copies everything.
template <class N>
concept DenoiserNetwork = std::movable<N> &&
    requires(N& network, const N& fixed, const typename N::Tensor& x, const Times& times,
             const typename N::Condition& condition, double scale, RandomSource& random) {
  requires TensorHandle<typename N::Tensor>;
  { fixed.predict(x, times, condition, scale) } -> std::same_as<typename N::Tensor>;
  { network.base() } -> std::same_as<Parameters<typename N::Tensor>&>;
  { network.adapter() } -> std::same_as<Parameters<typename N::Tensor>&>;
  { fixed.clone() } -> std::same_as<N>;
  { fixed.share(random) } -> std::same_as<N>;
};

/// A network whose parameters no gradient reaches: there is no way to train through this view.
template <DenoiserNetwork N>
class Frozen {
 public:
  using Tensor = typename N::Tensor;
  explicit Frozen(N network) : network_(std::move(network)) {
    for (auto& [name, tensor] : network_.base()) tensor = backend_of_t<Tensor>::detach(tensor);
    for (auto& [name, tensor] : network_.adapter()) tensor = backend_of_t<Tensor>::detach(tensor);
  }

  [[nodiscard]] Tensor predict(const Tensor& x, const Times& times, const typename N::Condition& condition,
                               double adapter_scale = 0) const {
    const typename backend_of_t<Tensor>::NoGrad no_grad;
    return network_.predict(x, times, condition, adapter_scale);
  }
  [[nodiscard]] const N& network() const noexcept { return network_; }

 private:
  N network_;
};

/// All tensors of a network as one list, in the order of their names.
template <TensorHandle Tensor>
[[nodiscard]] std::vector<Tensor> tensors_of(const Parameters<Tensor>& parameters) {
  std::vector<Tensor> tensors;
  for (const auto& [name, tensor] : parameters) tensors.push_back(tensor);
  return tensors;
}

/// Parameters as host tensors, each name with `prefix` before it.
template <TensorHandle Tensor>
[[nodiscard]] NamedTensors store_parameters(const Parameters<Tensor>& parameters, const std::string& prefix = "") {
  NamedTensors named;
  for (const auto& [name, tensor] : parameters) named.emplace(prefix + name, backend_of_t<Tensor>::store(tensor));
  return named;
}

namespace detail {
/// `expected` in the order of the names.
void check_shapes(const std::vector<std::pair<std::string, Shape>>& expected, const NamedTensors& named,
                  const std::string& prefix, Location where);
}  // namespace detail

/// Compares parameters with the named tensors that have `prefix`. All missing, mis-shaped and unexpected names go into one `FileError`.
template <TensorHandle Tensor>
void check_parameters(const Parameters<Tensor>& parameters, const NamedTensors& named, const std::string& prefix = "",
                      Location where = Location::current()) {
  std::vector<std::pair<std::string, Shape>> expected;
  for (const auto& [name, tensor] : parameters) expected.emplace_back(name, shape_of(tensor));
  detail::check_shapes(expected, named, prefix, where);
}

/// Overwrites parameters by the named tensors with `prefix`; nothing is written where they do not fit (see `check_parameters`).
template <Backend B, TensorHandle Tensor>
void load_parameters(const B& backend, Parameters<Tensor>& parameters, const NamedTensors& named,
                     const std::string& prefix = "", Location where = Location::current()) {
  check_parameters(parameters, named, prefix, where);
  for (auto& [name, tensor] : parameters) B::assign(tensor, backend.load(named.at(prefix + name)));
}

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/model/denoiser.ipp>  // IWYU pragma: export
#endif
