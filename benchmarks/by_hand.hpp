// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include <dmdr/core/random.hpp>
#include <dmdr/diffusion/rollout.hpp>
#include <dmdr/diffusion/transition.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/model/condition.hpp>
#include <dmdr/model/denoiser.hpp>
#include <dmdr/train/formulas.hpp>
#include <dmdr/train/trainer_settings.hpp>

namespace bench {

namespace expr = dmdr::expr;

/// What the run by hand has been told beside its `TrainerSettings`.
struct ByHandSettings {
  std::vector<std::int64_t> sample_shape;  ///< without the batch
  std::int64_t classes = 10;
  std::int64_t anneal = 100;  ///< updates of DynaDG and DynaRS
  double guidance = 1.5;
};

/// DMDR without recipe, policies or trainer: what one would write for this one run. Rectified flow, DynaDG<2, .75>, BetaAnneal<4, 1.5>,
/// `SameStep` on a grid of shift 1 that ends at 0, no reward; the formulas, networks, optimiser and draws are the library's.
template <class B, class Network>
class ByHand {
 public:
  using Tensor = typename B::Tensor;

  ByHand(const B& backend, const Network& teacher, const dmdr::TrainerSettings& run, ByHandSettings settings)
      : backend_(backend),
        settings_(run),
        more_(std::move(settings)),
        random_(run.seed),
        student_(teacher.clone()),
        shared_(teacher.share(random_)),
        generator_(dmdr::tensors_of(student_.base()), run.generator),
        fake_(dmdr::tensors_of(shared_.adapter()), run.fake) {
    if (run.ema_decay > 0)
      for (const auto& [name, tensor] : student_.base()) ema_.emplace(name, B::detach(B::parameter(tensor)));
    for (const std::int64_t extent : more_.sample_shape) size_ *= extent;
    for (std::int64_t k = 0; k < run.steps; ++k)
      times_.push_back(1 - static_cast<double>(k) / static_cast<double>(run.steps));
  }

  void step() {
    const auto m = static_cast<std::uint64_t>(iteration_);
    const dmdr::ClassLabels labels(random_.index(dmdr::Draw{"labels", m}, settings_.batch, more_.classes));
    roll_out(m, labels);
    update_fake(m, labels);
    if (iteration_ > 0 && iteration_ % settings_.ratio == 0) update_generator(m, labels);
    ++iteration_;
  }
  [[nodiscard]] dmdr::NamedTensors weights() {
    dmdr::NamedTensors named = dmdr::store_parameters(student_.base(), "student/");
    named.merge(dmdr::store_parameters(ema_, "ema/"));
    named.merge(dmdr::store_parameters(shared_.adapter(), "fake/"));
    return named;
  }

 private:
  [[nodiscard]] Tensor noise(const char* stream, std::uint64_t m, std::uint32_t use,
                             const std::vector<std::int64_t>& rows) {
    std::vector<double> values(rows.size() * static_cast<std::size_t>(size_));
    random_.normal(dmdr::Draw{stream, m, use}, rows, size_, values);
    std::vector<std::int64_t> extents{static_cast<std::int64_t>(rows.size())};
    extents.insert(extents.end(), more_.sample_shape.begin(), more_.sample_shape.end());
    return backend_.from_host(dmdr::Shape(extents), values);
  }
  [[nodiscard]] Tensor column(const std::vector<double>& values) const {
    return backend_.from_host(dmdr::Shape{static_cast<std::int64_t>(values.size())}, values);
  }
  [[nodiscard]] static std::vector<double> one_minus(const std::vector<double>& t) {
    std::vector<double> rest;
    for (const double value : t) rest.push_back(1 - value);
    return rest;
  }
  /// Cosine from 1 to 0 over the annealing.
  [[nodiscard]] double progress() const {
    return .5 * (1 + std::cos(std::numbers::pi *
                              std::min(static_cast<double>(updates_) / static_cast<double>(more_.anneal), 1.0)));
  }
  [[nodiscard]] std::vector<double> beta_times(const char* stream, std::uint64_t m) {
    return random_.beta(dmdr::Draw{stream, m}, settings_.batch, 1 + (4 - 1) * progress(), 1 + (1.5 - 1) * progress());
  }
  [[nodiscard]] Tensor noised_by(const Tensor& x0, const Tensor& eps, const std::vector<double>& t) const {
    return expr::eval(expr::per_sample(column(one_minus(t))) * expr::full(x0) +
                      expr::per_sample(column(t)) * expr::full(eps));
  }

  /// Steps of renoising; every sample stops at a step of its own and is noised again to that step's level.
  void roll_out(std::uint64_t m, const dmdr::ClassLabels& labels) {
    const typename B::NoGrad no_grad;
    const std::vector<std::int64_t> last =
        dmdr::draw_steps(random_, m, settings_.batch, dmdr::Grid(settings_.grid()), settings_.step_index);
    const std::int64_t end = *std::max_element(last.begin(), last.end());
    std::vector<std::int64_t> rows = dmdr::iota_samples(settings_.batch), found_at(last.size());
    Tensor x = noise("rollout_latent", m, 0, rows);
    std::vector<Tensor> found;
    std::int64_t count = 0;
    for (std::int64_t k = 0; k <= end; ++k) {
      const double t = times_[k];
      const Tensor v =
          student_.predict(x, dmdr::Times(static_cast<std::int64_t>(rows.size()), dmdr::Time(t)), labels.take(rows));
      // The library's formulas: another writing may round differently, and the weights are compared bit for bit.
      const dmdr::PathPoint from{1 - t, t};
      const Tensor clean = expr::eval(dmdr::transition_mean<dmdr::Velocity>(x, v, from, {1, 0, 0}));
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
      if (!stop.empty()) found.push_back(B::take_rows(clean, stop));
      if (k == end) break;
      rows = std::move(stay_rows);
      const double next = times_[k + 1];
      x = expr::eval(
          dmdr::transition_sample<dmdr::Velocity>(B::take_rows(x, stay), B::take_rows(v, stay),
                                                  noise("rollout_noise", m, static_cast<std::uint32_t>(k), rows), from,
                                                  {1 - next, 0, next}));
    }
    clean_ = B::take_rows(B::concat_rows(found), found_at);
    input_times_.clear();
    for (const std::int64_t k : last) input_times_.push_back(times_[k]);
    input_ = noised_by(clean_, noise("rollout_renoise", m, 0, dmdr::iota_samples(settings_.batch)), input_times_);
  }

  void update_fake(std::uint64_t m, const dmdr::ClassLabels& labels) {
    const std::vector<double> t = beta_times("fake_time", m);
    const Tensor eps = noise("fake_noise", m, 0, dmdr::iota_samples(settings_.batch));
    const Tensor v = shared_.predict(noised_by(clean_, eps, t), dmdr::Times(t), labels, 2);
    const Tensor loss = expr::mean(expr::square(expr::full(v) - (expr::full(eps) - expr::full(clean_))));
    descend(loss, dmdr::tensors_of(shared_.adapter()), fake_, settings_.fake_clip, settings_.fake.learning_rate);
  }

  void update_generator(std::uint64_t m, const dmdr::ClassLabels& labels) {
    const Tensor v = student_.predict(input_, dmdr::Times(input_times_), labels);
    const Tensor x0 = expr::eval(expr::full(input_) - expr::per_sample(column(input_times_)) * expr::full(v));
    const auto [weight, along] = direction(m, labels, B::detach(x0));
    const auto g = expr::per_sample(weight) * expr::full(along);
    const Tensor loss = expr::mean(.5 * expr::square(expr::full(x0) - expr::stop_gradient(expr::full(x0) - g)));
    descend(loss, dmdr::tensors_of(student_.base()), generator_, settings_.generator_clip,
            settings_.generator.learning_rate);
    if (settings_.ema_decay > 0) B::ema(dmdr::tensors_of(ema_), dmdr::tensors_of(student_.base()), settings_.ema_decay);
    ++updates_;
  }
  /// The gradient of DMD as a weight a sample and the difference of the scores.
  [[nodiscard]] std::pair<Tensor, Tensor> direction(std::uint64_t m, const dmdr::ClassLabels& labels,
                                                    const Tensor& x0) {
    const typename B::NoGrad no_grad;
    const std::vector<double> t = beta_times("dm_time", m);
    const Tensor x = noised_by(x0, noise("dm_noise", m, 0, dmdr::iota_samples(settings_.batch)), t);
    const Tensor sigma = column(t);
    const auto clean = [&](const dmdr::ClassLabels& condition, double scale) {
      return expr::full(x) - expr::per_sample(sigma) * expr::full(shared_.predict(x, dmdr::Times(t), condition, scale));
    };
    const double real_scale = updates_ >= more_.anneal ? 0 : .75 * progress();
    const auto conditional = clean(labels, real_scale), unconditional = clean(labels.unconditional(), real_scale);
    const auto real = unconditional + more_.guidance * (conditional - unconditional);
    const auto fake = clean(labels, 2);
    const auto both = expr::row_mean_beside_eval(expr::stop_gradient(expr::abs(expr::full(x0) - real)),
                                                 expr::stop_gradient(fake - real));
    std::vector<double> weights = B::to_host(both.row_mean);
    for (double& weight : weights) weight = 1 / (weight + 1e-8);
    return {column(weights), both.values};
  }

  static void descend(const Tensor& loss, const std::vector<Tensor>& tensors, typename B::AdamW& optimiser, double clip,
                      double rate) {
    B::clear_gradients(tensors);
    B::backward(loss);
    B::clip_gradients(tensors, clip);
    optimiser.step(rate);
    B::clear_gradients(tensors);
  }

  B backend_;
  dmdr::TrainerSettings settings_;
  ByHandSettings more_;
  std::int64_t size_ = 1;
  std::vector<double> times_;  // of the grid
  dmdr::Philox random_;
  Network student_, shared_;
  typename B::AdamW generator_, fake_;
  dmdr::Parameters<Tensor> ema_;
  Tensor clean_, input_;
  std::vector<double> input_times_;
  std::int64_t iteration_ = 0, updates_ = 0;
};

/// The weights among a trainer's tensors, by the names of `ByHand::weights`.
template <class Trainer>
[[nodiscard]] dmdr::NamedTensors weights_of(Trainer& trainer) {
  dmdr::NamedTensors named = dmdr::store_parameters(trainer.student_parameters(), "student/");
  named.merge(dmdr::store_parameters(trainer.ema(), "ema/"));
  named.merge(dmdr::store_parameters(trainer.fake_parameters(), "fake/"));
  return named;
}

/// Throws `dmdr::NumericError` where a tensor of one differs from that of the other in a bit.
inline void require_equal(const dmdr::NamedTensors& reached, const dmdr::NamedTensors& expected) {
  for (const auto& [name, tensor] : reached)
    if (!(expected.at(name) == tensor))
      throw dmdr::NumericError("benchmark: " + name + " differs between the trainer and the step by hand");
}

}  // namespace bench
