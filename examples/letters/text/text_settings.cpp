// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "text_settings.hpp"

#include <algorithm>
#include <vector>

#include <dmdr/model/word_tokeniser.hpp>

#include "letters/caption.hpp"

namespace letters {

dmdr::PixelTextSit caption_network() {
  const dmdr::SitSettings& image = study::Defaults::network.network;
  dmdr::PixelTextSit spec{{.size = image.size,
                           .channels = image.channels,
                           .patch = image.patch,
                           .width = image.width,
                           .depth = image.depth,
                           .heads = image.heads,
                           .mlp_ratio = image.mlp_ratio,
                           .frequencies = image.frequencies,
                           .adapter = image.adapter}};
  for (const std::string& word : caption_words())
    spec.network.text.vocabulary += (spec.network.text.vocabulary.empty() ? "" : " ") + word;
  return spec;
}

dmdr::TrainerSettings caption_student() {
  dmdr::TrainerSettings settings = study::Defaults::student;
  settings.batch = 48;
  settings.generator.learning_rate = 1.5e-4;
  return settings;
}

std::string TextSettings::contradiction() const {
  const dmdr::TextSitSettings& sizes = network.network;
  if (sizes.size != side || sizes.channels != 3)
    return "network.size must be 32 and network.channels 3: those of the letters";
  if (sizes.text.max_words < max_caption_words)
    return "network.text.max_words must be at least " + std::to_string(max_caption_words) +
           ": captions have as many words";
  const std::vector<std::string> vocabulary = dmdr::WordTokeniser::split(sizes.text.vocabulary);
  for (const std::string& word : caption_words())
    if (std::find(vocabulary.begin(), vocabulary.end(), word) == vocabulary.end())
      return "network.text.vocabulary lacks the word '" + word + "' of captions";
  return student.batch % group == 0 ? "" : "student.batch must be a multiple of group";
}

dmdr::SitSettings class_network(const dmdr::TextSitSettings& network) {
  dmdr::SitSettings settings = network.image();
  settings.classes = letter_count;
  return settings;
}

}  // namespace letters
