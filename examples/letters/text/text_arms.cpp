// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "text_arms.hpp"

#include <algorithm>
#include <mutex>
#include <tuple>
#include <type_traits>
#include <utility>

#include <dmdr/dmdr.hpp>
#include <dmdr/train/drift_monitor.hpp>

#include "jobs.hpp"
#include "letters/libtorch/letter_margin_model.hpp"
#include "letters/libtorch/letter_rules_model.hpp"
#include "run_options.hpp"
#include "watch.hpp"

namespace letters {
namespace {

using study::Backend;

template <class... Ps>
using Recipe = dmdr::Dmdr<TextSpec, study::Simulation, dmdr::BetaAnneal<4, 1.5, 100>, dmdr::DynaDg<2, .75, 100>,
                          dmdr::Cfg<1.5>, dmdr::SingleStage, Ps...>;
using ByMargin = Recipe<LetterMargin, dmdr::ReFL>;
using ByRulesTilt = Recipe<LetterRules, dmdr::RewardTilt<.2>>;
/// With squared errors (RTDMD) a step counts the more the noisier it is, with log-densities, which divide by the variance, the less.
using ByRulesGrpo = Recipe<LetterRules, dmdr::GrpoWith<dmdr::NegativeSquaredError>, dmdr::Cps<.9>>;

template <class R>
TextArmResult train(const TextArmContext& context, const TextArm& arm, R recipe, double rl_weight) {
  using Trainer = dmdr::Trainer<R, Backend>;
  const TextSettings& settings = context.settings;
  recipe.generator = settings.network;
  recipe.guidance.w = settings.guidance;
  recipe.score.real_scale0 = settings.real_scale0;
  recipe.score.anneal_updates = settings.anneal_updates;
  recipe.renoise_dm.anneal_updates = recipe.renoise_fake.anneal_updates = settings.anneal_updates;
  dmdr::TrainerSettings run = settings.student;
  run.seed = settings.seed;

  typename Trainer::Parts parts{.teacher = context.teacher};
  parts.conditions = [&data = context.data, group = settings.group](dmdr::RandomSource& random, std::uint64_t iteration,
                                                                    std::int64_t batch) {
    return data.prompts(random, "prompts", iteration, batch / group, group);
  };
  if constexpr (std::is_same_v<typename R::Reward, LetterRules>)
    parts.reward.emplace(recipe.reward, std::tuple{LetterRulesModel(Backend{}, context.judges.reward,
                                                                    context.data.bounds(Half::a), settings.rules)});
  else
    parts.reward.emplace(recipe.reward, std::tuple{LetterMarginModel(context.judges.reward)});

  const std::vector<dmdr::Stage> stages{{.name = "distil", .updates = settings.stage1_updates},
                                        {.name = "joint",
                                         .updates = settings.stage2_updates,
                                         .rl_weight = rl_weight,
                                         .generator_rate = settings.stage2_generator_rate}};
  Trainer trainer(Backend{}, recipe, run, stages, std::move(parts));
  TextArmResult result{.student = context.teacher.clone(), .adapter_scale = trainer.student_adapter_scale()};
  if constexpr (requires { recipe.sampler.eta; }) result.eta = recipe.sampler.eta;
  const dmdr::RunSettings keep{.directory = context.directory + "/checkpoints/" + arm.name,
                               .checkpoint_every = settings.checkpoint_every};
  const auto look = [&] {
    return context.evaluator.figures(draw_captions(settings.network, trainer.evaluation_student(), context.prompts,
                                                   sampling_of(settings, result))
                                         .images,
                                     context.prompts);
  };
  study::Watch watch(trainer,
                     {.arm = arm.name,
                      .directory = context.directory,
                      .resume = context.resume,
                      .curve_every = settings.curve_every,
                      .extra = rule_columns()},
                     look, context.progress, result.curve);
  const std::vector<std::int64_t> looked_at =
      dmdr::iota_samples(std::min<std::int64_t>(4 * letter_count, context.prompts.rows()));
  dmdr::DriftMonitor drift(trainer, dmdr::ColourDrift(settings.drift, context.evaluator.pictures().real_colour()),
                           {context.prompts.take(looked_at), 3, settings.seed + 3000},
                           [&](const std::string& warning) { context.progress.say(arm.name + ": " + warning); });
  if (context.resume)
    for (const std::string& line : dmdr::resume(trainer, keep.directory, watch, drift).rejected)
      context.progress.say(arm.name + ": " + line);
  watch.open();
  dmdr::ShowProgress show{context.progress, arm.name, trainer.total_updates()};
  if (dmdr::run(trainer, keep, watch, drift, show) == dmdr::RunEnd::preempted) throw study::Stopped{};

  result.student = trainer.evaluation_student();
  result.skips = trainer.skips();
  return result;
}

}  // namespace

std::vector<TextArm> text_arms(const std::vector<std::string>& names) {
  std::vector<TextArm> arms{{"dmd", TextMethod::dmd},
                            {"dmd_refl", TextMethod::refl},
                            {"tilted_rules", TextMethod::tilted_rules},
                            {"dmd_cps", TextMethod::dmd_cps},
                            {"grpo_rules", TextMethod::grpo_rules}};
  std::vector<std::string> known;
  for (const TextArm& arm : arms) known.push_back(arm.name);
  for (const std::string& name : names) study::require_arm("letters_text", name, known);
  if (!names.empty())
    std::erase_if(arms,
                  [&](const TextArm& arm) { return std::find(names.begin(), names.end(), arm.name) == names.end(); });
  return arms;
}

TextSampling sampling_of(const TextSettings& settings, const TextArmResult& arm) {
  return {.steps = settings.student.steps,
          .shift = settings.student.shift,
          .eta = arm.eta,
          .adapter_scale = arm.adapter_scale,
          .seed = settings.seed + 2000};
}

TextArmResult train_text_arm(const TextArmContext& context, const TextArm& arm) {
  const TextSettings& settings = context.settings;
  switch (arm.method) {
    case TextMethod::dmd:
    case TextMethod::refl: {
      ByMargin recipe;
      recipe.rl.hinge = false;
      return train(context, arm, recipe, arm.method == TextMethod::refl ? settings.refl_weight : 0);
    }
    case TextMethod::tilted_rules: {
      ByRulesTilt recipe;
      recipe.fake_weight.beta = settings.tilt_beta;
      return train(context, arm, recipe, 0);
    }
    case TextMethod::dmd_cps:
    case TextMethod::grpo_rules:
      return train(context, arm, ByRulesGrpo{}, arm.method == TextMethod::grpo_rules ? settings.grpo_weight : 0);
  }
  throw dmdr::Error("letters_text: unknown method of arm " + arm.name);
}

std::map<std::string, TextArmResult> train_text_arms(const TextArmContext& context, const std::vector<TextArm>& arms,
                                                     unsigned threads) {
  std::map<std::string, TextArmResult> results;
  std::mutex mutex;
  std::vector<study::Job> jobs;
  for (const TextArm& arm : arms)
    jobs.push_back({arm.name, "", [&context, &results, &mutex, &arm] {
                      TextArmResult result = train_text_arm(context, arm);
                      const std::scoped_lock lock(mutex);
                      results.emplace(arm.name, std::move(result));
                    }});
  study::run_jobs(jobs, threads);
  return results;
}

}  // namespace letters
