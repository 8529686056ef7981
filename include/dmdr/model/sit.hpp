// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/shape.hpp>
#include <dmdr/model/denoiser.hpp>

namespace dmdr {

/// The two forms of an adapter on a SiT.
enum class SitAdapterForm : std::uint8_t {
  /// DMDR's own: `q + s (q A_q) B_q` and `v + s (v A_v) B_v` on the projected queries and values, A and B of every block, A normal with
  /// standard deviation 1, B zero; names `blocks.<i>.attn.lora.lora_{QA,QB,VA,VB}`.
  query_value,
  /// LoRA (Hu et al. 2106.09685): `W x + b + s (alpha / r) B (A x)` on `attn.qkv`, `attn.proj`, `mlp.fc1` and `mlp.fc2`, A normal with standard
  /// deviation 1/r, B zero; names `<layer>.lora_A.weight`, `<layer>.lora_B.weight`, as PEFT's without its prefix.
  lora,
};
template <>
struct EnumNames<SitAdapterForm> {
  static constexpr EnumName<SitAdapterForm> table[] = {{SitAdapterForm::query_value, "query_value"},
                                                       {SitAdapterForm::lora, "lora"}};
};

/// What `share()` puts beside the frozen base.
struct SitAdapter {
  SitAdapterForm form = SitAdapterForm::query_value;
  std::int64_t rank = 32;
  double alpha = 32;  ///< of the form `lora`

  template <class V>
  void visit(V&& v) {
    v("form", form);
    v("rank", rank, at_least(1));
    v("alpha", alpha, positive);
  }
};

/// Sizes of a SiT (Ma et al. 2401.08740): a class-conditional transformer with adaLN-Zero blocks that predicts a velocity.
///
/// Time enters unscaled, 1 = noise. Label `classes` is the null label. Names of the parameters are those of the official files.
struct SitSettings {
  std::int64_t size = 32;  ///< side of the image or latent
  std::int64_t channels = 4;
  std::int64_t patch = 2;
  std::int64_t width = 1152;
  std::int64_t depth = 28;
  std::int64_t heads = 16;
  std::int64_t mlp_ratio = 4;
  std::int64_t classes = 1000;
  std::int64_t frequencies = 128;  ///< of the time embedding
  /// The network also predicts a variance, as the original files do (8 channels out for 4 in); that half is dropped.
  bool learns_variance = false;
  /// The weights were trained with 0 = noise and v = x0 - eps, as the original files were: v = -network(x, 1 - t).
  bool reversed_time = false;
  /// Keep no intermediates of a block; its forward is run again in the backward pass.
  bool checkpoint_blocks = false;
  SitAdapter adapter{};

  [[nodiscard]] std::int64_t out_channels() const noexcept { return learns_variance ? 2 * channels : channels; }
  [[nodiscard]] std::int64_t tokens() const noexcept { return (size / patch) * (size / patch); }

  template <class V>
  void visit(V&& v) {
    v("size", size, at_least(1));
    v("channels", channels, at_least(1));
    v("patch", patch, at_least(1));
    v("width", width, at_least(4));
    v("depth", depth, at_least(1));
    v("heads", heads, at_least(1));
    v("mlp_ratio", mlp_ratio, at_least(1));
    v("classes", classes, at_least(1));
    v("frequencies", frequencies, at_least(1));
    v("learns_variance", learns_variance);
    v("reversed_time", reversed_time);
    v("checkpoint_blocks", checkpoint_blocks);
    v("adapter", adapter);
  }
  /// A sentence where the sizes do not fit each other, else empty.
  [[nodiscard]] std::string contradiction() const;
};

/// The named sizes, over 32 x 32 x 4 latents of 256 x 256 images: S/2 (33 M parameters), B/2 (130 M), L/2 (458 M), XL/2 (675 M).
[[nodiscard]] SitSettings sit_s2();
[[nodiscard]] SitSettings sit_b2();
[[nodiscard]] SitSettings sit_l2();
[[nodiscard]] SitSettings sit_xl2();

/// A SiT as a generator; `Space` is `LatentSpace` for the published models, `PixelSpace` for one that draws images itself.
template <class SpaceT = LatentSpace>
struct BasicSit {
  using role = role::generator;
  using Path = RectifiedFlow;
  using Prediction = Velocity;
  using Condition = ClassLabels;
  using Space = SpaceT;
  static constexpr bool adapters = true;
  static constexpr const char* name = Space::needs_decoder ? "Sit" : "PixelSit";

  SitSettings network = sit_xl2();

  [[nodiscard]] std::vector<std::int64_t> sample_shape() const {
    return {network.channels, network.size, network.size};
  }
  [[nodiscard]] RectifiedFlow path() const { return {}; }
  template <class V>
  void visit(V&& v) {
    network.visit(v);
  }
  [[nodiscard]] std::string contradiction() const { return network.contradiction(); }
};
using Sit = BasicSit<LatentSpace>;
using PixelSit = BasicSit<PixelSpace>;

/// Shapes of all tensors of a SiT's file by name; `pos_embed` among them is fixed.
[[nodiscard]] std::map<std::string, Shape> sit_parameters(const SitSettings& settings);
/// The same without the class table: what turns an image, a time and any vector of a condition into a velocity.
[[nodiscard]] std::map<std::string, Shape> sit_image_parameters(const SitSettings& settings);
/// Shapes of the adapter's tensors by name.
[[nodiscard]] std::map<std::string, Shape> sit_adapter_parameters(const SitSettings& settings,
                                                                  const SitAdapter& adapter);
/// How many numbers are trained: all of `sit_parameters` but `pos_embed`.
[[nodiscard]] std::int64_t sit_parameter_count(const SitSettings& settings);
/// `[tokens * width]`, row-major: sine and cosine of the column in the first half of the width, of the row in the second.
[[nodiscard]] std::vector<double> sit_position_embedding(const SitSettings& settings);

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/model/sit.ipp>  // IWYU pragma: export
#endif
