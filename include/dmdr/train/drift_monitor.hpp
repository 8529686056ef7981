// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/host_tensor.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/eval/colour.hpp>
#include <dmdr/model/sample.hpp>
#include <dmdr/train/trainer.hpp>

namespace dmdr {

/// How far the mean colour of a student's images may lie from that of the data.
struct DriftSettings {
  std::int64_t every = 25;       ///< generator updates between two looks; 0: never
  double warn_luminance = 0.03;  ///< a warning beyond it; 0: none
  double stop_luminance = 0;     ///< the run ends beyond it; 0: never
  double warn_saturation = 0.1;  ///< the same of the saturation
  double stop_saturation = 0;
  std::int64_t patience = 2;  ///< looks in a row beyond a bound that end the run

  template <class V>
  void visit(V&& v) {
    v("every", every, at_least(0));
    v("warn_luminance", warn_luminance, Range{0, 1});
    v("stop_luminance", stop_luminance, Range{0, 1});
    v("warn_saturation", warn_saturation, Range{0, 1});
    v("stop_saturation", stop_saturation, Range{0, 1});
    v("patience", patience, at_least(1));
  }
  [[nodiscard]] std::string contradiction() const;
};

/// Compares mean colours with that of the data: the cheap alarm for the colour drift of distribution matching.
///
/// Shapes, precision and classifiers hardly see it: images keep their form while their luminance wanders off.
class ColourDrift {
 public:
  /// Throws `ConfigError` for a setting out of its range and a reference outside [0, 1].
  ColourDrift(const DriftSettings& settings, const eval::Colour& reference, Location where = Location::current());

  /// A sentence where a bound for warnings is passed, else empty. Throws `NumericError` where a bound for the end has been passed
  /// `patience` times in a row.
  [[nodiscard]] std::string look(std::int64_t update, const eval::Colour& now, Location where = Location::current());

  [[nodiscard]] const DriftSettings& settings() const noexcept { return settings_; }
  [[nodiscard]] NamedTensors state() const;
  void restore(const NamedTensors& named, Location where = Location::current());

 private:
  DriftSettings settings_;
  eval::Colour reference_;
  std::int64_t beyond_ = 0;  ///< looks in a row beyond a bound for the end
};

/// What a monitor draws each time: the same conditions and the same noise, so that two looks differ by the student alone.
template <class Condition>
struct DriftLook {
  Condition conditions{};
  std::int64_t channels = 3;  ///< of an image: 1 or 3
  std::uint64_t seed = 0;
};

/// Mean colour of images of the student (its average where one is kept), drawn with the recipe's sampler and grid.
template <class R, class B>
[[nodiscard]] eval::Colour student_colour(BasicTrainer<R, B>& trainer,
                                          const DriftLook<typename R::Generator::Condition>& look,
                                          Location where = Location::current()) {
  static_assert(!R::Generator::Space::needs_decoder || R::rewarded,
                "dmdr: mean colours are of images, and a trainer without reward has no decoder for its latents");
  const typename B::NoGrad no_grad;
  const auto x0 = draw_images(trainer.backend(), trainer.recipe().generator, trainer.evaluation_student(),
                              trainer.recipe().sampler, look.conditions,
                              {.grid = trainer.settings().grid(),
                               .adapter_scale = trainer.student_adapter_scale(),
                               .seed = look.seed});
  const auto images = trainer.images(x0);
  return eval::mean_colour(B::to_host(images), look.channels, shape_of(images).row_size(), where);
}

/// Callback of `run` that looks at the student's mean colour every `every` generator updates, and warns or ends the run where it drifts.
///
/// The end is a `NumericError`: `run` then leaves a diagnostic checkpoint in `diverged/`. It belongs to any recipe; the trainer must outlive it.
template <class R, class B>
class DriftMonitor {
 public:
  using Look = DriftLook<typename R::Generator::Condition>;
  using Say = std::function<void(const std::string&)>;

  DriftMonitor(BasicTrainer<R, B>& trainer, const ColourDrift& drift, Look look, Say say)
      : trainer_(trainer), drift_(drift), look_(std::move(look)), say_(std::move(say)) {}

  void on_step(const StepReport& report) {
    const std::int64_t every = drift_.settings().every;
    if (!report.generator_updated || every == 0 || report.updates % every != 0) return;
    const std::string warning = drift_.look(report.updates, student_colour(trainer_, look_));
    if (!warning.empty()) say_(warning);
  }
  [[nodiscard]] NamedTensors state() const { return drift_.state(); }
  void restore(const NamedTensors& named) { drift_.restore(named); }

 private:
  BasicTrainer<R, B>& trainer_;
  ColourDrift drift_;
  Look look_;
  Say say_;
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/train/drift_monitor.ipp>  // IWYU pragma: export
#endif
