// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <dmdr/diffusion/guidance.hpp>
#include <dmdr/diffusion/rollout.hpp>
#include <dmdr/model/denoiser.hpp>

namespace dmdr {

/// How images are drawn from a network.
struct SampleSettings {
  GridSettings grid{};
  double guidance = 1;  ///< `u + w (c - u)`, applied iff w > 1 (two evaluations a step)
  double adapter_scale = 0;
  std::uint64_t seed = 0;
};

/// Draws one image for each condition: noise at t = 1, then the sampler's steps to t = 0; no gradient.
///
/// The image of row i depends on the seed, i and the condition only. Returns the generator's output `[B, ...]`, not clamped, not decoded.
template <class Spec, Backend B, DenoiserNetwork Net, Transition S, class Condition>
[[nodiscard]] typename B::Tensor draw_images(const B& backend, const Spec& spec, const Net& network, const S& sampler,
                                             const Condition& condition, const SampleSettings& settings) {
  using Tensor = typename B::Tensor;
  const typename B::NoGrad no_grad;
  Philox random(settings.seed);
  const Grid grid(settings.grid);
  const auto path = spec.path();
  const auto predict = [&](const Tensor& x, const Times& t, const Condition& c) {
    const Tensor conditional = network.predict(x, t, c, settings.adapter_scale);
    if (!(settings.guidance > 1)) return conditional;
    return expr::eval(
        guided(conditional, network.predict(x, t, c.unconditional(), settings.adapter_scale), settings.guidance));
  };
  std::vector<std::int64_t> shape{condition.rows()};
  for (const std::int64_t extent : spec.sample_shape()) shape.push_back(extent);
  using Run = Trajectory<typename Spec::Prediction, B, typename Spec::Path, S, decltype(predict), Condition>;
  const Run run({backend, path, grid, sampler, predict, condition, random, 0, Shape(shape)},
                std::vector<std::int64_t>(static_cast<std::size_t>(condition.rows()), grid.steps() - 1), true, false);
  return run.end();
}

}  // namespace dmdr
