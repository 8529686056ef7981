// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <dmdr/io/metadata.hpp>

#include "images.hpp"
#include "kept_training.hpp"
#include "settings.hpp"
#include "study_backend.hpp"

namespace study {

/// What all arms start from, and what judges them.
struct Models {
  Network teacher;
  Classifier reward;           ///< trained on one half of the data; the arms see it
  Classifier judge;            ///< of another shape and seed, trained on the other half; no arm sees it
  double reward_accuracy = 0;  ///< on the other half
  double judge_accuracy = 0;   ///< on the half that the reward was trained on
  double teacher_loss = 0;     ///< mean of the last hundred updates
};

/// What models are trained on, and the images that the classifiers are checked with.
struct Data {
  Source teacher{}, reward{}, judge{};
  Images reward_check{}, judge_check{};
};

/// The three trained models: made, or with `keeping.resume` taken back from files of the same settings, or gone on with from checkpoints.
/// A `teacher` that is given is copied instead of trained. `seconds` receives what each part took.
[[nodiscard]] Models make_models(const Keeping& keeping, const Settings& settings, const Data& data,
                                 const Network* teacher, std::map<std::string, double>& seconds);

/// What is written beside the weights of a model.
[[nodiscard]] dmdr::io::Metadata model_metadata(const Keeping& keeping, std::uint64_t seed, const std::string& kind);

/// The same of a network: also what it is, for those who load it.
[[nodiscard]] dmdr::io::Metadata network_metadata(const Keeping& keeping, const Settings& settings,
                                                  const std::string& kind);

/// Share of images whose largest logit is their label.
[[nodiscard]] double accuracy(const Classifier& classifier, const Images& images);

}  // namespace study
