// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "arms.hpp"

#include <chrono>
#include <mutex>
#include <utility>

#include <dmdr/dmdr.hpp>
#include <dmdr/train/drift_monitor.hpp>

#include "arm_recipe.hpp"
#include "jobs.hpp"
#include "watch.hpp"

namespace study {
namespace {

template <class Recipe>
ArmResult train(const ArmContext& context, const Arm& arm, const ArmResult* parent, Recipe recipe) {
  using Trainer = dmdr::Trainer<Recipe, Backend>;
  const Settings& settings = context.settings;
  const auto start = std::chrono::steady_clock::now();
  const std::int64_t classes = classes_of(settings.network);

  configure(recipe, settings, arm);
  dmdr::TrainerSettings run = settings.student;
  run.seed = settings.seed;
  run.steps = arm.steps;

  typename Trainer::Parts parts{.teacher = context.models.teacher};
  dmdr::Philox fresh(settings.seed + 77);
  const Network random_student = new_network(settings.network, fresh);
  if (arm.random_start) parts.student = &random_student;
  parts.conditions = grouped_labels(classes, settings.class_repeats);
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

}  // namespace

ArmResult train_arm(const ArmContext& context, const Arm& arm, const ArmResult* parent) {
  switch (arm.method) {
    case Method::dmd: return train(context, arm, parent, ArmRecipe<>{});
    case Method::rt_dm: {
      ArmRecipe<dmdr::RtDm> recipe;
      recipe.sample_weight.form.beta = context.settings.rt_dm_beta;
      return train(context, arm, parent, recipe);
    }
    case Method::tilted: return train(context, arm, parent, tilted_recipe(context.settings.tilt_beta));
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
