// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The loss formulas by the library and by hand over LibTorch's operators. In the DMD chains the gradient of the scores stops, as it does in
// training; a writing by hand says so by a NoGradGuard, as every public code base does.

#include "chains.hpp"

#include <cmath>

#include <ATen/ATen.h>

#include <dmdr/libtorch/backend.hpp>

#include <dmdr/diffusion/guidance.hpp>
#include <dmdr/diffusion/transition.hpp>
#include <dmdr/divergence/fake_objective.hpp>
#include <dmdr/divergence/split.hpp>
#include <dmdr/rl/grpo.hpp>
#include <dmdr/rl/refl.hpp>
#include <dmdr/train/formulas.hpp>

namespace bench {
namespace {

using at::Tensor;
using dmdr::Velocity;
using In = const std::vector<Tensor>&;
using dmdr::expr::eval;
using dmdr::expr::full;
using dmdr::expr::mean;
using dmdr::expr::per_sample;
using dmdr::expr::row_mean;

constexpr ChainArgument data{}, variable{.gradient = true}, share{.per_sample = true, .low = 0.1, .high = 0.9};

/// One number a sample against `[rows, cols]`.
Tensor column(const Tensor& t) { return t.unsqueeze(1); }

Chain renoise() {
  return {"renoise",
          {variable, data, share, share},
          [](In x) { return eval(dmdr::noised(x[0], x[1], x[2], x[3])); },
          [](In x) { return column(x[2]) * x[0] + column(x[3]) * x[1]; },
          [](In x) { return (column(x[2]) * x[0]).addcmul_(column(x[3]), x[1]); }};
}
Chain clean_from_velocity() {
  return {"x0_from_velocity",
          {data, variable, share, share},
          [](In x) { return eval(dmdr::clean_of<Velocity>(x[0], x[1], x[2], x[3])); },
          [](In x) { return x[0] - column(x[3]) * x[1]; },
          [](In x) { return at::addcmul(x[0], column(x[3]), x[1], -1); }};
}
Chain guided() {
  return {"guided",
          {variable, variable},
          [](In x) { return eval(dmdr::guided(x[0], x[1], 1.5)); },
          [](In x) { return x[1] + 1.5 * (x[0] - x[1]); },
          [](In x) { return at::lerp(x[1], x[0], 1.5); }};
}
Chain flow_matching_loss() {
  return {"flow_matching_loss",
          {variable, data, data, share, share},
          [](In x) { return mean(dmdr::squared_error_of<Velocity>(x[0], x[1], x[2], x[3], x[4])); },
          [](In x) { return (x[0] - (x[2] - x[1])).square().mean(); },
          [](In x) { return at::mse_loss(x[0], x[2] - x[1]); }};
}
Chain weighted_fake_loss() {
  return {"weighted_fake_loss",
          {share, variable, data, data, share, share},
          [](In x) {
            return mean(per_sample(x[0]) * dmdr::FlowMatching::elements<Velocity>(x[2], x[1], x[2], x[3], x[4], x[5]));
          },
          [](In x) { return (column(x[0]) * (x[1] - (x[3] - x[2])).square()).mean(); },
          [](In x) { return (x[1] - (x[3] - x[2])).square_().mul_(column(x[0])).mean(); }};
}
Chain teacher_distance() {
  return {"teacher_distance",
          {variable, data},
          [](In x) { return row_mean(dmdr::teacher_distance(x[0], x[1])); },
          [](In x) { return (x[0] - x[1]).abs().mean(1); },
          [](In x) { return (x[0] - x[1]).abs_().mean(1); }};
}
Chain refl_hinge() {
  return {"refl_hinge",
          {variable},
          [](In x) { return mean(dmdr::reward_hinge(x[0], 0.7)); },
          [](In x) { return (0.7 - x[0]).relu().mean(); },
          [](In x) { return (0.7 - x[0]).relu_().mean(); }};
}
Chain grpo_clipped_objective() {
  return {"grpo_clipped_objective",
          {variable, data, data},
          [](In x) { return mean(dmdr::clipped_objective(x[0], x[1], x[2], 0.2)); },
          [](In x) {
            const Tensor ratio = (x[0] - x[1]).exp();
            return -at::minimum(ratio * x[2], ratio.clamp(0.8, 1.2) * x[2]).mean();
          },
          [](In x) {
            const Tensor ratio = (x[0] - x[1]).exp_();
            return at::minimum(ratio * x[2], ratio.clamp(0.8, 1.2).mul_(x[2])).mean().neg_();
          }};
}

// x0 (with gradient), velocities of the fake score and of the teacher with and without its condition, x_t, t, 1 - t: the generator's DMD
// loss from the networks' outputs on.
const std::vector<ChainArgument> dmd_arguments{variable, data, data, data, data, share, share};
constexpr double guidance = 1.5;

/// The loss by the library, as the trainer puts it together (`dmd_direction`).
Tensor expressed_loss(In x, const Tensor* weight) {
  const auto fake = dmdr::clean_of<Velocity>(x[4], x[1], x[6], x[5]);
  const auto real = dmdr::guided(dmdr::clean_of<Velocity>(x[4], x[2], x[6], x[5]),
                                 dmdr::clean_of<Velocity>(x[4], x[3], x[6], x[5]), guidance);
  using dmdr::expr::stop_gradient;
  const auto both = dmdr::expr::row_mean_beside_eval(stop_gradient(dmdr::teacher_distance(x[0].detach(), real)),
                                                     stop_gradient(dmdr::score_difference(fake, real)));
  Tensor scale = both.row_mean;
  scale.add_(1e-8).reciprocal_();  // one number a sample
  if (weight != nullptr) scale.mul_(*weight);
  return mean(dmdr::injected(x[0], per_sample(scale, "w/n") * full(both.values)));
}
Tensor naive_direction(In x) {
  const at::NoGradGuard no_grad;
  const Tensor t = column(x[5]);
  const Tensor fake = x[4] - t * x[1];
  const Tensor conditional = x[4] - t * x[2], unconditional = x[4] - t * x[3];
  const Tensor real = unconditional + guidance * (conditional - unconditional);
  const Tensor p_real = x[0] - real, p_fake = x[0] - fake;
  return at::nan_to_num((p_real - p_fake) / (p_real.abs().mean(1, true) + 1e-8));
}
Tensor in_place_direction(In x) {
  const at::NoGradGuard no_grad;
  const Tensor t = column(x[5]);
  const Tensor fake = at::addcmul(x[4], t, x[1], -1);
  Tensor real = at::lerp(x[3], x[2], guidance);
  real.mul_(t).neg_().add_(x[4]);
  const Tensor n = at::sub(x[0], real).abs_().mean(1, true).add_(1e-8);
  return at::sub(fake, real).div_(n).nan_to_num_();
}
Chain dmd_loss() {
  return {"dmd_loss", dmd_arguments, [](In x) { return expressed_loss(x, nullptr); },
          [](In x) { return 0.5 * at::mse_loss(x[0], (x[0] - naive_direction(x)).detach()); },
          [](In x) {
            const Tensor target = x[0].detach() - in_place_direction(x);
            return at::mse_loss(x[0], target) * 0.5;
          }};
}
Chain rt_dm_loss() {
  std::vector<ChainArgument> arguments = dmd_arguments;
  arguments.push_back(share);
  return {"rt_dm_loss", arguments, [](In x) { return expressed_loss(x, &x[7]); },
          [](In x) {
            const Tensor g = naive_direction(x) * column(x[7]);
            return 0.5 * at::mse_loss(x[0], (x[0] - g).detach());
          },
          [](In x) {
            const Tensor target = x[0].detach() - in_place_direction(x).mul_(column(x[7]));
            return at::mse_loss(x[0], target) * 0.5;
          }};
}

}  // namespace

std::vector<Chain> chains() {
  return {renoise(),
          clean_from_velocity(),
          guided(),
          flow_matching_loss(),
          weighted_fake_loss(),
          teacher_distance(),
          refl_hinge(),
          grpo_clipped_objective(),
          dmd_loss(),
          rt_dm_loss()};
}

}  // namespace bench
