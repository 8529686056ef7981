// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/libtorch/text_sit.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/layer_norm.h>

#include <dmdr/core/error.hpp>

#include "network.hpp"

namespace dmdr::libtorch {
namespace {

at::Tensor normed_words(const at::Tensor& x) { return at::layer_norm(x, {x.size(2)}, {}, {}, 1e-6); }

const TextSitSettings& fitting(const TextSitSettings& settings, Location where) {
  const std::string fault = settings.contradiction();
  if (!fault.empty()) throw ConfigError("TextSit: " + fault, where);
  return settings;
}

}  // namespace

TextSitNetwork::TextSitNetwork(const LibTorch& backend, const TextSitSettings& settings, Location where)
    : settings_(fitting(settings, where)),
      tokeniser_(settings.text.vocabulary, settings.text.max_words, where),
      body_{.backend = backend, .settings = settings.image(), .name = "TextSit"} {}

TextSitNetwork::TextSitNetwork(const LibTorch& backend, const TextSitSettings& settings, RandomSource& random,
                               Location where)
    : TextSitNetwork(backend, settings, where) {
  body_.draw(text_sit_parameters(settings), "text_sit", random, where);
}

TextSitNetwork TextSitNetwork::meta(const LibTorch& backend, const TextSitSettings& settings, Location where) {
  TextSitNetwork network(backend, settings, where);
  network.body_.make_meta(text_sit_parameters(settings));
  return network;
}

TextSitNetwork TextSitNetwork::load(const LibTorch& backend, const TextSitSettings& settings, const NamedTensors& named,
                                    Location where) {
  TextSitNetwork network(backend, settings, where);
  network.body_.load(text_sit_parameters(settings), named, where);
  return network;
}

TextSitNetwork TextSitNetwork::share(RandomSource& random, const SitAdapter& adapter) const {
  TextSitNetwork other(settings_, tokeniser_, body_.share(random, adapter, "text_sit"));
  other.settings_.adapter = adapter;
  return other;
}

at::Tensor TextSitNetwork::embedded_prompts(const TextPrompts& prompts, Location where) const {
  std::vector<std::int64_t> rows;
  for (const std::string& prompt : prompts.texts()) {
    const std::vector<std::int64_t> tokens = tokeniser_.tokens(prompt, where);
    rows.insert(rows.end(), tokens.begin(), tokens.end());
  }
  const TextEncoderSettings& text = settings_.text;
  at::Tensor e = LibTorch::take_rows(body_.base.at("text.word_embedding.weight"), rows, where)
                     .reshape({prompts.rows(), text.max_words, text.width}) +
                 body_.base.at("text.position_embedding.weight");
  for (std::int64_t i = 0; i < text.depth; ++i) {
    const std::string block = "text.blocks." + std::to_string(i) + ".";
    e = e + body_.attention(normed_words(e), block, text.heads);
    e = e + body_.mlp(normed_words(e), block);
  }
  return body_.linear(normed_words(e).flatten(1), "text.projection");
}

at::Tensor TextSitNetwork::predict(const at::Tensor& x, const Times& times, const TextPrompts& prompts,
                                   double adapter_scale, Location where) const {
  body_.check_input(x, where);
  require_rows("TextSit", shape_of(x), times, prompts.rows(), "prompts", where);
  return body_.velocity(x, times, embedded_prompts(prompts, where), adapter_scale);
}

}  // namespace dmdr::libtorch
