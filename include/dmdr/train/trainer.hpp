// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dmdr/core/backend.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/io/digest.hpp>
#include <dmdr/train/backend_fit.hpp>
#include <dmdr/train/direction.hpp>
#include <dmdr/train/formulas.hpp>
#include <dmdr/train/recipe.hpp>
#include <dmdr/train/trainer_settings.hpp>

namespace dmdr {

/// The one training loop body that serves every method (docs/explanation/skeleton.md): rollout, fake update, generator update.
///
/// It knows no method: what differs between methods is in the policies of the recipe. Use it as `Trainer<Recipe, Backend>`.
template <class R, class B>
class BasicTrainer {
 public:
  using Recipe = R;
  using Backend = B;
  using Tensor = typename B::Tensor;
  using Generator = typename R::Generator;
  using Kind = typename Generator::Prediction;
  using Condition = typename Generator::Condition;
  using Network = network_of_t<B, Generator>;
  using Decoder = typename detail::decoder_type<B, Generator>::type;
  using Scores = ScoreNetworks<typename R::Score, Network>;

  /// What a run is given.
  struct Parts {
    const Network& teacher;
    /// The student's start; the teacher where nothing is given. Ignored with `student_adapter`.
    const Network* student = nullptr;
    /// The conditions (prompts, labels) of an iteration's batch; a pure function of the iteration.
    std::function<Condition(RandomSource& random, std::uint64_t iteration, std::int64_t batch)> conditions{};
    std::optional<RewardPack<B, typename R::Reward>> reward{};
    Decoder decoder{};
  };

  /// Places where tests put a wrong value: see `tap`.
  using Tap = std::function<void(std::string_view place, Tensor& tensor)>;

  BasicTrainer(const B& backend, const R& recipe, const TrainerSettings& settings, std::vector<Stage> stages,
               Parts parts, RandomSource* random = nullptr, Location where = Location::current())
      : backend_(backend),
        recipe_(recipe),
        settings_(settings),
        stages_(std::move(stages)),
        own_random_(settings.seed),
        random_(random == nullptr ? own_random_ : *random),
        grid_(settings.grid(), where),
        path_(recipe.generator.path()),
        conditions_(std::move(parts.conditions)),
        reward_(std::move(parts.reward)),
        decoder_(std::move(parts.decoder)),
        student_(settings.student_adapter
                     ? parts.teacher.share(random_)
                     : (parts.student == nullptr ? parts.teacher.clone() : parts.student->clone())),
        scores_(recipe.score, parts.teacher, random_),
        generator_optimiser_(tensors_of(student_parameters()), settings.generator),
        fake_optimiser_(tensors_of(scores_.parameters()), settings.fake) {
    Network teacher = parts.teacher.clone();
    io::Digester digester;
    for (const auto& [name, tensor] : store_parameters(teacher.base())) {
      digester.update(std::as_bytes(std::span(name)));
      digester.update(tensor.bytes);
    }
    teacher_digest_ = digester.hex();
    if (settings_.batch < 1)
      throw ConfigError("trainer: the batch is empty (batch = " + std::to_string(settings_.batch) + ")", where);
    if (settings_.ratio < 1)
      throw ConfigError("trainer: ratio must be at least 1, got " + std::to_string(settings_.ratio), where);
    if (stages_.empty()) throw ConfigError("trainer: no stages", where);
    if (!conditions_)
      throw ConfigError("trainer: parts.conditions is empty: give a function that makes a batch of conditions", where);
    if (R::Simulation::one_step && grid_.steps() != 1)
      throw ConfigError("trainer: PureNoise trains a one-step student, the grid has " + std::to_string(grid_.steps()) +
                            " steps",
                        where);
    if (R::rewarded && !reward_)
      throw ConfigError("trainer: the recipe has a reward, and parts.reward is empty", where);
    if (settings_.ema_decay > 0)
      for (const auto& [name, tensor] : student_parameters()) ema_.emplace(name, B::detach(B::parameter(tensor)));
  }

  /// One iteration. A value that is not finite skips the update it occurs in and is named in the report; after `max_skips_in_row` in a row
  /// `NumericError` is thrown.
  StepReport step(Location where = Location::current()) {
    StepReport report;
    report.iteration = iteration_;
    const Stage& stage = stage_now();
    report.stage = stage.name;
    const bool generator_turn = recipe_.turns.generator_turn(iteration_, settings_.ratio);
    try {
      iterate(stage, generator_turn, report);
      skips_in_row_ = 0;
    } catch (const NotFinite& fault) {
      report.skipped = fault.place;
    } catch (const NumericError& error) {
      report.skipped = error.what();
    }
    ++iteration_;
    report.updates = updates_;
    if (!report.skipped.empty()) {
      ++skips_;
      if (++skips_in_row_ >= settings_.max_skips_in_row)
        throw NumericError("trainer: " + std::to_string(skips_in_row_) +
                               " iterations in a row were skipped, the last because of: " + report.skipped,
                           where);
    }
    return report;
  }

  /// Whether all stages are done.
  [[nodiscard]] bool finished() const { return updates_ >= total_updates(); }
  [[nodiscard]] std::int64_t total_updates() const {
    std::int64_t total = 0;
    for (const Stage& stage : stages_) total += stage.updates;
    return total;
  }
  [[nodiscard]] std::int64_t iteration() const noexcept { return iteration_; }
  [[nodiscard]] std::int64_t updates() const noexcept { return updates_; }
  [[nodiscard]] std::int64_t skips() const noexcept { return skips_; }

  /// XXH3-128 over the teacher's weights: a checkpoint belongs to the teacher that it was made with.
  [[nodiscard]] const std::string& teacher_digest() const noexcept { return teacher_digest_; }
  [[nodiscard]] const Network& student() const noexcept { return student_; }
  [[nodiscard]] const Grid& grid() const noexcept { return grid_; }
  [[nodiscard]] const R& recipe() const noexcept { return recipe_; }
  [[nodiscard]] const TrainerSettings& settings() const noexcept { return settings_; }
  [[nodiscard]] const std::vector<Stage>& stages() const noexcept { return stages_; }
  /// What the generator's optimiser trains: all weights, or the adapter.
  [[nodiscard]] Parameters<Tensor>& student_parameters() {
    return settings_.student_adapter ? student_.adapter() : student_.base();
  }
  [[nodiscard]] const Parameters<Tensor>& ema() const noexcept { return ema_; }
  [[nodiscard]] Parameters<Tensor>& fake_parameters() { return scores_.parameters(); }
  /// A copy of the student to draw from: its average where one is kept.
  [[nodiscard]] Network evaluation_student() {
    Network copy = student_.clone();
    Parameters<Tensor>& target = settings_.student_adapter ? copy.adapter() : copy.base();
    for (auto& [name, tensor] : ema_) B::assign(target.at(name), tensor);
    return copy;
  }
  [[nodiscard]] double student_adapter_scale() const noexcept { return settings_.student_adapter ? 1.0 : 0.0; }

  /// Called with tensors on their way: `"latent"`, `"clean"`, `"fake_time"`, `"fake_loss"`, `"fake_gradient"`, `"reward"`, `"dm_gradient"`,
  /// `"generator_loss"`, `"generator_gradient"`. For tests of faults and for probes; it may change the tensor.
  Tap tap;

  /// Everything that a resumed run needs but the teacher and the settings.
  [[nodiscard]] NamedTensors state() {
    NamedTensors named = store_parameters(student_parameters(), "student/");
    named.merge(store_parameters(ema_, "ema/"));
    named.merge(store_parameters(scores_.parameters(), "fake/"));
    for (auto& [name, tensor] : generator_optimiser_.state())
      named.emplace("generator_optimiser/" + name, std::move(tensor));
    for (auto& [name, tensor] : fake_optimiser_.state()) named.emplace("fake_optimiser/" + name, std::move(tensor));
    const std::vector<std::int64_t> counters{iteration_, updates_, skips_, skips_in_row_};
    named.emplace("counters", HostTensor::from<std::int64_t>(Shape{4}, std::span(counters)));
    const std::vector<double> memory = weight_state_.store();
    named.emplace("sample_weight",
                  HostTensor::from<double>(Shape{static_cast<std::int64_t>(memory.size())}, std::span(memory)));
    return named;
  }
  /// Takes back what `state()` gave. Throws `FileError` naming every tensor that does not fit; nothing is changed then.
  void restore(const NamedTensors& named, Location where = Location::current()) {
    const auto counters = part(named, "counters", where).template as<std::int64_t>(where);
    const auto memory = part(named, "sample_weight", where).template as<double>(where);
    if (counters.size() != 4 || memory.size() != weight_state_.store().size())
      throw FileError("restore: counters or sample-weight memory have another size than this recipe's", where);
    typename B::AdamW generator_optimiser(tensors_of(student_parameters()), settings_.generator);
    typename B::AdamW fake_optimiser(tensors_of(scores_.parameters()), settings_.fake);
    generator_optimiser.restore(tensors_under(named, "generator_optimiser/"), where);
    fake_optimiser.restore(tensors_under(named, "fake_optimiser/"), where);
    check_parameters(student_parameters(), named, "student/", where);
    check_parameters(ema_, named, "ema/", where);
    check_parameters(scores_.parameters(), named, "fake/", where);
    load_parameters(backend_, student_parameters(), named, "student/", where);
    load_parameters(backend_, ema_, named, "ema/", where);
    load_parameters(backend_, scores_.parameters(), named, "fake/", where);
    generator_optimiser_ = std::move(generator_optimiser);
    fake_optimiser_ = std::move(fake_optimiser);
    weight_state_.restore(memory);
    iteration_ = counters[0];
    updates_ = counters[1];
    skips_ = counters[2];
    skips_in_row_ = counters[3];
  }

 private:
  struct NotFinite {
    std::string place;
  };

  void touch(std::string_view place, Tensor& tensor) const {
    if (tap) tap(place, tensor);
  }
  static double finite(const char* place, const Tensor& scalar) {
    const double value = B::to_host(scalar)[0];
    if (!std::isfinite(value)) throw NotFinite{place};
    return value;
  }
  static void all_finite(const char* place, const Tensor& tensor) { finite(place, expr::mean(expr::full(tensor))); }

  [[nodiscard]] const Stage& stage_now() const {
    std::int64_t end = 0;
    for (const Stage& stage : stages_)
      if (updates_ < (end += stage.updates)) return stage;
    return stages_.back();
  }
  [[nodiscard]] Tensor images(const Tensor& x0) const {
    if constexpr (Generator::Space::needs_decoder)
      return decoder_.decode(x0);
    else
      return expr::eval(expr::clamp(expr::full(x0, "x0"), -1, 1));
  }
  [[nodiscard]] std::vector<double> rewards(const Tensor& clean, const Condition& condition) const {
    if constexpr (R::rewarded) {
      const typename B::NoGrad no_grad;
      Tensor total = backend_.from_host(Shape{shape_of(clean).rows()}, reward_->total(images(clean), condition));
      touch("reward", total);
      all_finite("reward", total);
      return B::to_host(total);
    } else {
      return {};
    }
  }

  void iterate(const Stage& stage, bool generator_turn, StepReport& report) {
    const auto m = static_cast<std::uint64_t>(iteration_);
    const Condition condition = conditions_(random_, m, settings_.batch);
    if (condition.rows() != settings_.batch)
      throw ConfigError("trainer: parts.conditions gave " + std::to_string(condition.rows()) +
                        " conditions for a batch of " + std::to_string(settings_.batch));
    const Groups groups = Groups::by_condition(condition);
    const bool fake_turn = stage.train_fake;
    if (!fake_turn && !generator_turn) return;

    const bool weighted = stage.sample_weight && R::SampleWeight::needs_reward;
    const bool record = R::Rl::needs_transitions && generator_turn && stage.rl_weight != 0;
    std::vector<std::int64_t> shape{settings_.batch};
    for (const std::int64_t extent : recipe_.generator.sample_shape()) shape.push_back(extent);
    const auto predict = [&](const Tensor& x, const Times& t, const Condition& c) {
      return student_.predict(x, t, c, student_adapter_scale());
    };
    using Run = Trajectory<Kind, B, typename Generator::Path, typename R::Sampler, decltype(predict), Condition>;
    Rollout<Tensor> rollout =
        simulate<Run>({backend_, path_, grid_, recipe_.sampler, predict, condition, random_, m, Shape(shape)},
                      recipe_.backward_simulation, settings_.step_index, weighted && generator_turn, record);
    touch("latent", rollout.input);
    touch("clean", rollout.clean);
    all_finite("latent", rollout.input);
    all_finite("clean", rollout.clean);

    if (fake_turn) update_fake(stage, condition, groups, rollout, report);
    if (generator_turn) update_generator(stage, condition, groups, rollout, predict, weighted, report);
  }

  void update_fake(const Stage& stage, const Condition& condition, const Groups& groups, const Rollout<Tensor>& rollout,
                   StepReport& report) {
    const Shape shape = shape_of(rollout.clean);
    const std::vector<std::int64_t> samples = iota_samples(shape.rows());
    const auto m = static_cast<std::uint64_t>(iteration_);
    Times times =
        recipe_.renoise_fake.times({random_, Draw{"fake_time", m}, samples, updates_, rollout.input_times.values()});
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
      if (stage.fake_weight) u = recipe_.fake_weight.weights(rewards(rollout.clean, condition), groups);
    const Tensor weight = backend_.from_host(Shape{shape.rows()}, u);

    const Tensor output = scores_.train(x, times, condition);
    Tensor loss =
        expr::mean(expr::per_sample(weight, "fake_weight") *
                   R::FakeObjective::template elements<Kind>(x, output, rollout.clean, eps, at.alpha, at.sigma));
    touch("fake_loss", loss);
    report.fake_loss = finite("fake_loss", loss);
    report.fake_gradient_norm =
        descend("fake_gradient", loss, scores_.parameters(), fake_optimiser_, settings_.fake_clip,
                stage.fake_lr > 0 ? stage.fake_lr : settings_.fake.learning_rate);
    report.fake_updated = true;
  }

  template <class Predict>
  void update_generator(const Stage& stage, const Condition& condition, const Groups& groups,
                        const Rollout<Tensor>& rollout, const Predict& predict, bool weighted, StepReport& report) {
    const auto m = static_cast<std::uint64_t>(iteration_);
    const PathTensors<Tensor> at = path_tensors(backend_, path_, rollout.input_times);
    const Tensor output = predict(rollout.input, rollout.input_times, condition);
    const Tensor x0 = expr::eval(clean_of<Kind>(rollout.input, output, at.alpha, at.sigma));
    std::optional<Tensor> loss;
    auto weight_state = weight_state_;

    if (stage.dm_weight != 0) {
      SampleWeights weights{std::vector<double>(groups.rows(), 1.0), std::vector<double>(groups.rows(), 1.0)};
      if (weighted)
        weights =
            recipe_.sample_weight.weights({rewards(rollout.full, condition), groups, rollout.steps}, weight_state);
      report.mean_weight = 0;
      for (const double w : weights.dm) report.mean_weight += w / static_cast<double>(weights.dm.size());
      Direction<Tensor> direction =
          dmd_direction<R, B, Network>({backend_, recipe_, scores_, condition, random_, rollout.input_times, updates_,
                                        m, recipe_.guidance.scale(random_, m)},
                                       B::detach(x0), weights, groups);
      touch("dm_gradient", direction.g);
      report.zero_normalisers = direction.zero_normalisers;
      const Tensor dm = expr::mean(injected(x0, direction.g));
      report.dm_loss = finite("dm_loss", dm);
      loss = expr::eval(stage.dm_weight * expr::scalar(dm));
    }
    if constexpr (R::Rl::needs_reward) {
      if (stage.rl_weight != 0) {
        const auto scores = [&](const Tensor& pictures) { return reward_->scores(pictures, condition); };
        const auto decode = [&](const Tensor& clean) { return images(clean); };
        using Context = RlContext<Kind, Predict, decltype(scores), decltype(decode), Tensor, Condition,
                                  std::remove_cvref_t<decltype(recipe_.advantage)>>;
        const RlOutcome<Tensor> outcome =
            recipe_.rl.loss(backend_, Context{predict, scores, decode, x0, condition, groups, rollout,
                                              recipe_.advantage, reward_->weights(), reward_->margins()});
        if (!std::isfinite(outcome.reward)) throw NotFinite{"reward"};
        report.reward = outcome.reward;
        report.ratio_deviation = outcome.ratio_deviation;
        if (outcome.loss) {
          report.rl_loss = finite("rl_loss", *outcome.loss);
          const Tensor part = expr::eval(stage.rl_weight * expr::scalar(*outcome.loss));
          loss = loss ? expr::eval(expr::scalar(*loss) + expr::scalar(part)) : part;
        }
      }
    }
    if (!loss)
      throw ConfigError("trainer: stage '" + stage.name +
                        "' has neither a DMD nor an RL weight: nothing would be trained");
    touch("generator_loss", *loss);
    finite("generator_loss", *loss);
    report.generator_gradient_norm =
        descend("generator_gradient", *loss, student_parameters(), generator_optimiser_, settings_.generator_clip,
                stage.generator_lr > 0 ? stage.generator_lr : settings_.generator.learning_rate);
    weight_state_ = std::move(weight_state);
    if (settings_.ema_decay > 0)
      for (auto& [name, tensor] : ema_) B::ema(tensor, student_parameters().at(name), settings_.ema_decay);
    ++updates_;
    report.generator_updated = true;
  }

  /// Backward, clip, AdamW; no parameter is touched where the gradient is not finite. Returns the norm before clipping.
  double descend(const char* place, const Tensor& loss, Parameters<Tensor>& parameters, typename B::AdamW& optimiser,
                 double clip, double lr) {
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
    const double norm = B::clip_gradients(tensors, clip);
    if (!std::isfinite(norm)) throw NotFinite{place};
    optimiser.step(lr);
    return norm;
  }

  static const HostTensor& part(const NamedTensors& named, const std::string& name, Location where) {
    const auto found = named.find(name);
    if (found == named.end()) throw FileError("restore: tensor " + name + " is missing", where);
    return found->second;
  }
  B backend_;
  R recipe_;
  TrainerSettings settings_;
  std::vector<Stage> stages_;
  Philox own_random_;
  RandomSource& random_;
  Grid grid_;
  typename Generator::Path path_;
  std::function<Condition(RandomSource&, std::uint64_t, std::int64_t)> conditions_;
  std::optional<RewardPack<B, typename R::Reward>> reward_;
  Decoder decoder_;
  Network student_;
  Scores scores_;
  typename B::AdamW generator_optimiser_;
  typename B::AdamW fake_optimiser_;
  Parameters<Tensor> ema_;
  typename R::SampleWeight::State weight_state_{};
  std::string teacher_digest_;
  std::int64_t iteration_ = 0;
  std::int64_t updates_ = 0;
  std::int64_t skips_ = 0;
  std::int64_t skips_in_row_ = 0;
};

namespace detail {
template <class R, class B, bool Fine>
struct trainer_base {
  using type = NoTrainer<R, B>;
};
template <class R, class B>
struct trainer_base<R, B, true> {
  using type = BasicTrainer<canonical_t<R>, B>;
};
template <class R, class B>
using trainer_base_t = typename trainer_base<R, B, Fit<R, B>::value>::type;
}  // namespace detail

/// A run of recipe `R` over backend `B`; all orders of a recipe's policies share one `BasicTrainer`.
template <class R, class B>
class Trainer : public detail::trainer_base_t<R, B> {
  // Exactly one of these sentences appears where the recipe does not fit the backend, and nothing after it.
  using Found = detail::Fit<R, B>;
  static_assert(Found::differentiable,
                "dmdr: this backend cannot train: it does not model dmdr::DifferentiableBackend");
  static_assert(
      Found::network,
      "dmdr: this backend has no network for the generator: choose another backend, or specialise dmdr::network_of");
  static_assert(
      Found::reward,
      "dmdr: this backend has no model for the reward: choose another backend, or specialise dmdr::reward_model_of");
  static_assert(Found::decoder,
                "dmdr: this backend has no decoder for the generator's latents: choose another backend, or specialise "
                "dmdr::decoder_of");

 public:
  using Base = detail::trainer_base_t<R, B>;
  using Base::Base;
};

}  // namespace dmdr
