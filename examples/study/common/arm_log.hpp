// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <dmdr/io/jsonl.hpp>
#include <dmdr/io/tensorboard.hpp>
#include <dmdr/train/trainer_settings.hpp>

#include "figures.hpp"

namespace study {

/// What an arm's training leaves to be looked at: `metrics.jsonl` with every generator update, and TensorBoard's events with some of that and the
/// points of the curves.
class ArmLog {
 public:
  /// Into `directory`, which is made where it is missing, after what an earlier run has left there: lines after `iteration` are cut off. A run that
  /// goes on at `resumed_at` takes the place of what TensorBoard has from there on.
  ArmLog(const std::string& directory, std::int64_t iteration, std::optional<std::int64_t> resumed_at);

  void update(const dmdr::StepReport& report);
  void point(std::int64_t update, const Figures& figures, const std::vector<ExtraColumn>& extra);

 private:
  dmdr::io::MetricsLog metrics_;
  dmdr::io::EventWriter board_;
};

/// What is said of an iteration that was skipped.
[[nodiscard]] std::string skip_line(const std::string& arm, const dmdr::StepReport& report);
/// What is said of a point of an arm's curve.
[[nodiscard]] std::string point_line(const std::string& arm, std::int64_t update, const Figures& figures,
                                     const std::vector<ExtraColumn>& extra);

}  // namespace study
