// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/sd3.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/reward/gen_eval.hpp>
#include <dmdr/reward/hps.hpp>
#include <dmdr/train/methods.hpp>

using namespace dmdr;

struct Mine {
  using role = role::sample_weight;
  using State = NoState;
  static constexpr bool needs_reward = false;
  [[nodiscard]] SampleWeights weights(const WeightContext& context, State&) const {
    return {std::vector<double>(context.rewards.size(), 1.0), std::vector<double>(context.rewards.size(), 1.0)};
  }
};

int main() { [[maybe_unused]] const Dmdr<ClassMlp, Mine> recipe; }
