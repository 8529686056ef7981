// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <dmdr/eigen.hpp>

#include "data.hpp"
#include "settings.hpp"

namespace digits {

using Network = dmdr::eigen::ClassMlpNetwork<float>;
using Classifier = dmdr::eigen::Classifier<float>;

/// What all arms start from, and what judges them.
struct Models {
  Network teacher;
  Classifier reward;           ///< trained on half A; the arms see it
  Classifier judge;            ///< of another shape and seed, trained on half B; no arm sees it
  double reward_accuracy = 0;  ///< on half B
  double judge_accuracy = 0;   ///< on half A
  double teacher_loss = 0;     ///< mean of the last hundred updates
};

/// Thrown where a signal ends the run.
struct Stopped {};

/// Tells what goes on: a part's name, how far it is, of how much.
using Progress = std::function<void(const std::string& part, std::int64_t done, std::int64_t total)>;

[[nodiscard]] Network train_teacher(const Settings& settings, const Images& images, const Progress& progress,
                                    double& last_loss);
[[nodiscard]] Classifier train_classifier(const std::string& name, const std::vector<std::int64_t>& sizes,
                                          const ClassifierRun& run, std::uint64_t seed, const Images& images,
                                          const Progress& progress);
/// Share of images whose largest logit is their label.
[[nodiscard]] double accuracy(const Classifier& classifier, const Images& images);

}  // namespace digits
