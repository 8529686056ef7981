// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/train/trainer.hpp>

// One iteration of the skeleton: rollout, fake update, generator update.
namespace dmdr {

namespace detail {

/// Ends an iteration; `place` names what was not finite.
struct NotFinite {
  std::string place;
};
/// Numbers that must be finite before an optimiser steps. They are computed where the tensors are and read together, when all of an update is
/// on its way, so that a device is waited for once an update.
template <class B>
class Checks {
 public:
  /// The number in a scalar; `read` puts it into `report`.
  void number(const char* place, const typename B::Tensor& scalar, double* report = nullptr) {
    entries_.push_back({place, scalar, report});
  }
  /// Every element of a tensor, by their mean.
  void all(const char* place, const typename B::Tensor& tensor) { number(place, expr::mean(expr::full(tensor))); }
  /// Throws `NotFinite` for the first that is not finite.
  void read() {
    for (const Entry& entry : entries_) {
      const double value = B::to_host(entry.scalar)[0];
      if (!std::isfinite(value)) throw NotFinite{entry.place};
      if (entry.report != nullptr) *entry.report = value;
    }
    entries_.clear();
  }

 private:
  struct Entry {
    const char* place;
    typename B::Tensor scalar;
    double* report;
  };
  std::vector<Entry> entries_;
};

}  // namespace detail

template <class R, class B>
StepReport BasicTrainer<R, B>::step(Location where) {
  StepReport report;
  report.iteration = at_.iteration;
  const StagePosition place = stage_at(stages_, at_.updates);
  report.stage = place.stage.name;
  const bool generator_turn = recipe_.turns.generator_turn(at_.iteration, settings_.ratio);
  try {
    iterate(place, generator_turn, report);
  } catch (const detail::NotFinite& fault) {
    report.skipped = fault.place;
  } catch (const NumericError& error) {
    report.skipped = error.what();
  }
  report.updates = at_.updates;
  at_.advance(report.skipped, settings_.max_skips_in_row, where);
  return report;
}

template <class R, class B>
auto BasicTrainer<R, B>::images(const Tensor& x0) const -> Tensor {
  if constexpr (Generator::Space::needs_decoder)
    return decoder_.decode(x0);
  else
    return expr::eval(expr::clamp(expr::full(x0, "x0"), -1, 1));
}

template <class R, class B>
std::vector<double> BasicTrainer<R, B>::rewards(const Tensor& clean, const Condition& condition) const {
  if constexpr (R::rewarded) {
    const typename B::NoGrad no_grad;
    Tensor total = backend_.from_host(Shape{shape_of(clean).rows()}, reward_->total(images(clean), condition));
    touch("reward", total);
    std::vector<double> values = B::to_host(total);
    for (const double value : values)
      if (!std::isfinite(value)) throw detail::NotFinite{"reward"};
    return values;
  } else {
    return {};
  }
}

template <class R, class B>
void BasicTrainer<R, B>::iterate(const StagePosition& place, bool generator_turn, StepReport& report) {
  const Stage& stage = place.stage;
  const auto m = static_cast<std::uint64_t>(at_.iteration);
  const Condition condition = conditions_(random_, m, settings_.batch);
  detail::check_conditions(condition.rows(), settings_.batch);
  const Groups groups = Groups::by_condition(condition);
  const bool fake_turn = stage.train_fake;
  if (!fake_turn && !generator_turn) return;

  const bool weighted = stage.sample_weight && R::SampleWeight::needs_reward;
  const bool record = R::Rl::needs_transitions && generator_turn && stage.rl_weight != 0;
  std::vector<std::int64_t> shape{settings_.batch};
  for (const std::int64_t extent : recipe_.generator.sample_shape()) shape.push_back(extent);
  const auto student = [this](const Tensor& x, const Times& t, const Condition& c) { return predict(x, t, c); };
  using Run = Trajectory<Kind, B, typename Generator::Path, typename R::Sampler, decltype(student), Condition>;
  Rollout<Tensor> rollout =
      simulate<Run>({backend_, path_, grid_, recipe_.sampler, student, condition, random_, m, Shape(shape)},
                    recipe_.backward_simulation, settings_.step_index, weighted && generator_turn, record);
  touch("latent", rollout.input);
  touch("clean", rollout.clean);
  detail::Checks<B> checks;
  checks.all("latent", rollout.input);
  checks.all("clean", rollout.clean);

  if (fake_turn) update_fake(place, condition, groups, rollout, checks, report);
  if (generator_turn) update_generator(place, condition, groups, rollout, weighted, checks, report);
}

template <class R, class B>
void BasicTrainer<R, B>::update_fake(const StagePosition& place, const Condition& condition, const Groups& groups,
                                     const Rollout<Tensor>& rollout, detail::Checks<B>& checks, StepReport& report) {
  const Shape shape = shape_of(rollout.clean);
  const std::vector<std::int64_t> samples = iota_samples(shape.rows());
  const auto m = static_cast<std::uint64_t>(at_.iteration);
  Times times =
      recipe_.renoise_fake.times({random_, Draw{"fake_time", m}, samples, at_.updates, rollout.input_times.values()});
  if (tap) {
    Tensor tapped = backend_.from_host(Shape{times.rows()}, times.values());
    tap("fake_time", tapped);
    times = Times(B::to_host(tapped));
  }
  const PathTensors<Tensor> at = path_tensors(backend_, path_, times);
  const Tensor eps = backend_.from_host(shape, random_.normal(Draw{"fake_noise", m}, shape.rows(), shape.row_size()));
  const Tensor x = expr::eval(noised(rollout.clean, eps, at.alpha, at.sigma));

  std::vector<double> u(samples.size(), 1.0);
  if constexpr (R::FakeWeight::needs_reward)
    if (place.stage.fake_weight) u = recipe_.fake_weight.weights(rewards(rollout.clean, condition), groups);
  const Tensor weight = backend_.from_host(Shape{shape.rows()}, u);

  const Tensor output = scores_.train(x, times, condition);
  Tensor loss =
      expr::mean(expr::per_sample(weight, "fake_weight") *
                 R::FakeObjective::template elements<Kind>(x, output, rollout.clean, eps, at.alpha, at.sigma));
  touch("fake_loss", loss);
  checks.number("fake_loss", loss, &report.fake_loss);
  report.fake_lr = place.fake_lr(settings_.fake.learning_rate);
  descend("fake_gradient", loss, scores_.parameters(), fake_optimiser_, settings_.fake_clip, report.fake_lr, checks,
          report.fake_gradient_norm);
  report.fake_updated = true;
}

template <class R, class B>
void BasicTrainer<R, B>::update_generator(const StagePosition& place, const Condition& condition, const Groups& groups,
                                          const Rollout<Tensor>& rollout, bool weighted, detail::Checks<B>& checks,
                                          StepReport& report) {
  const Stage& stage = place.stage;
  const auto m = static_cast<std::uint64_t>(at_.iteration);
  const PathTensors<Tensor> at = path_tensors(backend_, path_, rollout.input_times);
  const Tensor output = predict(rollout.input, rollout.input_times, condition);
  const Tensor x0 = expr::eval(clean_of<Kind>(rollout.input, output, at.alpha, at.sigma));
  std::optional<Tensor> loss;
  auto weight_state = weight_state_;

  if (stage.dm_weight != 0) {
    SampleWeights weights{std::vector<double>(groups.rows(), 1.0), std::vector<double>(groups.rows(), 1.0)};
    if (weighted)
      weights = recipe_.sample_weight.weights({rewards(rollout.full, condition), groups, rollout.steps}, weight_state);
    report.mean_weight = 0;
    for (const double w : weights.dm) report.mean_weight += w / static_cast<double>(weights.dm.size());
    Direction<Tensor> direction =
        dmd_direction<R, B, Network>({backend_, recipe_, scores_, condition, random_, rollout.input_times, at_.updates,
                                      m, recipe_.guidance.scale(random_, m)},
                                     B::detach(x0), weights, groups);
    if (tap) {  // g itself, which is not stored else
      direction.along = direction.g();
      direction.weight = backend_.from_host(shape_of(direction.weight), std::vector<double>(groups.rows(), 1.0));
      tap("dm_gradient", direction.along);
    }
    report.zero_normalisers = direction.zero_normalisers;
    const Tensor dm = expr::mean(injected(x0, direction.formula()));
    checks.number("dm_loss", dm, &report.dm_loss);
    loss = expr::eval(stage.dm_weight * expr::scalar(dm));
  }
  if (stage.rl_weight != 0)
    if (const std::optional<Tensor> rl = rl_loss(condition, groups, rollout, x0, checks, report)) {
      const Tensor part = expr::eval(stage.rl_weight * expr::scalar(*rl));
      loss = loss ? expr::eval(expr::scalar(*loss) + expr::scalar(part)) : part;
    }
  if (!loss)
    throw ConfigError("trainer: stage '" + stage.name +
                      "' has neither a DMD nor an RL weight: nothing would be trained");
  touch("generator_loss", *loss);
  checks.number("generator_loss", *loss);
  report.generator_lr = place.generator_lr(settings_.generator.learning_rate);
  descend("generator_gradient", *loss, student_parameters(), generator_optimiser_, settings_.generator_clip,
          report.generator_lr, checks, report.generator_gradient_norm);
  weight_state_ = std::move(weight_state);
  if (settings_.ema_decay > 0) B::ema(tensors_of(ema_), tensors_of(student_parameters()), settings_.ema_decay);
  ++at_.updates;
  report.generator_updated = true;
}

template <class R, class B>
auto BasicTrainer<R, B>::rl_loss(const Condition& condition, const Groups& groups, const Rollout<Tensor>& rollout,
                                 [[maybe_unused]] const Tensor& x0, [[maybe_unused]] detail::Checks<B>& checks,
                                 [[maybe_unused]] StepReport& report) const -> std::optional<Tensor> {
  if constexpr (R::Rl::needs_reward) {
    const auto student = [this](const Tensor& x, const Times& t, const Condition& c) { return predict(x, t, c); };
    const auto scores = [&](const Tensor& pictures) { return reward_->scores(pictures, condition); };
    const auto decode = [this](const Tensor& clean) { return images(clean); };
    using Context = RlContext<Kind, decltype(student), decltype(scores), decltype(decode), Tensor, Condition,
                              std::remove_cvref_t<decltype(recipe_.advantage)>>;
    const RlOutcome<Tensor> outcome =
        recipe_.rl.loss(backend_, Context{student, scores, decode, x0, condition, groups, rollout, recipe_.advantage,
                                          reward_->weights(), reward_->margins()});
    if (!std::isfinite(outcome.reward)) throw detail::NotFinite{"reward"};
    report.reward = outcome.reward;
    report.ratio_deviation = outcome.ratio_deviation;
    if (outcome.loss) checks.number("rl_loss", *outcome.loss, &report.rl_loss);
    return outcome.loss;
  } else {
    return std::nullopt;
  }
}

template <class R, class B>
void BasicTrainer<R, B>::descend(const char* place, const Tensor& loss, Parameters<Tensor>& parameters,
                                 typename B::AdamW& optimiser, double clip, double lr, detail::Checks<B>& checks,
                                 double& norm) {
  const std::vector<Tensor> tensors = tensors_of(parameters);
  // Gradients are gone afterwards, whatever happened: a step that ran out of memory must not go on holding some.
  struct Cleared {
    const std::vector<Tensor>& of;
    explicit Cleared(const std::vector<Tensor>& all) : of(all) { B::clear_gradients(of); }
    Cleared(const Cleared&) = delete;
    Cleared& operator=(const Cleared&) = delete;
    ~Cleared() { B::clear_gradients(of); }
  };
  const Cleared cleared(tensors);
  Tensor cotangent = backend_.from_host(shape_of(loss), std::vector<double>{1.0});
  touch(place, cotangent);
  B::backward(std::span(&loss, 1), std::span<const Tensor>(&cotangent, 1));
  checks.number(place, B::clip_gradients(tensors, clip), &norm);
  checks.read();
  optimiser.step(lr);
}

}  // namespace dmdr
