// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <dmdr/core/random.hpp>

#include "images.hpp"
#include "study_backend.hpp"

namespace study {

/// Trains a classifier on labelled images by cross-entropy, with a cosine of the learning rate.
class ClassifierTrainer {
 public:
  ClassifierTrainer(std::string name, const ClassifierShape& shape, const ClassifierRun& run, std::uint64_t seed,
                    Source source);

  /// One update. Throws `NumericError` where the loss is not finite.
  void step();
  [[nodiscard]] bool finished() const { return update_ >= run_.updates; }
  [[nodiscard]] std::int64_t update() const { return update_; }
  /// Gives the classifier away.
  [[nodiscard]] Classifier classifier() && { return std::move(classifier_); }

  /// Everything that a resumed training needs but the settings and the source.
  [[nodiscard]] dmdr::NamedTensors state();
  void restore(const dmdr::NamedTensors& named);

 private:
  std::string name_;
  ClassifierRun run_;
  Source source_;
  Backend backend_;
  dmdr::Philox random_;
  Classifier classifier_;
  Backend::AdamW optimiser_;
  std::int64_t update_ = 0;
};

}  // namespace study
