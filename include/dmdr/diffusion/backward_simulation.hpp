// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>

#include <dmdr/core/role.hpp>
#include <dmdr/diffusion/rollout.hpp>

namespace dmdr {

/// Which state of the rollout becomes the generator's input, and which clean image the fake score trains on.
template <class S>
concept BackwardSimulation = std::copyable<S> && std::same_as<role_of_t<S>, role::backward_simulation> && requires {
  { S::needs_end } -> std::convertible_to<bool>;
  { S::one_step } -> std::convertible_to<bool>;
};

/// DMDR's code: the prediction made at `t_j`, renoised to `t_j`.
struct SameStep {
  using role = role::backward_simulation;
  static constexpr bool needs_end = false;
  static constexpr bool one_step = false;
  template <class T, class R>
  void fill(const T& trajectory, R& rollout) const {
    rollout.clean = trajectory.clean_at_step();
    rollout.input = trajectory.renoised(rollout.clean);
  }
};

/// DMD2: the state at `t_j` itself, made by the sampler from the prediction of step j-1 (pure noise for j = 0).
struct PrevStep {
  using role = role::backward_simulation;
  static constexpr bool needs_end = false;
  static constexpr bool one_step = false;
  template <class T, class R>
  void fill(const T& trajectory, R& rollout) const {
    rollout.clean = trajectory.clean_at_step();
    rollout.input = trajectory.state_at_step();
  }
};

/// DMDR's "ode" option: the end of the whole trajectory is the clean image of every step, renoised to `t_j`.
struct FinalOde {
  using role = role::backward_simulation;
  static constexpr bool needs_end = true;
  static constexpr bool one_step = false;
  template <class T, class R>
  void fill(const T& trajectory, R& rollout) const {
    rollout.clean = trajectory.end();
    rollout.input = trajectory.renoised(rollout.clean);
  }
};

/// One-step generators: the input is pure noise. A grid with more than one step is refused when the trainer is made.
struct PureNoise {
  using role = role::backward_simulation;
  static constexpr bool needs_end = false;
  static constexpr bool one_step = true;
  template <class T, class R>
  void fill(const T& trajectory, R& rollout) const {
    rollout.clean = trajectory.clean_at_step();
    rollout.input = trajectory.state_at_step();
  }
};

/// Runs the student along its grid and assembles what the updates need.
template <class Trajectory, BackwardSimulation S>
[[nodiscard]] auto simulate(const typename Trajectory::Setup& setup, const S& simulation, StepIndex law, bool complete,
                            bool record) {
  const typename std::remove_cvref_t<decltype(setup.backend)>::NoGrad no_grad;
  Trajectory trajectory(setup, draw_steps(setup.random, setup.step, setup.sample_shape.rows(), setup.grid, law),
                        complete || S::needs_end, record);
  Rollout<typename Trajectory::Tensor> rollout;
  simulation.fill(trajectory, rollout);
  rollout.input_times = trajectory.input_times();
  rollout.steps = trajectory.steps();
  rollout.complete = trajectory.complete();
  if (rollout.complete) rollout.full = trajectory.end();
  rollout.transitions = std::move(trajectory.transitions());
  return rollout;
}

}  // namespace dmdr
