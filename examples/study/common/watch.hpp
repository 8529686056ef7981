// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/train/progress.hpp>
#include <dmdr/train/run.hpp>
#include <dmdr/train/trainer_settings.hpp>

#include "arm_log.hpp"
#include "figures.hpp"

namespace study {

/// How an arm is watched.
struct Watching {
  std::string arm{};
  std::string directory{};        ///< of the run: the arm's logs go into `arms/<arm>` below it; empty for none
  bool resume = false;            ///< the run goes on where an earlier one ended
  std::int64_t curve_every = 20;  ///< generator updates between two points of the curve
  std::int64_t first_update = 0;  ///< where the arm starts, which they are counted from
  std::vector<ExtraColumn> extra{};
};

/// Logs every generator update of a trainer and draws its curve: an observer of `dmdr::run`, which travels in its checkpoints.
template <class Trainer>
class Watch {
 public:
  /// `look` judges the averaged student. Keeps references to the trainer, the progress and the curve, which it adds to.
  Watch(const Trainer& trainer, Watching watching, std::function<Figures()> look, dmdr::Progress& progress,
        std::vector<CurvePoint>& curve)
      : trainer_(trainer), watching_(std::move(watching)), look_(std::move(look)), progress_(progress), curve_(curve) {}

  /// Opens the logs, and draws the first point where there is none.
  void open() {
    if (!watching_.directory.empty()) {
      std::optional<std::int64_t> resumed_at;
      if (watching_.resume) resumed_at = trainer_.updates() + 1;
      log_.emplace(watching_.directory + "/arms/" + watching_.arm, trainer_.iteration() - 1, resumed_at);
    }
    if (curve_.empty()) point();
  }
  void on_step(const dmdr::StepReport& report) {
    if (!report.skipped.empty()) progress_.say(skip_line(watching_.arm, report));
    if (!report.generator_updated) return;
    if (log_) log_->update(report);
    if ((report.updates - watching_.first_update) % watching_.curve_every == 0 || trainer_.finished()) point();
  }
  [[nodiscard]] dmdr::NamedTensors state() const {
    dmdr::NamedTensors named;
    named.emplace("curve", curve_tensor(curve_));
    return named;
  }
  void restore(const dmdr::NamedTensors& named) { curve_ = curve_of(named.at("curve"), watching_.extra.size()); }

 private:
  void point() {
    const Figures figures = look_();
    curve_.push_back({trainer_.updates(), figures});
    if (log_) log_->point(trainer_.updates(), figures, watching_.extra);
    progress_.say(point_line(watching_.arm, trainer_.updates(), figures, watching_.extra));
  }

  const Trainer& trainer_;
  Watching watching_;
  std::function<Figures()> look_;
  dmdr::Progress& progress_;
  std::vector<CurvePoint>& curve_;
  std::optional<ArmLog> log_;
};

}  // namespace study
