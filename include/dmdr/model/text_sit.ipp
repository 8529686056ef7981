// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/core/inline.hpp>
#include <dmdr/model/text_sit.hpp>
#include <dmdr/model/word_tokeniser.hpp>

namespace dmdr {

DMDR_INLINE std::string TextEncoderSettings::contradiction() const {
  if (width % heads != 0)
    return "the text encoder's width " + std::to_string(width) + " is not divisible by its heads " +
           std::to_string(heads);
  return WordTokeniser::contradiction(vocabulary, max_words);
}

DMDR_INLINE SitSettings TextSitSettings::image() const {
  return {.size = size,
          .channels = channels,
          .patch = patch,
          .width = width,
          .depth = depth,
          .heads = heads,
          .mlp_ratio = mlp_ratio,
          .frequencies = frequencies,
          .checkpoint_blocks = checkpoint_blocks,
          .adapter = adapter};
}

DMDR_INLINE std::string TextSitSettings::contradiction() const {
  const std::string fault = image().contradiction();
  return fault.empty() ? text.contradiction() : fault;
}

DMDR_INLINE std::map<std::string, Shape> text_sit_parameters(const TextSitSettings& s) {
  std::map<std::string, Shape> named = sit_image_parameters(s.image());
  const auto linear = [&](const std::string& name, std::int64_t out, std::int64_t in) {
    named.emplace(name + ".weight", Shape{out, in});
    named.emplace(name + ".bias", Shape{out});
  };
  const TextEncoderSettings& t = s.text;
  const auto words = static_cast<std::int64_t>(WordTokeniser::split(t.vocabulary).size());
  named.emplace("text.word_embedding.weight", Shape{words + 1, t.width});
  named.emplace("text.position_embedding.weight", Shape{t.max_words, t.width});
  for (std::int64_t i = 0; i < t.depth; ++i) {
    const std::string block = "text.blocks." + std::to_string(i) + ".";
    linear(block + "attn.qkv", 3 * t.width, t.width);
    linear(block + "attn.proj", t.width, t.width);
    linear(block + "mlp.fc1", t.mlp_ratio * t.width, t.width);
    linear(block + "mlp.fc2", t.width, t.mlp_ratio * t.width);
  }
  linear("text.projection", s.width, t.max_words * t.width);
  return named;
}

}  // namespace dmdr
