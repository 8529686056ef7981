// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <dmdr/io/jsonl.hpp>
#include <dmdr/train/progress.hpp>

#include "figures.hpp"
#include "study/evaluate.hpp"
#include "study/teaching.hpp"
#include "teacher_settings.hpp"

namespace letters {

/// One point of the teacher's curve.
struct TeacherPoint {
  study::CurvePoint drawn{};
  double loss = 0;  ///< mean since the point before
  double judge_accuracy = 0;
};

/// What a point costs and where it goes.
struct CurveContext {
  const TeacherSettings& settings;
  const study::Models& judges;  ///< of which the two classifiers judge
  const study::Evaluator& evaluator;
  std::string directory;  ///< `metrics.jsonl` and `pictures/` go there
  dmdr::Progress& progress;
};

/// The training of the teacher with its curve; has what `study::train_kept` asks for.
class CurvedTeaching {
 public:
  CurvedTeaching(const CurveContext& context, study::Source source);

  void step();
  [[nodiscard]] bool finished() const { return teaching_.finished(); }
  [[nodiscard]] std::int64_t update() const { return teaching_.update(); }
  [[nodiscard]] dmdr::NamedTensors state();
  void restore(const dmdr::NamedTensors& named);

  [[nodiscard]] const study::Teaching& teaching() const { return teaching_; }
  [[nodiscard]] const std::vector<TeacherPoint>& curve() const { return curve_; }

 private:
  void point();

  CurveContext context_;
  study::Teaching teaching_;
  std::vector<TeacherPoint> curve_;
  double loss_sum_ = 0;
  std::int64_t loss_count_ = 0;
  std::unique_ptr<dmdr::io::MetricsLog> log_;
};

}  // namespace letters
