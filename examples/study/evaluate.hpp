// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <dmdr/eval/colour.hpp>

#include "figures.hpp"
#include "images.hpp"
#include "models.hpp"

namespace study {

/// Compares generated images with the real ones in the judge's feature space.
///
/// Features are divided by one number, the root of the mean variance of the real ones, so that distances are in standard deviations.
class Evaluator {
 public:
  Evaluator(const Models& models, const Images& real) : Evaluator(models.reward, models.judge, real) {}
  /// The same with what it needs of the models. All are kept by reference.
  Evaluator(const Classifier& reward, const Classifier& judge, const Images& real);

  /// All figures but time and evaluations. Images are clamped to [-1, 1] first.
  [[nodiscard]] Figures figures(const Images& images) const;
  [[nodiscard]] const dmdr::eval::Colour& real_colour() const { return real_colour_; }
  [[nodiscard]] double half_frechet(const Halves& halves) const;

 private:
  [[nodiscard]] std::vector<double> features(const Images& images) const;

  const Classifier& reward_;
  const Classifier& judge_;
  const Images& real_;
  dmdr::eval::Colour real_colour_;
  double scale_ = 1;
  std::int64_t columns_ = 0;
  std::vector<double> real_features_;
  std::vector<double> real_radii_;  ///< of precision and recall; the same for every figure
};

/// Images that a network draws at once: 520 letters with guidance took 1.7 times as long in one piece as in pieces of about a hundred.
inline constexpr std::int64_t rows_at_once = 104;

/// How a network is sampled.
struct Sampling {
  std::int64_t steps = 4;
  double guidance = 1;
  bool euler = false;  ///< the probability flow; else renoising
  double shift = 1;
  double adapter_scale = 0;
  std::uint64_t seed = 0;
};

/// One image for each label; `seconds` receives the time that drawing took.
[[nodiscard]] Images draw(const Spec& spec, const Network& network, const std::vector<std::int64_t>& labels,
                          const Sampling& sampling, double& seconds);

}  // namespace study
