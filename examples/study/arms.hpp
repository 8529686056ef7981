// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <dmdr/train/progress.hpp>
#include <dmdr/train/run.hpp>

#include "evaluate.hpp"
#include "models.hpp"
#include "settings.hpp"

namespace study {

/// Which weights an arm's recipe has.
enum class Method : std::uint8_t { dmd, rt_dm, tilted };

/// One training of a student: a method, its stage, and the arm whose end it starts from.
struct Arm {
  std::string name{};
  Method method = Method::dmd;
  std::string parent{};  ///< arm whose state is taken over; empty: the teacher's weights
  dmdr::Stage stage{};
  std::int64_t steps = 4;     ///< evaluations of the student
  bool random_start = false;  ///< a student with fresh weights instead of the teacher's
  bool dyna_rs = true;
  bool dyna_dg = true;
};

/// What an arm leaves.
struct ArmResult {
  Network student;
  std::vector<CurvePoint> curve;
  dmdr::NamedTensors state;
  double seconds = 0;
  std::int64_t skips = 0;
};

/// What the arms share.
struct ArmContext {
  const Settings& settings;
  const Models& models;
  const Evaluator& evaluator;
  std::string directory;  ///< of the run: logs and checkpoints go below it; empty for none
  bool resume = false;
  dmdr::Progress& progress;
};

/// Trains one arm. Throws `Stopped` where a signal ended it; its checkpoint is written then.
[[nodiscard]] ArmResult train_arm(const ArmContext& context, const Arm& arm, const ArmResult* parent);

/// Trains all arms, two at a time, each after its parent.
[[nodiscard]] std::map<std::string, ArmResult> train_arms(const ArmContext& context, const std::vector<Arm>& arms,
                                                          unsigned threads);

}  // namespace study
