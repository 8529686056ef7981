// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/libtorch.hpp>

namespace dmdr::tiny_text_sit {

inline const TextSitSettings settings{
    .size = 4,
    .channels = 2,
    .patch = 2,
    .width = 8,
    .depth = 2,
    .heads = 2,
    .frequencies = 4,
    .adapter = {.form = SitAdapterForm::lora, .rank = 2, .alpha = 2},
    .text = {.vocabulary = "bold A B red blue on", .max_words = 5, .width = 4, .depth = 2, .heads = 2}};

/// A network without zeros: a new one predicts zero.
[[nodiscard]] inline libtorch::TextSitNetwork network(const LibTorch& backend = {},
                                                      const TextSitSettings& of = settings) {
  Philox random(3);
  libtorch::TextSitNetwork made(backend, of, random);
  for (auto& [name, tensor] : made.base())
    if (name != "pos_embed")
      LibTorch::assign(tensor, backend.from_host(shape_of(tensor), random.normal({.stream = name}, shape_of(tensor)[0],
                                                                                 shape_of(tensor).row_size())));
  return made;
}

}  // namespace dmdr::tiny_text_sit
