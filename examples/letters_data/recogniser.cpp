// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "recogniser.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include <dmdr/core/error.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/libtorch/adamw.hpp>
#include <dmdr/libtorch/backend.hpp>
#include <dmdr/libtorch/classifier.hpp>

namespace letters {
namespace {

using dmdr::LibTorch;
using dmdr::libtorch::ConvClassifier;

/// A picture to be read: a letter of a face, moved.
struct Picture {
  std::int64_t face = 0, letter = 0, down = 0, right = 0;
};

/// Pictures `[B, 1, 32, 32]`: ink is -1, paper 1.
at::Tensor pictures(std::span<const std::uint8_t> masks, const std::vector<Picture>& list) {
  std::vector<float> pixels(list.size() * mask_size, 1.0F);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Picture& p = list[i];
    const std::uint8_t* mask = &masks[static_cast<std::size_t>(p.face * face_size + p.letter * mask_size)];
    for (std::int64_t y = 0; y < side; ++y)
      for (std::int64_t x = 0; x < side; ++x) {
        const std::int64_t to_y = y + p.down, to_x = x + p.right;
        if (to_y < 0 || to_y >= side || to_x < 0 || to_x >= side) continue;
        pixels[i * mask_size + static_cast<std::size_t>(to_y * side + to_x)] =
            1.0F - 2.0F * static_cast<float>(mask[y * side + x]) / 255.0F;
      }
  }
  return LibTorch{}.load(
      dmdr::HostTensor::from<float>({static_cast<std::int64_t>(list.size()), 1, side, side}, pixels));
}

dmdr::ClassLabels labels_of(const std::vector<Picture>& list) {
  std::vector<std::int64_t> labels;
  for (const Picture& picture : list) labels.push_back(picture.letter);
  return dmdr::ClassLabels(std::move(labels));
}

ConvClassifier train(std::span<const std::uint8_t> masks, const std::vector<std::int64_t>& faces,
                     const RecogniserSettings& settings, dmdr::RandomSource& random, const std::string& name,
                     dmdr::Progress& progress) {
  ConvClassifier classifier(LibTorch{}, {.channels = 1, .widths = settings.widths, .classes = letter_count}, random);
  const std::vector<at::Tensor> parameters = dmdr::tensors_of(classifier.parameters());
  LibTorch::AdamW optimiser(parameters, settings.optimiser);
  for (std::int64_t update = 0; update < settings.updates; ++update) {
    const auto step = static_cast<std::uint64_t>(update);
    const auto index = [&](const char* stream, std::int64_t bound) {
      return random.index({.stream = stream, .step = step}, settings.batch, bound);
    };
    const auto face = index("recogniser_face", static_cast<std::int64_t>(faces.size()));
    const auto letter = index("recogniser_letter", letter_count);
    const auto down = index("recogniser_down", 2 * settings.shift + 1);
    const auto right = index("recogniser_right", 2 * settings.shift + 1);
    std::vector<Picture> batch;
    for (std::size_t i = 0; i < face.size(); ++i)
      batch.push_back({.face = faces[static_cast<std::size_t>(face[i])],
                       .letter = letter[i],
                       .down = down[i] - settings.shift,
                       .right = right[i] - settings.shift});
    const at::Tensor loss = dmdr::libtorch::cross_entropy(classifier.logits(pictures(masks, batch)), labels_of(batch),
                                                          settings.label_smoothing);
    if (!std::isfinite(LibTorch::to_host(loss)[0]))
      throw dmdr::NumericError("letters: the recogniser's loss is not finite at update " + std::to_string(update));
    LibTorch::clear_gradients(parameters);
    LibTorch::backward(loss);
    const double cosine =
        (1 + std::cos(std::numbers::pi * static_cast<double>(update) / static_cast<double>(settings.updates))) / 2;
    optimiser.step(settings.optimiser.learning_rate * cosine);
    progress.update(name, update + 1, settings.updates);
  }
  progress.finish(name);
  return classifier;
}

/// How many letters of a face are read rightly, unmoved.
std::int64_t read_rightly(const ConvClassifier& classifier, std::span<const std::uint8_t> masks, std::int64_t face) {
  std::vector<Picture> list;
  for (std::int64_t letter = 0; letter < letter_count; ++letter) list.push_back({.face = face, .letter = letter});
  const LibTorch::NoGrad no_grad;
  const std::vector<double> logits = LibTorch::to_host(classifier.logits(pictures(masks, list)));
  std::int64_t right = 0;
  for (std::int64_t letter = 0; letter < letter_count; ++letter) {
    const auto row = logits.begin() + letter * letter_count;
    right += std::max_element(row, row + letter_count) - row == letter ? 1 : 0;
  }
  return right;
}

}  // namespace

std::vector<std::int64_t> recognised_letters(std::span<const std::uint8_t> masks, const std::vector<Half>& folds,
                                             const RecogniserSettings& settings, std::uint64_t seed,
                                             dmdr::Progress& progress) {
  dmdr::libtorch::set_threads(static_cast<int>(settings.threads));
  dmdr::libtorch::set_deterministic(true);
  std::vector<std::int64_t> right(folds.size());
  for (const Half learned : {Half::a, Half::b}) {
    std::vector<std::int64_t> faces;
    for (std::size_t face = 0; face < folds.size(); ++face)
      if (folds[face] == learned) faces.push_back(static_cast<std::int64_t>(face));
    if (faces.empty())
      throw dmdr::ConfigError(
          "letters: the cross-validation needs faces of at least two families; lower it by "
          "filter.min_recognised=0, or add packages");
    dmdr::Philox random(seed);
    const ConvClassifier classifier =
        train(masks, faces, settings, random, learned == Half::a ? "recogniser of fold A" : "recogniser of fold B",
              progress);
    for (std::size_t face = 0; face < folds.size(); ++face)
      if (folds[face] != learned) right[face] = read_rightly(classifier, masks, static_cast<std::int64_t>(face));
  }
  return right;
}

std::string libtorch_version() { return dmdr::libtorch::version(); }

}  // namespace letters
