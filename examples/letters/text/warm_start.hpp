// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <dmdr/core/random.hpp>

#include "caption_data.hpp"
#include "study_backend.hpp"
#include "text_network.hpp"
#include "text_settings.hpp"

namespace letters {

/// Fits the text encoder of a text-conditioned network to the class table of a class-conditional one, whose image's part it takes over: a
/// caption's vector is to be the embedding of its letter, the empty prompt's that of no class. Mean squared error by AdamW; the rate falls to 0
/// by a cosine. No picture is needed, and afterwards the network is nearly the class-conditional one. Has what `study::train_kept` asks for.
class WarmStart {
 public:
  /// Captions are those of `data`, which must outlive this. Throws `FileError` naming every tensor of the image's part that `start` lacks or has in
  /// another shape.
  WarmStart(const TextSettings& settings, const CaptionData& data, TextNetwork network, const study::Network& start);

  /// One update. Throws `NumericError` where the loss is not finite.
  void step();
  [[nodiscard]] bool finished() const { return update_ >= settings_.warm_start.updates; }
  [[nodiscard]] std::int64_t update() const { return update_; }
  /// Mean squared error of the last batch, and of the first.
  [[nodiscard]] double loss() const { return loss_; }
  [[nodiscard]] double first_loss() const { return first_loss_; }
  /// Gives the network away.
  [[nodiscard]] TextNetwork network() && { return std::move(network_); }

  /// Everything that a resumed fit needs but the settings and the teacher that it starts from.
  [[nodiscard]] dmdr::NamedTensors state();
  /// Throws `ConfigError` where the state is of a fit to another class table, `FileError` where it does not fit.
  void restore(const dmdr::NamedTensors& named);

 private:
  /// A batch of captions and the rows of the class table that they ask for.
  [[nodiscard]] std::pair<dmdr::TextPrompts, std::vector<std::int64_t>> batch();

  TextSettings settings_;
  const CaptionData& data_;
  TextNetwork network_;
  study::Tensor table_;                      ///< the class embeddings; the last row is that of no class
  dmdr::Parameters<study::Tensor> trained_;  ///< of the text encoder
  study::Backend::AdamW optimiser_;
  dmdr::Philox random_;
  std::int64_t update_ = 0;
  double loss_ = 0;
  double first_loss_ = 0;
};

}  // namespace letters
