// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arms.hpp"
#include "evaluate.hpp"
#include "kept_training.hpp"
#include "report.hpp"

namespace study {

/// Places of the first `each` labels of every class, class by class.
[[nodiscard]] std::vector<std::int64_t> first_of_each_class(const std::vector<std::int64_t>& labels,
                                                            std::int64_t classes, std::int64_t each);

/// What is found of one network.
struct JudgedRow {
  Figures figures{};
  Images pictures{};
};

/// Fills an outcome: draws from networks, always with the same labels and noise, and has them judged.
class Judging {
 public:
  /// Rows are drawn for `labels`, and of these images those at the places `pictures` are shown; students are saved below
  /// `keeping.directory`.
  Judging(const ArmContext& context, const Keeping& keeping, std::vector<std::int64_t> labels,
          std::vector<std::int64_t> pictures, Outcome& outcome)
      : context_(context),
        keeping_(keeping),
        labels_(std::move(labels)),
        pictures_(std::move(pictures)),
        outcome_(outcome) {}

  /// Figures of a network's images, and those that are shown; `nfe` evaluations an image. Several threads may call this at once.
  [[nodiscard]] JudgedRow judged(const Network& network, Sampling sampling, std::int64_t nfe) const;
  void add(const std::string& name, JudgedRow row);
  void add(const std::string& name, const Network& network, Sampling sampling, std::int64_t nfe) {
    add(name, judged(network, sampling, nfe));
  }
  /// How a student is drawn.
  [[nodiscard]] Sampling student_sampling(std::int64_t steps) const;
  /// The row of an arm's student, its pictures and curve; its student goes to `students/<name>.safetensors`.
  void add(const Arm& arm, const ArmResult& result);

 private:
  const ArmContext& context_;
  const Keeping& keeping_;
  std::vector<std::int64_t> labels_, pictures_;
  Outcome& outcome_;
};

}  // namespace study
