// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/role.hpp>
#include <dmdr/train/rate_schedule.hpp>

namespace dmdr {

/// A part of the run, counted in generator updates.
struct Stage {
  std::string name = "train";
  std::int64_t updates = 1000;
  double dm_weight = 1;       ///< of the injected DMD gradient
  double rl_weight = 0;       ///< lambda of the RL loss
  bool sample_weight = true;  ///< off: every sample counts 1
  bool fake_weight = true;
  bool train_fake = true;   ///< off for a stage without the DMD gradient, which needs no fake score
  double generator_lr = 0;  ///< 0: the run's own
  double fake_lr = 0;
  RateCourse generator_rate{};  ///< of the generator's rate, over the generator updates of this stage
  RateCourse fake_rate{};       ///< the same of the fake score's, which moves when the generator was updated

  template <class V>
  void visit(V&& v) {
    v("name", name);
    v("updates", updates, at_least(0));
    v("dm_weight", dm_weight);
    v("rl_weight", rl_weight);
    v("sample_weight", sample_weight);
    v("fake_weight", fake_weight);
    v("train_fake", train_fake);
    v("generator_lr", generator_lr, at_least(0));
    v("fake_lr", fake_lr, at_least(0));
    v("generator_rate", generator_rate);
    v("fake_rate", fake_rate);
  }
};

/// Generator updates of all stages together.
[[nodiscard]] std::int64_t total_updates(const std::vector<Stage>& stages);
/// A place in a run: a stage, and the generator updates that were done in it.
struct StagePosition {
  const Stage& stage;
  std::int64_t update;

  /// The learning rates there; `own` are those of the run.
  [[nodiscard]] double generator_lr(double own) const;
  [[nodiscard]] double fake_lr(double own) const;
};
/// Where the generator update number `updates` lies, counted from 0; in the last stage beyond the end.
[[nodiscard]] StagePosition stage_at(const std::vector<Stage>& stages, std::int64_t updates);

/// The default plan of a method; a run may replace it by its own list of stages.
template <class S>
concept StagePlan = std::copyable<S> && std::same_as<role_of_t<S>, role::stages> && requires(const S& stages) {
  { stages.plan() } -> std::same_as<std::vector<Stage>>;
};

/// The revised text of DMDR (2511.13649): 1.5K updates of RT-DM with both dynamics, then 1.5K of DMD + lambda RL with lambda .5. Whether
/// RT-DM stays on in stage 2 is not said; here it is off.
struct PaperStages {
  using role = role::stages;
  std::int64_t cold_start = 1500;
  std::int64_t joint = 1500;
  double lambda = 0.5;
  [[nodiscard]] std::vector<Stage> plan() const {
    return {{.name = "rt_dm", .updates = cold_start},
            {.name = "joint", .updates = joint, .rl_weight = lambda, .sample_weight = false}};
  }
};

/// The first version's scripts for SD3-M: 2000 updates of DMD with both dynamics, then 2001 with the rewards, unweighted samples.
struct V1Stages {
  using role = role::stages;
  std::int64_t cold_start = 2000;
  std::int64_t joint = 2001;
  double lambda = 1;
  [[nodiscard]] std::vector<Stage> plan() const {
    return {{.name = "dmd", .updates = cold_start, .sample_weight = false},
            {.name = "joint", .updates = joint, .rl_weight = lambda, .sample_weight = false}};
  }
};

/// One stage with everything on.
struct SingleStage {
  using role = role::stages;
  std::int64_t updates = 1000;
  double lambda = 0.5;
  [[nodiscard]] std::vector<Stage> plan() const { return {{.name = "train", .updates = updates, .rl_weight = lambda}}; }
};

/// Which iterations update the generator when `ratio` fake updates go with one (TTUR); the fake score is updated in every iteration.
template <class T>
concept TurnRule = std::copyable<T> && std::same_as<role_of_t<T>, role::turns> &&
    requires(const T& rule, std::int64_t m, std::int64_t r) {
  { rule.generator_turn(m, r) } -> std::same_as<bool>;
};

/// `m % R == 0 and m > 0`: floor((M-1)/R) generator updates in M iterations (DMDR).
struct DmdrTurns {
  using role = role::turns;
  [[nodiscard]] bool generator_turn(std::int64_t m, std::int64_t ratio) const { return m > 0 && m % ratio == 0; }
};
/// `m % R == 0`: ceil(M/R) generator updates (DMD2).
struct Dmd2Turns {
  using role = role::turns;
  [[nodiscard]] bool generator_turn(std::int64_t m, std::int64_t ratio) const { return m % ratio == 0; }
};
/// `(m+1) % R == 0`: floor(M/R) generator updates (RTDMD).
struct RtdmdTurns {
  using role = role::turns;
  [[nodiscard]] bool generator_turn(std::int64_t m, std::int64_t ratio) const { return (m + 1) % ratio == 0; }
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/train/stages.ipp>  // IWYU pragma: export
#endif
