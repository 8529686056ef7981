// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <dmdr/io/jsonl.hpp>
#include <dmdr/train/progress.hpp>
#include <dmdr/train/teacher.hpp>

#include "caption_data.hpp"
#include "text_evaluator.hpp"
#include "text_network.hpp"
#include "text_settings.hpp"

namespace letters {

/// What the training of the teacher is given, and where it goes.
struct TextTeacherContext {
  const TextSettings& settings;
  const CaptionData& data;
  const TextEvaluator& evaluator;
  const study::Keeping&
      keeping;  ///< the logs go to `teacher/` below its directory, and the weights to `teacher.safetensors`
};

/// The training of the text-conditioned teacher by flow matching, text encoder and all; has what `study::train_kept` asks for. Losses are logged to
/// `metrics.jsonl`, and now and then the figures of its pictures to `figures.jsonl`, with a picture beside them.
class TextTeaching {
 public:
  TextTeaching(const TextTeacherContext& context, TextNetwork network);

  /// One update. Throws `NumericError` where too many in a row were skipped.
  void step();
  [[nodiscard]] bool finished() const { return trainer_.finished(); }
  [[nodiscard]] std::int64_t update() const { return trainer_.update(); }
  [[nodiscard]] dmdr::NamedTensors state();
  void restore(const dmdr::NamedTensors& named);

  [[nodiscard]] TextNetwork averaged() const { return trainer_.averaged(); }
  /// Mean loss of the last hundred updates of a finished training.
  [[nodiscard]] double last_loss() const { return last_loss_; }

 private:
  void open_logs();
  void point();

  TextTeacherContext context_;
  dmdr::TeacherTrainer<TextSpec, study::Backend, study::TeacherTimes> trainer_;
  double last_loss_ = 0;
  std::unique_ptr<dmdr::io::MetricsLog> losses_;
  std::unique_ptr<dmdr::io::MetricsLog> figures_;
};

/// A teacher as it came out, and what its making showed.
struct TextTeacher {
  TextNetwork network;
  double last_loss = 0;
};

/// Trains the teacher, after a warm start from `start` where there is one, writes it in 16 bits to `teacher.safetensors` and reads it back.
[[nodiscard]] TextTeacher make_text_teacher(const TextTeacherContext& context, const study::Network* start);

}  // namespace letters
