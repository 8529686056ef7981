// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <string>

#include <dmdr/core/inline.hpp>
#include <dmdr/model/sit.hpp>

namespace dmdr {

DMDR_INLINE std::string SitSettings::contradiction() const {
  const auto text = [](std::int64_t number) { return std::to_string(number); };
  if (size % patch != 0) return "size " + text(size) + " is not divisible by patch " + text(patch);
  if (width % heads != 0) return "width " + text(width) + " is not divisible by heads " + text(heads);
  if (width % 4 != 0) return "width " + text(width) + " is not divisible by 4, as its position embedding needs";
  return {};
}

DMDR_INLINE SitSettings sit_s2() { return {.width = 384, .depth = 12, .heads = 6}; }
DMDR_INLINE SitSettings sit_b2() { return {.width = 768, .depth = 12, .heads = 12}; }
DMDR_INLINE SitSettings sit_l2() { return {.width = 1024, .depth = 24, .heads = 16}; }
DMDR_INLINE SitSettings sit_xl2() { return {}; }

DMDR_INLINE std::map<std::string, Shape> sit_image_parameters(const SitSettings& s) {
  std::map<std::string, Shape> named;
  const auto linear = [&](const std::string& name, std::int64_t out, std::int64_t in) {
    named.emplace(name + ".weight", Shape{out, in});
    named.emplace(name + ".bias", Shape{out});
  };
  named.emplace("x_embedder.proj.weight", Shape{s.width, s.channels, s.patch, s.patch});
  named.emplace("x_embedder.proj.bias", Shape{s.width});
  named.emplace("pos_embed", Shape{1, s.tokens(), s.width});
  linear("t_embedder.mlp.0", s.width, 2 * s.frequencies);
  linear("t_embedder.mlp.2", s.width, s.width);
  for (std::int64_t i = 0; i < s.depth; ++i) {
    const std::string block = "blocks." + std::to_string(i) + ".";
    linear(block + "attn.qkv", 3 * s.width, s.width);
    linear(block + "attn.proj", s.width, s.width);
    linear(block + "mlp.fc1", s.mlp_ratio * s.width, s.width);
    linear(block + "mlp.fc2", s.width, s.mlp_ratio * s.width);
    linear(block + "adaLN_modulation.1", 6 * s.width, s.width);
  }
  linear("final_layer.linear", s.patch * s.patch * s.out_channels(), s.width);
  linear("final_layer.adaLN_modulation.1", 2 * s.width, s.width);
  return named;
}

DMDR_INLINE std::map<std::string, Shape> sit_parameters(const SitSettings& s) {
  std::map<std::string, Shape> named = sit_image_parameters(s);
  named.emplace("y_embedder.embedding_table.weight", Shape{s.classes + 1, s.width});
  return named;
}

DMDR_INLINE std::map<std::string, Shape> sit_adapter_parameters(const SitSettings& s, const SitAdapter& adapter) {
  std::map<std::string, Shape> named;
  for (std::int64_t i = 0; i < s.depth; ++i) {
    const std::string block = "blocks." + std::to_string(i) + ".";
    if (adapter.form == SitAdapterForm::query_value) {
      for (const char* const side : {"Q", "V"}) {
        named.emplace(block + "attn.lora.lora_" + side + "A", Shape{s.width, adapter.rank});
        named.emplace(block + "attn.lora.lora_" + side + "B", Shape{adapter.rank, s.width});
      }
      continue;
    }
    const auto lora = [&](const std::string& layer, std::int64_t out, std::int64_t in) {
      named.emplace(block + layer + ".lora_A.weight", Shape{adapter.rank, in});
      named.emplace(block + layer + ".lora_B.weight", Shape{out, adapter.rank});
    };
    lora("attn.qkv", 3 * s.width, s.width);
    lora("attn.proj", s.width, s.width);
    lora("mlp.fc1", s.mlp_ratio * s.width, s.width);
    lora("mlp.fc2", s.width, s.mlp_ratio * s.width);
  }
  return named;
}

DMDR_INLINE std::int64_t sit_parameter_count(const SitSettings& settings) {
  std::int64_t count = 0;
  for (const auto& [name, shape] : sit_parameters(settings))
    if (name != "pos_embed") count += shape.numel();
  return count;
}

DMDR_INLINE std::vector<double> sit_position_embedding(const SitSettings& s) {
  const std::int64_t side = s.size / s.patch, quarter = s.width / 4;
  std::vector<double> table(static_cast<std::size_t>(s.tokens() * s.width));
  double* out = table.data();
  for (std::int64_t row = 0; row < side; ++row)
    for (std::int64_t column = 0; column < side; ++column)
      for (const std::int64_t position : {column, row}) {
        for (std::int64_t j = 0; j < quarter; ++j, ++out) {
          const double angle =
              static_cast<double>(position) * std::pow(10000.0, -static_cast<double>(j) / static_cast<double>(quarter));
          out[0] = std::sin(angle);
          out[quarter] = std::cos(angle);
        }
        out += quarter;
      }
  return table;
}

}  // namespace dmdr
