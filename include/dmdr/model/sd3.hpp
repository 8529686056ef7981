// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/model/denoiser.hpp>

namespace dmdr {

/// Stable Diffusion 3 Medium: a 24-layer MMDiT of width 1536 over 16-channel latents, velocity prediction, text prompts
/// (Esser et al. 2403.03206). The facts only; a backend that has the network says so by `network_of`.
struct Sd3Medium {
  using role = role::generator;
  using Path = RectifiedFlow;
  using Prediction = Velocity;
  using Condition = TextPrompts;
  using Space = LatentSpace;
  static constexpr bool adapters = true;
  static constexpr const char* name = "Sd3Medium";
  static constexpr std::int64_t layers = 24;
  static constexpr std::int64_t width = 1536;
  static constexpr std::int64_t latent_channels = 16;
  static constexpr std::int64_t latent_downscale = 8;

  std::int64_t height = 1024;  ///< pixels
  std::int64_t image_width = 1024;

  [[nodiscard]] std::vector<std::int64_t> sample_shape() const {
    return {latent_channels, height / latent_downscale, image_width / latent_downscale};
  }
  [[nodiscard]] RectifiedFlow path() const { return {}; }
  template <class V>
  void visit(V&& v) {
    v("height", height, at_least(16));
    v("image_width", image_width, at_least(16));
  }
};

}  // namespace dmdr
