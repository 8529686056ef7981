// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/sd3.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/reward/gen_eval.hpp>
#include <dmdr/reward/hps.hpp>
#include <dmdr/train/methods.hpp>

using namespace dmdr;

/// A sampler of a user's own.
struct Mine {
  using role = role::sampler;
  static constexpr bool needs_rectified = false;
  static constexpr bool stochastic = true;
  [[nodiscard]] TransitionCoefficients coefficients(PathPoint, PathPoint to) const { return {to.alpha, 0, to.sigma}; }
};

int main() { [[maybe_unused]] const Dmdr<ClassMlp, Mine> recipe; }
