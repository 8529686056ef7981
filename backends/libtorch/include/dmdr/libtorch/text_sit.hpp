// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <dmdr/core/random.hpp>
#include <dmdr/libtorch/backend.hpp>
#include <dmdr/libtorch/sit_body.hpp>
#include <dmdr/model/denoiser.hpp>
#include <dmdr/model/text_sit.hpp>
#include <dmdr/model/word_tokeniser.hpp>

namespace dmdr {
namespace libtorch {

/// The denoiser of `BasicTextSit` on LibTorch: the image's part of `SitNetwork` and a small transformer over the words of the prompt, trained
/// together (`TextSitSettings` has the formula). All parameters of a new network but `pos_embed` require a gradient; adapters are on the
/// image's part.
class TextSitNetwork {
 public:
  using Tensor = at::Tensor;
  using Condition = TextPrompts;

  /// Initial values as `SitNetwork`'s; embeddings of words and places normal with standard deviation .5. Draws are the streams
  /// `text_sit/<name>`.
  ///
  /// Throws `ConfigError` where the settings do not fit each other, or have no vocabulary.
  TextSitNetwork(const LibTorch& backend, const TextSitSettings& settings, RandomSource& random,
                 Location where = Location::current());
  /// A network without elements (on LibTorch's meta device): names, shapes and types only.
  [[nodiscard]] static TextSitNetwork meta(const LibTorch& backend, const TextSitSettings& settings,
                                           Location where = Location::current());
  /// A network with the weights that `base()` of another was stored as.
  ///
  /// Throws `FileError` naming every tensor that is missing, unexpected or of another shape, `DtypeError` where one holds no floats.
  [[nodiscard]] static TextSitNetwork load(const LibTorch& backend, const TextSitSettings& settings,
                                           const NamedTensors& named, Location where = Location::current());

  TextSitNetwork(TextSitNetwork&&) noexcept = default;
  TextSitNetwork& operator=(TextSitNetwork&&) noexcept = default;
  ~TextSitNetwork() = default;

  /// The velocity at `x` `[B, channels, size, size]`: as `x`. Scale 0 is the base alone; the empty prompt is unconditional.
  ///
  /// Throws `ShapeError` where x has another shape or has not one time and one prompt a sample, `NumericError` for an empty batch, `ConfigError`
  /// for a prompt with a word outside the vocabulary or with too many words, `DeviceError` where x is not where the weights are.
  [[nodiscard]] Tensor predict(const Tensor& x, const Times& times, const TextPrompts& prompts,
                               double adapter_scale = 0, Location where = Location::current()) const;
  /// What is added to the embedding of the time: `[B, width]`.
  [[nodiscard]] Tensor embedded_prompts(const TextPrompts& prompts, Location where = Location::current()) const;

  [[nodiscard]] Parameters<Tensor>& base() noexcept { return body_.base; }
  [[nodiscard]] const Parameters<Tensor>& base() const noexcept { return body_.base; }
  [[nodiscard]] Parameters<Tensor>& adapter() noexcept { return body_.adapter; }
  [[nodiscard]] const Parameters<Tensor>& adapter() const noexcept { return body_.adapter; }
  [[nodiscard]] const TextSitSettings& settings() const noexcept { return settings_; }

  /// A copy of every tensor; what requires a gradient here does so there. Gradients are not copied.
  [[nodiscard]] TextSitNetwork clone() const { return {settings_, tokeniser_, body_.clone()}; }
  /// A network over the same base elements, which no gradient of it reaches, with a new adapter whose contribution is zero; of the form that
  /// the settings name, or of `adapter`.
  [[nodiscard]] TextSitNetwork share(RandomSource& random) const { return share(random, settings_.adapter); }
  [[nodiscard]] TextSitNetwork share(RandomSource& random, const SitAdapter& adapter) const;

 private:
  TextSitNetwork(TextSitSettings settings, WordTokeniser tokeniser, SitBody body)
      : settings_(std::move(settings)), tokeniser_(std::move(tokeniser)), body_(std::move(body)) {}
  TextSitNetwork(const LibTorch& backend, const TextSitSettings& settings, Location where);

  TextSitSettings settings_;
  WordTokeniser tokeniser_;
  SitBody body_;
};

}  // namespace libtorch

template <class Space>
struct network_of<LibTorch, BasicTextSit<Space>> {
  using type = libtorch::TextSitNetwork;
};

static_assert(DenoiserNetwork<libtorch::TextSitNetwork>);

}  // namespace dmdr
