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
#include <dmdr/model/sit.hpp>

namespace dmdr {

/// Sizes of the small transformer that reads a prompt; it is trained with the image's part.
struct TextEncoderSettings {
  std::string vocabulary{};    ///< every word that a prompt may have, separated by spaces (see `WordTokeniser`)
  std::int64_t max_words = 8;  ///< of a prompt
  std::int64_t width = 64;
  std::int64_t depth = 2;
  std::int64_t heads = 4;
  std::int64_t mlp_ratio = 4;

  template <class V>
  void visit(V&& v) {
    v("vocabulary", vocabulary);
    v("max_words", max_words, at_least(1));
    v("width", width, at_least(1));
    v("depth", depth, at_least(0));
    v("heads", heads, at_least(1));
    v("mlp_ratio", mlp_ratio, at_least(1));
  }
  /// A sentence where they do not fit each other, else empty.
  [[nodiscard]] std::string contradiction() const;
};

/// Sizes of a text-conditioned SiT: the blocks and names of `SitSettings`, with an encoded prompt where that has a class.
///
/// `e` has a row for each of `max_words` places, `word[token] + position[place]`, no word being a token of its own. Each block of the encoder is
/// `e += attn(LN(e)); e += mlp(LN(e))` without a mask; the prompt's vector `sum_i W_i LN(e_i) + b` over the places is added to the time's. LN has no
/// gain. The empty prompt is unconditional.
struct TextSitSettings {
  std::int64_t size = 32;
  std::int64_t channels = 3;
  std::int64_t patch = 4;
  std::int64_t width = 128;
  std::int64_t depth = 4;
  std::int64_t heads = 4;
  std::int64_t mlp_ratio = 4;
  std::int64_t frequencies = 128;
  bool checkpoint_blocks = false;
  SitAdapter adapter{.form = SitAdapterForm::lora};
  TextEncoderSettings text{};

  /// Those of its image's part; `classes` means nothing there.
  [[nodiscard]] SitSettings image() const;

  template <class V>
  void visit(V&& v) {
    v("size", size, at_least(1));
    v("channels", channels, at_least(1));
    v("patch", patch, at_least(1));
    v("width", width, at_least(4));
    v("depth", depth, at_least(1));
    v("heads", heads, at_least(1));
    v("mlp_ratio", mlp_ratio, at_least(1));
    v("frequencies", frequencies, at_least(1));
    v("checkpoint_blocks", checkpoint_blocks);
    v("adapter", adapter);
    v("text", text);
  }
  /// A sentence where the sizes do not fit each other, else empty.
  [[nodiscard]] std::string contradiction() const;
};

/// A text-conditioned SiT as a generator. The vocabulary has no default: give it in `network.text`.
template <class SpaceT = LatentSpace>
struct BasicTextSit {
  using role = role::generator;
  using Path = RectifiedFlow;
  using Prediction = Velocity;
  using Condition = TextPrompts;
  using Space = SpaceT;
  static constexpr bool adapters = true;
  static constexpr const char* name = Space::needs_decoder ? "TextSit" : "PixelTextSit";

  TextSitSettings network{};

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
using TextSit = BasicTextSit<LatentSpace>;
using PixelTextSit = BasicTextSit<PixelSpace>;

/// Shapes of all tensors by name: those of a SiT without its class table, and `text.*`; `pos_embed` among them is fixed.
[[nodiscard]] std::map<std::string, Shape> text_sit_parameters(const TextSitSettings& settings);

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/model/text_sit.ipp>  // IWYU pragma: export
#endif
