// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/model/denoiser.hpp>

namespace dmdr {

/// A class-conditional residual MLP that predicts a velocity in pixel space: the small generator of the embedded backend.
///
/// With `e = silu(W_t [sin(f t), cos(f t)] + cls[c])`, f 16 frequencies from 1 to 100, and rms without gain:
/// `h = W_in x;  h += W2 silu(W1 rms(h) + U e + b)` for each block;  `v = W_out silu(rms(h))`. Label `classes` is the null label.
/// Adapters are in LoRA form on W1, W2 and U of every block: `W x + s B (A x)`, A normal with std 1/rank, B zero.
struct ClassMlp {
  using role = role::generator;
  using Path = RectifiedFlow;
  using Prediction = Velocity;
  using Condition = ClassLabels;
  using Space = PixelSpace;
  static constexpr bool adapters = true;
  static constexpr const char* name = "ClassMlp";

  std::int64_t data_size = 64;  ///< numbers an image
  std::int64_t classes = 10;
  std::int64_t width = 128;
  std::int64_t blocks = 3;
  std::int64_t adapter_rank = 16;

  [[nodiscard]] std::vector<std::int64_t> sample_shape() const { return {data_size}; }
  [[nodiscard]] RectifiedFlow path() const { return {}; }
  template <class V>
  void visit(V&& v) {
    v("data_size", data_size, at_least(1));
    v("classes", classes, at_least(1));
    v("width", width, at_least(1));
    v("blocks", blocks, at_least(0));
    v("adapter_rank", adapter_rank, at_least(1));
  }
};

}  // namespace dmdr
