// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "reader.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include <dmdr/core/error.hpp>
#include <dmdr/libtorch/adamw.hpp>
#include <dmdr/libtorch/backend.hpp>

#include "letters/captioned.hpp"

namespace letters {

dmdr::libtorch::ConvClassifier trained_reader(const LetterMasks& masks, std::span<const CaptionStyle> styles,
                                              std::span<const std::int64_t> faces, const Settings& settings,
                                              dmdr::RandomSource& random, dmdr::Progress& progress) {
  using dmdr::LibTorch;
  const ReaderSettings& reader = settings.reader;
  dmdr::libtorch::ConvClassifier classifier(LibTorch{},
                                            {.channels = 3, .widths = reader.widths, .classes = letter_count}, random);
  const std::vector<at::Tensor> parameters = dmdr::tensors_of(classifier.parameters());
  LibTorch::AdamW optimiser(parameters, reader.optimiser);
  for (std::int64_t update = 0; update < reader.updates; ++update) {
    const auto batch = draw_captioned(styles, faces, random, "reader", static_cast<std::uint64_t>(update), reader.batch,
                                      settings.captions);
    const std::vector<LetterDraw> draws = draws_of(batch);
    const at::Tensor loss = dmdr::libtorch::cross_entropy(classifier.logits(LibTorch{}.load(paint(masks, draws))),
                                                          dmdr::ClassLabels(labels_of(draws)), reader.label_smoothing);
    if (!std::isfinite(LibTorch::to_host(loss)[0]))
      throw dmdr::NumericError("letters: the reader's loss is not finite at update " + std::to_string(update));
    LibTorch::clear_gradients(parameters);
    LibTorch::backward(loss);
    const double done = static_cast<double>(update) / static_cast<double>(reader.updates);
    optimiser.step(reader.optimiser.learning_rate * (1 + std::cos(std::numbers::pi * done)) / 2);
    progress.update("reader", update + 1, reader.updates);
  }
  progress.finish("reader");
  return classifier;
}

}  // namespace letters
