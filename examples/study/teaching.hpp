// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <dmdr/train/teacher.hpp>

#include "images.hpp"
#include "settings.hpp"
#include "study_backend.hpp"

namespace study {

/// The training of a study's teacher, with the mean loss of its last updates.
class Teaching {
 public:
  Teaching(const Settings& settings, Source source, const TeacherTimes& times = {});

  /// One update. Throws `NumericError` where too many in a row were skipped.
  dmdr::TeacherTrainer<Spec, Backend, TeacherTimes>::Report step();
  [[nodiscard]] bool finished() const { return trainer_.finished(); }
  [[nodiscard]] std::int64_t update() const { return trainer_.update(); }
  /// Everything that a resumed training needs but the settings and the source.
  [[nodiscard]] dmdr::NamedTensors state();
  void restore(const dmdr::NamedTensors& named);
  [[nodiscard]] Network averaged() const { return trainer_.averaged(); }
  /// Mean of the last hundred updates of a finished training.
  [[nodiscard]] double last_loss() const { return last_loss_; }

 private:
  dmdr::TeacherSettings run_;
  dmdr::TeacherTrainer<Spec, Backend, TeacherTimes> trainer_;
  double last_loss_ = 0;
};

}  // namespace study
