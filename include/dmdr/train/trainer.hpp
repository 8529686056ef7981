// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dmdr/core/backend.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/train/backend_fit.hpp>
#include <dmdr/train/direction.hpp>
#include <dmdr/train/formulas.hpp>
#include <dmdr/train/recipe.hpp>
#include <dmdr/train/run_position.hpp>
#include <dmdr/train/trainer_checks.hpp>
#include <dmdr/train/trainer_settings.hpp>

namespace dmdr {

namespace detail {
template <class B>
class Checks;
}

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
    detail::check_trainer(settings_, stages_,
                          {.grid_steps = grid_.steps(),
                           .one_step = R::Simulation::one_step,
                           .conditions = static_cast<bool>(conditions_),
                           .needs_reward = R::rewarded,
                           .reward = reward_.has_value()},
                          where);
    Network teacher = parts.teacher.clone();
    teacher_digest_ = detail::digest_of(store_parameters(teacher.base()));
    if (settings_.ema_decay > 0)
      for (const auto& [name, tensor] : student_parameters()) ema_.emplace(name, B::detach(B::parameter(tensor)));
  }

  /// One iteration. A value that is not finite skips the update it occurs in and is named in the report; after `max_skips_in_row` in a row
  /// `NumericError` is thrown.
  StepReport step(Location where = Location::current());

  /// Whether all stages are done.
  [[nodiscard]] bool finished() const { return updates() >= total_updates(); }
  [[nodiscard]] std::int64_t total_updates() const { return dmdr::total_updates(stages_); }
  [[nodiscard]] std::int64_t iteration() const noexcept { return at_.iteration; }
  [[nodiscard]] std::int64_t updates() const noexcept { return at_.updates; }
  [[nodiscard]] std::int64_t skips() const noexcept { return at_.skips; }

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
  [[nodiscard]] Network evaluation_student();
  /// What rewards and people see of generated `x0`: decoded latents, or pixels clamped to [-1, 1].
  [[nodiscard]] Tensor images(const Tensor& x0) const;
  [[nodiscard]] const B& backend() const noexcept { return backend_; }
  [[nodiscard]] double student_adapter_scale() const noexcept { return settings_.student_adapter ? 1.0 : 0.0; }

  /// Called with tensors on their way: `"latent"`, `"clean"`, `"fake_time"`, `"fake_loss"`, `"fake_gradient"`, `"reward"`, `"dm_gradient"`,
  /// `"generator_loss"`, `"generator_gradient"`. For tests of faults and for probes; it may change the tensor.
  Tap tap;

  /// Everything that a resumed run needs but the teacher and the settings.
  [[nodiscard]] NamedTensors state();
  /// Takes back what `state()` gave. Throws `FileError` naming every tensor that does not fit; nothing is changed then.
  void restore(const NamedTensors& named, Location where = Location::current());

 private:
  void touch(std::string_view place, Tensor& tensor) const {
    if (tap) tap(place, tensor);
  }
  [[nodiscard]] std::vector<double> rewards(const Tensor& clean, const Condition& condition) const;
  [[nodiscard]] Tensor predict(const Tensor& x, const Times& times, const Condition& condition) const {
    return student_.predict(x, times, condition, student_adapter_scale());
  }

  void iterate(const StagePosition& place, bool generator_turn, StepReport& report);
  void update_fake(const StagePosition& place, const Condition& condition, const Groups& groups,
                   const Rollout<Tensor>& rollout, detail::Checks<B>& checks, StepReport& report);
  void update_generator(const StagePosition& place, const Condition& condition, const Groups& groups,
                        const Rollout<Tensor>& rollout, bool weighted, detail::Checks<B>& checks, StepReport& report);
  /// The RL loss of one generator step, or none.
  std::optional<Tensor> rl_loss(const Condition& condition, const Groups& groups, const Rollout<Tensor>& rollout,
                                const Tensor& x0, detail::Checks<B>& checks, StepReport& report) const;
  /// Backward, clip, AdamW; no parameter is touched where one of `checks` or the gradient is not finite. `norm` is that before clipping.
  void descend(const char* place, const Tensor& loss, Parameters<Tensor>& parameters, typename B::AdamW& optimiser,
               double clip, double lr, detail::Checks<B>& checks, double& norm);

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
  RunPosition at_;
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

#include <dmdr/train/trainer_state.hpp>    // IWYU pragma: export
#include <dmdr/train/trainer_updates.hpp>  // IWYU pragma: export
