// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <dmdr/train/methods.hpp>

#include "backends.hpp"
#include "support/catch.hpp"
#include "support/gradient_check.hpp"
#include "support/toy.hpp"

namespace dmdr::test {

/// A teacher, a student and a reward on the line; 12 iterations of 4 steps with 4 generator updates: rollout, renoising, both updates, EMA.
template <class R, class B>
[[nodiscard]] NamedTensors trained(const B& backend) {
  const TrainerSettings settings{.seed = 3,
                                 .batch = 8,
                                 .ratio = 3,
                                 .steps = 4,
                                 .generator = {.learning_rate = 1e-2, .weight_decay = 0.01},
                                 .fake = {.learning_rate = 1e-2},
                                 .ema_decay = 0.9};
  using Network = toy::ToyNetwork<B>;
  const Network teacher(backend, Network::Form::posterior, 0.5, 1),
      student(backend, Network::Form::posterior, -0.2, 0.6);
  typename Trainer<R, B>::Parts parts{.teacher = teacher, .student = &student, .conditions = toy::one_class};
  if constexpr (R::rewarded) parts.reward.emplace(toy::Linear{}, std::tuple{toy::LinearModel<B>{0.7}});
  Trainer<R, B> trainer(backend, R{}, settings,
                        {{.name = "joint", .updates = 100, .rl_weight = R::rewarded ? 0.5 : 0.}}, std::move(parts));
  for (int m = 0; m < 12; ++m) CHECK(trainer.step().skipped == "");
  CHECK(trainer.updates() >= 3);
  return trainer.state();
}

/// Whether two runs end with the same numbers up to `tolerance`, and with the same counters.
inline void check_alike(const NamedTensors& got, const NamedTensors& wanted, double tolerance) {
  CHECK(got.size() == wanted.size());
  for (const auto& [name, tensor] : wanted) {
    INFO(name);
    REQUIRE(got.contains(name));
    const HostTensor& other = got.at(name);
    if (tensor.dtype == Dtype::i64)
      CHECK(other == tensor);
    else
      CHECK(distance(other.as<double>(), tensor.as<double>()) < tolerance);
  }
}

/// A method's run on the other backends against the run on `Trusted`.
template <class R, class Trusted = Reference>
void check_method() {
  const NamedTensors wanted = trained<R>(Trusted{});
  // Moments of AdamW start at 0, so a run that trained nothing would agree with any other.
  CHECK(wanted.at("student/a").template as<double>() != std::vector<double>{-0.2});
  {
    INFO("EigenCpu<double>");
    // Twelve iterations add up what one gradient, which `Reference` takes by differences, may be off.
    check_alike(trained<R>(EigenCpu<double>{}), wanted, 20 * Tolerance<EigenCpu<double>>::gradient);
  }
#if __has_include(<dmdr/libtorch.hpp>)
  {
    INFO("LibTorch, float64");
    check_alike(trained<R>(LibTorchF64{}), wanted, 20 * Tolerance<LibTorchF64>::gradient);
  }
#endif
}

}  // namespace dmdr::test
