// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "arms.hpp"

#include <chrono>
#include <mutex>
#include <utility>

#include <dmdr/diffusion/mixture.hpp>
#include <dmdr/diffusion/within_input.hpp>
#include <dmdr/dmdr.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/jsonl.hpp>
#include <dmdr/io/tensorboard.hpp>
#include <dmdr/train/drift_monitor.hpp>

#include "jobs.hpp"
#include "step_log.hpp"

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

/// Logs every generator update and draws the curves.
template <class Trainer>
class Watch {
 public:
  Watch(const ArmContext& context, const Arm& arm, Trainer& trainer, ArmResult& result, std::int64_t first_update)
      : context_(context), arm_(arm), trainer_(trainer), result_(result), first_update_(first_update) {}

  /// Opens the logs, after what an earlier run has left in them.
  void open() {
    if (context_.directory.empty()) return;
    const std::string place = context_.directory + "/arms/" + arm_.name;
    dmdr::io::make_directories(dmdr::io::real_file_system(), place);
    log_ = std::make_unique<dmdr::io::MetricsLog>(place + "/metrics.jsonl");
    log_->truncate_after(trainer_.iteration() - 1);
    dmdr::io::EventWriterSettings events;
    if (context_.resume) events.resumed_at = trainer_.updates() + 1;
    board_ = std::make_unique<dmdr::io::EventWriter>(place, events);
  }

  void on_step(const dmdr::StepReport& report) {
    if (!report.skipped.empty()) context_.progress.say(skip_line(arm_.name, report));
    if (!report.generator_updated) return;
    if (log_) {
      log_->write(report.iteration, update_metrics(report));
      board_->add_scalar("fake_loss", report.fake_loss, report.updates);
      board_->add_scalar("generator_gradient_norm", report.generator_gradient_norm, report.updates);
    }
    if ((report.updates - first_update_) % context_.settings.curve_every == 0 || trainer_.finished()) point();
  }

  /// A point of the curve from the averaged student, a number of samples that is the same everywhere.
  void point() {
    double seconds = 0;
    const Network student = trainer_.evaluation_student();
    const Images images = draw(context_.settings.network, student,
                               cycled_labels(context_.settings.curve_samples, classes_of(context_.settings.network)),
                               {.steps = arm_.steps,
                                .shift = context_.settings.student.shift,
                                .adapter_scale = trainer_.student_adapter_scale(),
                                .seed = context_.settings.seed + 1000},
                               seconds);
    result_.curve.push_back({trainer_.updates(), context_.evaluator.figures(images)});
    const Figures& f = result_.curve.back().figures;
    if (board_) {
      board_->add_scalar("eval/reward", f.reward, trainer_.updates());
      board_->add_scalar("eval/held_out_reward", f.held_out_reward, trainer_.updates());
      board_->add_scalar("eval/frechet", f.frechet, trainer_.updates());
      board_->add_scalar("eval/recall", f.recall, trainer_.updates());
      board_->add_scalar("eval/luminance", f.luminance, trainer_.updates());
      board_->add_scalar("eval/saturation", f.saturation, trainer_.updates());
    }
    char line[160];
    std::snprintf(line, sizeof line, "%-14s update %4ld  reward %6.2f  held-out %6.2f  FD %6.2f  recall %.3f",
                  arm_.name.c_str(), static_cast<long>(trainer_.updates()), f.reward, f.held_out_reward, f.frechet,
                  f.recall);
    context_.progress.say(line);
  }

  /// The curve so far travels in the checkpoints.
  [[nodiscard]] dmdr::NamedTensors state() const {
    dmdr::NamedTensors named;
    named.emplace("curve", curve_tensor(result_.curve));
    return named;
  }
  void restore(const dmdr::NamedTensors& named) { result_.curve = curve_of(named.at("curve")); }

 private:
  const ArmContext& context_;
  const Arm& arm_;
  Trainer& trainer_;
  ArmResult& result_;
  std::int64_t first_update_;
  std::unique_ptr<dmdr::io::MetricsLog> log_;
  std::unique_ptr<dmdr::io::EventWriter> board_;
};

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
  const std::int64_t first_update = trainer.updates();
  dmdr::RunSettings keep;
  if (!context.directory.empty()) {
    keep.directory = context.directory + "/checkpoints/" + arm.name;
    keep.checkpoint_every = settings.checkpoint_every;
  }
  Watch<Trainer> watch(context, arm, trainer, result, first_update);
  dmdr::DriftMonitor drift(trainer, dmdr::ColourDrift(settings.drift, context.evaluator.real_colour()),
                           {dmdr::ClassLabels(cycled_labels(4 * classes, classes)), channels_of(settings.network),
                            settings.seed + 3000},
                           [&](const std::string& warning) { context.progress.say(arm.name + ": " + warning); });
  if (context.resume && !keep.directory.empty()) {
    for (const std::string& line : dmdr::resume(trainer, keep.directory, watch, drift).rejected)
      context.progress.say(arm.name + ": " + line);
  }
  watch.open();
  if (result.curve.empty()) watch.point();
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
