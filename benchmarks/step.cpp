// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "step.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include <dmdr/eigen/class_mlp.hpp>
#include <dmdr/train/recipe.hpp>
#include <dmdr/train/trainer.hpp>

namespace bench {

namespace {

using namespace dmdr;
using Cpu = EigenCpu<float>;
using Tensor = Cpu::Tensor;
using Network = eigen::ClassMlpNetwork<float>;

// The settings of the digits run: 4 steps, batch 64, three fake updates a generator update, both dynamics, guidance 1.5.
constexpr std::int64_t anneal = 100;
using Recipe = Dmdr<ClassMlp, DynaDg<2, .75, anneal>, BetaAnneal<4, 1.5, anneal>, Cfg<1.5>, SameStep, SingleStage>;
TrainerSettings digits_settings() {
  return {.seed = 1,
          .batch = 64,
          .ratio = 3,
          .steps = 4,
          .step_index = StepIndex::stratified,
          .generator = {.learning_rate = 1e-3},
          .fake = {.learning_rate = 2e-3},
          .ema_decay = .98};
}

ClassLabels labels_of(RandomSource& random, std::uint64_t iteration, std::int64_t batch) {
  return ClassLabels(random.index(Draw{"labels", iteration}, batch, 10));
}

/// A teacher that says something: a new network predicts nearly zero.
Network teacher_of(RandomSource& random) {
  Network teacher(Cpu{}, ClassMlp{}, random);
  Tensor& out = teacher.base().at("out.weight");
  std::vector<double> values = random.normal({"out"}, shape_of(out)[0], shape_of(out)[1]);
  for (double& value : values) value *= .1;
  Cpu::assign(out, Cpu{}.from_host(shape_of(out), values));
  return teacher;
}

/// The same method without recipe, policies or trainer: what one would write for this one run.
class ByHand {
 public:
  ByHand(const Network& teacher, const TrainerSettings& settings)
      : settings_(settings),
        random_(settings.seed),
        student_(teacher.clone()),
        shared_(teacher.share(random_)),
        generator_(tensors_of(student_.base()), settings.generator),
        fake_(tensors_of(shared_.adapter()), settings.fake) {
    for (const auto& [name, tensor] : student_.base()) ema_.emplace(name, Cpu::detach(Cpu::parameter(tensor)));
  }

  void step() {
    const auto m = static_cast<std::uint64_t>(iteration_);
    const ClassLabels labels = labels_of(random_, m, settings_.batch);
    roll_out(m, labels);
    update_fake(m, labels);
    if (iteration_ > 0 && iteration_ % settings_.ratio == 0) update_generator(m, labels);
    ++iteration_;
  }
  [[nodiscard]] NamedTensors weights() {
    NamedTensors named = store_parameters(student_.base(), "student/");
    named.merge(store_parameters(ema_, "ema/"));
    named.merge(store_parameters(shared_.adapter(), "fake/"));
    return named;
  }

 private:
  static constexpr std::int64_t size = 64;
  static constexpr double times[] = {1, .75, .5, .25};

  [[nodiscard]] Tensor noise(const char* stream, std::uint64_t m, std::uint32_t use,
                             const std::vector<std::int64_t>& rows) {
    std::vector<double> values(rows.size() * size);
    random_.normal(Draw{stream, m, use}, rows, size, values);
    return Cpu{}.from_host(Shape{static_cast<std::int64_t>(rows.size()), size}, values);
  }
  [[nodiscard]] static Tensor column(const std::vector<double>& values) {
    return Cpu{}.from_host(Shape{static_cast<std::int64_t>(values.size())}, values);
  }
  [[nodiscard]] static std::vector<double> one_minus(const std::vector<double>& t) {
    std::vector<double> rest;
    for (const double value : t) rest.push_back(1 - value);
    return rest;
  }
  /// Cosine from 1 to 0 over the annealing.
  [[nodiscard]] double progress() const {
    return .5 * (1 + std::cos(std::numbers::pi *
                              std::min(static_cast<double>(updates_) / static_cast<double>(anneal), 1.0)));
  }
  [[nodiscard]] std::vector<double> beta_times(const char* stream, std::uint64_t m) {
    return random_.beta(Draw{stream, m}, settings_.batch, 1 + (4 - 1) * progress(), 1 + (1.5 - 1) * progress());
  }
  [[nodiscard]] static auto noised_by(const Tensor& x0, const Tensor& eps, const std::vector<double>& t) {
    return expr::eval(expr::per_sample(column(one_minus(t))) * expr::full(x0) +
                      expr::per_sample(column(t)) * expr::full(eps));
  }

  /// Four steps of renoising; every sample stops at a step of its own and is noised again to that step's level.
  void roll_out(std::uint64_t m, const ClassLabels& labels) {
    const Cpu::NoGrad no_grad;
    const std::vector<std::int64_t> last =
        draw_steps(random_, m, settings_.batch, Grid(settings_.grid()), settings_.step_index);
    const std::int64_t end = *std::max_element(last.begin(), last.end());
    std::vector<std::int64_t> rows = iota_samples(settings_.batch), found_at(last.size());
    Tensor x = noise("rollout_latent", m, 0, rows);
    std::vector<Tensor> found;
    std::int64_t count = 0;
    for (std::int64_t k = 0; k <= end; ++k) {
      const double t = times[k];
      const Tensor v = student_.predict(x, Times(static_cast<std::int64_t>(rows.size()), Time(t)), labels.take(rows));
      // The library's formulas: another writing may round differently, and the weights are compared bit for bit.
      const PathPoint from{1 - t, t};
      const Tensor clean = expr::eval(transition_mean<Velocity>(x, v, from, {1, 0, 0}));
      std::vector<std::int64_t> stop, stay, stay_rows;
      for (std::size_t place = 0; place < rows.size(); ++place) {
        if (last[static_cast<std::size_t>(rows[place])] == k) {
          found_at[static_cast<std::size_t>(rows[place])] = count++;
          stop.push_back(static_cast<std::int64_t>(place));
        } else {
          stay.push_back(static_cast<std::int64_t>(place));
          stay_rows.push_back(rows[place]);
        }
      }
      if (!stop.empty()) found.push_back(Cpu::take_rows(clean, stop));
      if (k == end) break;
      rows = std::move(stay_rows);
      const double next = times[k + 1];
      x = expr::eval(transition_sample<Velocity>(Cpu::take_rows(x, stay), Cpu::take_rows(v, stay),
                                                 noise("rollout_noise", m, static_cast<std::uint32_t>(k), rows), from,
                                                 {1 - next, 0, next}));
    }
    clean_ = Cpu::take_rows(Cpu::concat_rows(found), found_at);
    input_times_.clear();
    for (const std::int64_t k : last) input_times_.push_back(times[k]);
    input_ = noised_by(clean_, noise("rollout_renoise", m, 0, iota_samples(settings_.batch)), input_times_);
  }

  void update_fake(std::uint64_t m, const ClassLabels& labels) {
    const std::vector<double> t = beta_times("fake_time", m);
    const Tensor eps = noise("fake_noise", m, 0, iota_samples(settings_.batch));
    const Tensor v = shared_.predict(noised_by(clean_, eps, t), Times(t), labels, 2);
    const Tensor loss = expr::mean(expr::square(expr::full(v) - (expr::full(eps) - expr::full(clean_))));
    descend(loss, tensors_of(shared_.adapter()), fake_, settings_.fake_clip, settings_.fake.learning_rate);
  }

  void update_generator(std::uint64_t m, const ClassLabels& labels) {
    const Tensor v = student_.predict(input_, Times(input_times_), labels);
    const Tensor x0 = expr::eval(expr::full(input_) - expr::per_sample(column(input_times_)) * expr::full(v));
    const Tensor g = direction(m, labels, Cpu::detach(x0));
    const Tensor loss =
        expr::mean(.5 * expr::square(expr::full(x0) - expr::stop_gradient(expr::full(x0) - expr::full(g))));
    descend(loss, tensors_of(student_.base()), generator_, settings_.generator_clip, settings_.generator.learning_rate);
    for (auto& [name, tensor] : ema_) Cpu::ema(tensor, student_.base().at(name), settings_.ema_decay);
    ++updates_;
  }
  [[nodiscard]] Tensor direction(std::uint64_t m, const ClassLabels& labels, const Tensor& x0) {
    const Cpu::NoGrad no_grad;
    const std::vector<double> t = beta_times("dm_time", m);
    const Tensor x = noised_by(x0, noise("dm_noise", m, 0, iota_samples(settings_.batch)), t);
    const Tensor sigma = column(t);
    const auto clean = [&](const ClassLabels& condition, double scale) {
      return expr::eval(expr::full(x) -
                        expr::per_sample(sigma) * expr::full(shared_.predict(x, Times(t), condition, scale)));
    };
    const double real_scale = updates_ >= anneal ? 0 : .75 * progress();
    const Tensor conditional = clean(labels, real_scale), unconditional = clean(labels.unconditional(), real_scale);
    const auto u = expr::full(unconditional);
    const Tensor real = expr::eval(u + 1.5 * (expr::full(conditional) - u));
    const Tensor difference = expr::eval(expr::full(clean(labels, 2)) - expr::full(real));
    std::vector<double> weights = Cpu::to_host(expr::row_mean(expr::abs(expr::full(x0) - expr::full(real))));
    for (double& weight : weights) weight = 1 / (weight + 1e-8);
    return expr::eval(expr::per_sample(column(weights)) * expr::full(difference));
  }

  static void descend(const Tensor& loss, const std::vector<Tensor>& tensors, Cpu::AdamW& optimiser, double clip,
                      double rate) {
    Cpu::clear_gradients(tensors);
    Cpu::backward(loss);
    Cpu::clip_gradients(tensors, clip);
    optimiser.step(rate);
    Cpu::clear_gradients(tensors);
  }

  TrainerSettings settings_;
  Philox random_;
  Network student_, shared_;
  Cpu::AdamW generator_, fake_;
  Parameters<Tensor> ema_;
  Tensor clean_, input_;
  std::vector<double> input_times_;
  std::int64_t iteration_ = 0, updates_ = 0;
};

/// The weights among a trainer's tensors.
NamedTensors weights_of(Trainer<Recipe, Cpu>& trainer) {
  NamedTensors named = store_parameters(trainer.student_parameters(), "student/");
  named.merge(store_parameters(trainer.ema(), "ema/"));
  named.merge(store_parameters(trainer.fake_parameters(), "fake/"));
  return named;
}

}  // namespace

void measure_step(Results& results, const TimingSettings& settings) {
  Philox random(11);
  const Network teacher = teacher_of(random);
  const TrainerSettings run = digits_settings();
  Trainer<Recipe, Cpu> trainer(Cpu{}, Recipe{}, run, {{.updates = 1000000}},
                               {.teacher = teacher, .conditions = labels_of});
  ByHand by_hand(teacher, run);

  // Both must do the same work, or their times say nothing: across three generator updates, bit for bit.
  for (std::int64_t iteration = 0; iteration <= 3 * run.ratio; ++iteration) {
    const StepReport report = trainer.step();
    if (!report.skipped.empty())
      throw NumericError("benchmark: the trainer skipped an iteration because of: " + report.skipped);
    by_hand.step();
  }
  const NamedTensors start = store_parameters(teacher.base(), "student/"), reached = weights_of(trainer);
  if (trainer.updates() != 3 || reached.at("student/in.weight") == start.at("student/in.weight"))
    throw NumericError("benchmark: the trainer has not trained");
  const NamedTensors expected = by_hand.weights();
  for (const auto& [name, tensor] : reached)
    if (!(expected.at(name) == tensor))
      throw NumericError("benchmark: " + name + " differs between the trainer and the step by hand");

  // One sample: `ratio` iterations, of which one updates the generator.
  const std::vector<Work> works{[&] {
                                  for (std::int64_t k = 0; k < run.ratio; ++k) by_hand.step();
                                },
                                [&] {
                                  for (std::int64_t k = 0; k < run.ratio; ++k) trainer.step();
                                }};
  const Rounds rounds(works, settings);
  results.add("step/by_hand_seconds", rounds.seconds(0));
  results.add("step/trainer_seconds", rounds.seconds(1));
  results.add("step/trainer_over_by_hand", rounds.ratio(1, 0));
  std::printf(
      "\na DMDR step, %lld iterations with one generator update (batch 64, 4 steps, DynaDG, guidance 1.5):\n"
      "  by hand %.3f ms, Trainer %.3f ms, ratio %.4f (%.4f-%.4f); equal weights, bit for bit\n",
      static_cast<long long>(run.ratio), 1e3 * rounds.seconds(0).median, 1e3 * rounds.seconds(1).median,
      rounds.ratio(1, 0).median, rounds.ratio(1, 0).lower, rounds.ratio(1, 0).upper);
}

}  // namespace bench
