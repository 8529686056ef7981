// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>

namespace dmdr::test {

enum class Shade { dark, light };

struct OptimiserSettings {
  double learning_rate = 1e-4;
  std::vector<double> betas{0.9, 0.999};
  bool fused = true;

  template <class V>
  void visit(V&& v) {
    v("learning_rate", learning_rate, Range{0, 1, true});
    v("betas", betas, Items{.each = {0, 1, false, true}, .min_count = 2, .max_count = 2});
    v("fused", fused);
  }
  friend bool operator==(const OptimiserSettings&, const OptimiserSettings&) = default;
};

struct TrainSettings {
  std::int64_t steps = 100;
  std::uint8_t ranks = 1;
  std::vector<std::int64_t> milestones{10, 20};
  OptimiserSettings student;
  OptimiserSettings fake;

  template <class V>
  void visit(V&& v) {
    v("steps", steps, at_least(1));
    v("ranks", ranks, at_least(1));
    v("milestones", milestones, Items{.each = at_least(0), .order = Order::ascending});
    v("student", student);
    v("fake", fake);
  }
  [[nodiscard]] std::string contradiction() const {
    return !milestones.empty() && milestones.back() > steps ? "the last milestone lies behind the last step" : "";
  }
  friend bool operator==(const TrainSettings&, const TrainSettings&) = default;
};

/// Settings of every type, nested, with ranges, an order and a contradiction.
struct ExampleSettings {
  std::string name = "digits";
  std::uint64_t seed = 1;
  Shade shade = Shade::light;
  std::vector<double> times{1, 0.75, 0.5};
  TrainSettings train;

  template <class V>
  void visit(V&& v) {
    v("name", name);
    v("seed", seed);
    v("train", train);
    v("shade", shade);
    v("times", times, Items{.each = {0, 1}, .min_count = 1, .order = Order::descending});
  }
  friend bool operator==(const ExampleSettings&, const ExampleSettings&) = default;
};

}  // namespace dmdr::test

template <>
struct dmdr::EnumNames<dmdr::test::Shade> {
  static constexpr EnumName<test::Shade> table[] = {{test::Shade::dark, "dark"}, {test::Shade::light, "light"}};
};
