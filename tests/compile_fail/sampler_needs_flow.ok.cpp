// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/sd3.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/reward/gen_eval.hpp>
#include <dmdr/reward/hps.hpp>
#include <dmdr/train/methods.hpp>

using namespace dmdr;

/// On a variance-preserving path, without adapters.
struct Ddpm {
  using role = role::generator;
  using Path = VpDdpm;
  using Prediction = Epsilon;
  using Condition = TextPrompts;
  using Space = LatentSpace;
  static constexpr bool adapters = false;
  static constexpr const char* name = "Ddpm";
  [[nodiscard]] std::vector<std::int64_t> sample_shape() const { return {4, 64, 64}; }
  [[nodiscard]] VpDdpm path() const { return VpDdpm(); }
};

int main() { [[maybe_unused]] const Dmdr<Ddpm, SeparateFake, Ddim> recipe; }
