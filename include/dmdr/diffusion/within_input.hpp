// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/diffusion/renoise.hpp>

namespace dmdr {

/// `t = t_in s` with s drawn from `L`: no image is noised beyond the level from which the generator made it. Ours; `BelowInput` is the uniform case.
///
/// One fake score serves all steps of a student, so that at a level that every step's images reach only their mixture is matched: a first step that
/// is too dark and a last one that is too light cancel out. Levels above the second step's input see images of the first step alone, and so on down:
/// each step is matched where what it decides is still open (docs/explanation/drift.md).
///
/// Throws `ConfigError` where there is no generator input, as in the training of a teacher.
template <RenoiseLaw L>
struct WithinInput {
  using role = role::renoise;
  L law{};

  [[nodiscard]] Times times(const RenoiseContext& context) const {
    if (context.input_times.size() != context.samples.size())
      throw ConfigError("WithinInput: " + std::to_string(context.samples.size()) + " samples come with " +
                        std::to_string(context.input_times.size()) + " times of generator inputs");
    std::vector<double> values = law.times(context).values();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] *= context.input_times[i];
    return Times(std::move(values));
  }
  template <class V>
  void visit(V&& v) {
    v("law", law);
  }
};

}  // namespace dmdr
