// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <span>
#include <string>
#include <vector>

#include <dmdr/rl/refl.hpp>

#include "backends.hpp"
#include "support/catch.hpp"
#include "support/gradient_check.hpp"
#include "support/toy.hpp"

// The one training loop over a backend that shares no code with the others: the same numbers, up to rounding.

using namespace dmdr;
using namespace dmdr::test;

namespace {

using Recipe = Dmdr<toy::Toy, toy::Linear, ReFL, SeparateFake, UniformClamp<>>;

/// All numbers of a run after 12 iterations of 4 steps: rollout, renoising, fake and generator updates, EMA.
template <class B>
NamedTensors run() {
  const TrainerSettings settings{.seed = 3,
                                 .batch = 8,
                                 .ratio = 3,
                                 .steps = 4,
                                 .generator = {.learning_rate = 1e-2, .weight_decay = 0.01},
                                 .fake = {.learning_rate = 1e-2},
                                 .ema_decay = 0.9};
  using Network = toy::ToyNetwork<B>;
  const Network teacher(B{}, Network::Form::posterior, 0.5, 1), student(B{}, Network::Form::posterior, -0.2, 0.6);
  Trainer<Recipe, B> trainer(B{}, Recipe{}, settings, {{.name = "joint", .updates = 100, .rl_weight = 0.5}},
                             {.teacher = teacher,
                              .student = &student,
                              .conditions = toy::one_class,
                              .reward = RewardPack<B, toy::Linear>({}, {toy::LinearModel<B>{0.7}})});
  for (int m = 0; m < 12; ++m) REQUIRE(trainer.step().skipped == "");
  REQUIRE(trainer.updates() == 3);
  return trainer.state();
}

}  // namespace

TEST_CASE("a run of the trainer gives the same weights, averages and moments on a backend of a user's own") {
  const NamedTensors wanted = run<Reference>(), got = run<minimal::Backend>();
  REQUIRE(got.size() == wanted.size());
  for (const auto& [name, tensor] : wanted) {
    INFO(name);
    REQUIRE(got.contains(name));
    const HostTensor& other = got.at(name);
    if (tensor.dtype == Dtype::f64)  // twelve iterations add up what one gradient may be off
      CHECK(distance(other.as<double>(), tensor.as<double>()) < 20 * Tolerance<minimal::Backend>::gradient);
    else
      CHECK(other == tensor);
  }
}
