// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
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
  std::int64_t rows_at_once = 0;  ///< images that the network sees in one call; 0: all of them
};

/// `network(x, t, condition)` for at most `at_once` rows in a call, which is not negative; 0: for all. A network whose rows do not look at
/// each other, as every denoiser's here, gives the same as in one call, but for the rounding of products of another size.
template <Backend B, class Network, class Condition>
[[nodiscard]] typename B::Tensor in_chunks(const Network& network, std::int64_t at_once, const typename B::Tensor& x,
                                           const Times& t, const Condition& condition) {
  const std::int64_t count = t.rows();
  if (at_once == 0 || count <= at_once) return network(x, t, condition);
  std::vector<typename B::Tensor> parts;
  for (std::int64_t first = 0; first < count; first += at_once) {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(std::min(at_once, count - first)));
    std::iota(rows.begin(), rows.end(), first);
    parts.push_back(network(B::take_rows(x, rows), t.take(rows), condition.take(rows)));
  }
  return B::concat_rows(parts);
}

/// Draws one image for each condition: noise at t = 1, then the sampler's steps to t = 0; no gradient.
///
/// The image of row i depends on the seed, i and the condition only. Returns the generator's output `[B, ...]`, not clamped, not decoded.
/// Hundreds of images at once need more memory than the same in chunks, and can be slower: `rows_at_once`. Throws `ConfigError` where that is
/// negative.
template <class Spec, Backend B, DenoiserNetwork Net, Transition S, class Condition>
[[nodiscard]] typename B::Tensor draw_images(const B& backend, const Spec& spec, const Net& network, const S& sampler,
                                             const Condition& condition, const SampleSettings& settings) {
  using Tensor = typename B::Tensor;
  if (settings.rows_at_once < 0)
    throw ConfigError("draw images: rows_at_once is " + std::to_string(settings.rows_at_once) + ", expected 0 or more");
  const typename B::NoGrad no_grad;
  Philox random(settings.seed);
  const Grid grid(settings.grid);
  const auto path = spec.path();
  const auto whole = [&](const Tensor& x, const Times& t, const Condition& c) {
    const Tensor conditional = network.predict(x, t, c, settings.adapter_scale);
    if (!(settings.guidance > 1)) return conditional;
    return expr::eval(
        guided(conditional, network.predict(x, t, c.unconditional(), settings.adapter_scale), settings.guidance));
  };
  const auto predict = [&](const Tensor& x, const Times& t, const Condition& c) {
    return in_chunks<B>(whole, settings.rows_at_once, x, t, c);
  };
  std::vector<std::int64_t> shape{condition.rows()};
  for (const std::int64_t extent : spec.sample_shape()) shape.push_back(extent);
  using Run = Trajectory<typename Spec::Prediction, B, typename Spec::Path, S, decltype(predict), Condition>;
  const Run run({backend, path, grid, sampler, predict, condition, random, 0, Shape(shape)},
                std::vector<std::int64_t>(static_cast<std::size_t>(condition.rows()), grid.steps() - 1), true, false);
  return run.end();
}

}  // namespace dmdr
