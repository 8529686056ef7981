// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <dmdr/io/metadata.hpp>

#include "digits_backend.hpp"
#include "images.hpp"
#include "kept_training.hpp"
#include "settings.hpp"

namespace digits {

/// What all arms start from, and what judges them.
struct Models {
  Network teacher;
  Classifier reward;           ///< trained on half A; the arms see it
  Classifier judge;            ///< of another shape and seed, trained on half B; no arm sees it
  double reward_accuracy = 0;  ///< on half B
  double judge_accuracy = 0;   ///< on half A
  double teacher_loss = 0;     ///< mean of the last hundred updates
};

/// The three trained models: made, or with `keeping.resume` taken back from files of the same settings, or gone on with from checkpoints.
/// `seconds` receives what each part took.
[[nodiscard]] Models make_models(const Keeping& keeping, const Images& images, const Halves& halves,
                                 std::map<std::string, double>& seconds);

/// What is written beside the weights of a model.
[[nodiscard]] dmdr::io::Metadata model_metadata(const Settings& settings, const std::string& kind);

/// The same of a network: also what it is, for those who load it.
[[nodiscard]] dmdr::io::Metadata network_metadata(const Settings& settings, const std::string& kind);

/// Share of images whose largest logit is their label.
[[nodiscard]] double accuracy(const Classifier& classifier, const Images& images);

}  // namespace digits
