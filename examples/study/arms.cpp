// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "arms.hpp"

#include <chrono>
#include <mutex>
#include <utility>

#include <dmdr/diffusion/mixture.hpp>
#include <dmdr/diffusion/within_input.hpp>
#include <dmdr/dmdr.hpp>
#include <dmdr/train/drift_monitor.hpp>

#include "jobs.hpp"
#include "watch.hpp"

namespace study {
namespace {

using DynaRs = dmdr::BetaAnneal<4, 1.5, 100>;
/// Some of the times may keep the first law while the others are annealed, and some may be held below the generator's input.
using PartlyHeld = dmdr::Mixture<DynaRs, DynaRs, 0>;
using Renoising = dmdr::Mixture<dmdr::WithinInput<PartlyHeld>, PartlyHeld, 0>;

/// Labels of an iteration: classes drawn with replacement, each for `repeats` samples in a row.
dmdr::ClassLabels labels_of_batch(dmdr::RandomSource& random, std::uint64_t iteration, std::int64_t batch,
                                  std::int64_t repeats, std::int64_t classes) {
  std::vector<std::int64_t> labels;
  for (const std::int64_t label : random.index(dmdr::Draw{"labels", iteration}, batch / repeats, classes))
    labels.insert(labels.end(), static_cast<std::size_t>(repeats), label);
  return dmdr::ClassLabels(std::move(labels));
}

template <class Recipe>
ArmResult train(const ArmContext& context, const Arm& arm, const ArmResult* parent, Recipe recipe) {
  using Trainer = dmdr::Trainer<Recipe, Backend>;
  const Settings& settings = context.settings;
  const auto start = std::chrono::steady_clock::now();
  const std::int64_t classes = classes_of(settings.network);

  recipe.generator = settings.network;
  recipe.rl.hinge = false;
  recipe.guidance.w = settings.guidance;
  recipe.score.real_scale0 = settings.real_scale0;
  const std::int64_t anneal_updates = arm.random_start ? settings.cold_anneal_updates : settings.anneal_updates;
  recipe.score.anneal_updates = arm.dyna_dg ? anneal_updates : 0;
  DynaRs law;
  law.anneal_updates = anneal_updates;
  if (!arm.dyna_rs) law.a0 = law.b0 = 1;  // Beta(1, 1) is the uniform law
  DynaRs held = law;
  held.anneal_updates = 0;
  const PartlyHeld times{.first = held, .second = law, .share = settings.renoise_held};
  for (Renoising* const slot :
       {static_cast<Renoising*>(&recipe.renoise_dm), static_cast<Renoising*>(&recipe.renoise_fake)})
    *slot = {.first = {times}, .second = times, .share = settings.renoise_within};
  dmdr::TrainerSettings run = settings.student;
  run.seed = settings.seed;
  run.steps = arm.steps;

  typename Trainer::Parts parts{.teacher = context.models.teacher};
  dmdr::Philox fresh(settings.seed + 77);
  const Network random_student = new_network(settings.network, fresh);
  if (arm.random_start) parts.student = &random_student;
  parts.conditions = [classes, repeats = settings.class_repeats](dmdr::RandomSource& random, std::uint64_t iteration,
                                                                 std::int64_t batch) {
    return labels_of_batch(random, iteration, batch, repeats, classes);
  };
  parts.reward.emplace(recipe.reward, std::tuple{RewardModel(context.models.reward)});

  // The stages before this arm's own have been trained by its parent; their lengths place this one in the count of updates.
  std::vector<dmdr::Stage> stages;
  if (parent != nullptr) {
    const std::int64_t done = parent->state.at("counters").as<std::int64_t>()[1];
    stages.push_back({.name = "parent", .updates = done});
  }
  stages.push_back(arm.stage);

  ArmResult result{context.models.teacher.clone(), {}, {}, 0, 0};
  Trainer trainer(Backend{}, recipe, run, stages, std::move(parts));
  if (parent != nullptr) {
    trainer.restore(parent->state);
    result.curve = parent->curve;
  }
  dmdr::RunSettings keep;
  if (!context.directory.empty()) {
    keep.directory = context.directory + "/checkpoints/" + arm.name;
    keep.checkpoint_every = settings.checkpoint_every;
  }
  // As many samples everywhere.
  const auto look = [&] {
    double seconds = 0;
    const Network student = trainer.evaluation_student();
    return context.evaluator.figures(draw(settings.network, student, cycled_labels(settings.curve_samples, classes),
                                          {.steps = arm.steps,
                                           .shift = settings.student.shift,
                                           .adapter_scale = trainer.student_adapter_scale(),
                                           .seed = settings.seed + 1000},
                                          seconds));
  };
  Watch watch(trainer,
              {.arm = arm.name,
               .directory = context.directory,
               .resume = context.resume,
               .curve_every = settings.curve_every,
               .first_update = trainer.updates()},
              look, context.progress, result.curve);
  dmdr::DriftMonitor drift(trainer, dmdr::ColourDrift(settings.drift, context.evaluator.real_colour()),
                           {dmdr::ClassLabels(cycled_labels(4 * classes, classes)), channels_of(settings.network),
                            settings.seed + 3000},
                           [&](const std::string& warning) { context.progress.say(arm.name + ": " + warning); });
  if (context.resume && !keep.directory.empty()) {
    for (const std::string& line : dmdr::resume(trainer, keep.directory, watch, drift).rejected)
      context.progress.say(arm.name + ": " + line);
  }
  watch.open();
  dmdr::ShowProgress show{context.progress, arm.name, arm.stage.updates, trainer.total_updates() - arm.stage.updates};
  if (dmdr::run(trainer, keep, watch, drift, show) == dmdr::RunEnd::preempted) throw Stopped{};

  result.student = trainer.evaluation_student();
  result.state = trainer.state();
  result.skips = trainer.skips();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

template <class... Ps>
using Recipe = dmdr::Dmdr<Spec, dmdr::ClassMargin, dmdr::ReFL, Renoising, Simulation, dmdr::DynaDg<2, .75, 100>,
                          dmdr::Cfg<1.5>, dmdr::SingleStage, Ps...>;

}  // namespace

ArmResult train_arm(const ArmContext& context, const Arm& arm, const ArmResult* parent) {
  switch (arm.method) {
    case Method::dmd: return train(context, arm, parent, Recipe<>{});
    case Method::rt_dm: {
      Recipe<dmdr::RtDm> recipe;
      recipe.sample_weight.form.beta = context.settings.rt_dm_beta;
      return train(context, arm, parent, recipe);
    }
    case Method::tilted: {
      Recipe<dmdr::RewardTilt<1>> recipe;
      recipe.fake_weight.beta = context.settings.tilt_beta;
      return train(context, arm, parent, recipe);
    }
  }
  throw dmdr::Error("arms: unknown method of arm " + arm.name);
}

std::map<std::string, ArmResult> train_arms(const ArmContext& context, const std::vector<Arm>& arms, unsigned threads) {
  std::map<std::string, ArmResult> results;
  std::mutex mutex;
  std::vector<Job> jobs;
  for (const Arm& arm : arms)
    jobs.push_back({arm.name, arm.parent, [&context, &results, &mutex, &arm] {
                      const ArmResult* parent = nullptr;
                      if (!arm.parent.empty()) {
                        const std::scoped_lock lock(mutex);
                        parent = &results.at(arm.parent);
                      }
                      ArmResult result = train_arm(context, arm, parent);
                      const std::scoped_lock lock(mutex);
                      results.emplace(arm.name, std::move(result));
                    }});
  run_jobs(jobs, threads);
  return results;
}

}  // namespace study
