// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/core/backend.hpp>
#include <dmdr/core/describe.hpp>
#include <dmdr/core/extrema.hpp>
#include <dmdr/diffusion/renoise.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/model/denoiser.hpp>
#include <dmdr/train/rate_schedule.hpp>

namespace dmdr {

/// Numbers of a teacher's training.
struct TeacherSettings {
  std::uint64_t seed = 0;
  std::int64_t updates = 4000;
  std::int64_t batch = 128;
  AdamWSettings optimiser{.learning_rate = 2e-3};
  std::int64_t warm_up = 100;  ///< updates of linear rise of the rate
  RateSchedule schedule = RateSchedule::cosine;
  double hold = 0.4;  ///< of `hold_linear`
  double clip = 1;
  double ema_decay = 0.999;        ///< reached as min(decay, (1+k)/(10+k))
  double condition_dropout = 0.1;  ///< share of samples trained without their condition, for guidance
  std::int64_t max_skips_in_row = 10;

  template <class V>
  void visit(V&& v) {
    v("seed", seed, at_least(0));
    v("updates", updates, at_least(1));
    v("batch", batch, at_least(1));
    v("optimiser", optimiser);
    v("warm_up", warm_up, at_least(0));
    v("schedule", schedule);
    v("hold", hold, Range{0, 1});
    v("clip", clip, positive);
    v("ema_decay", ema_decay, Range{.low = 0, .high = 1, .high_open = true});
    v("condition_dropout", condition_dropout, Range{0, 1});
    v("max_skips_in_row", max_skips_in_row, at_least(1));
  }
};

/// The factor of the learning rate at update k.
[[nodiscard]] inline double rate_factor(const TeacherSettings& settings, std::int64_t k) {
  return RateCourse{settings.schedule, settings.hold, settings.warm_up}.factor(k, settings.updates);
}

/// Trains a many-step teacher by regression on its own target (flow matching for a velocity), with an average of the weights.
template <GeneratorSpec Spec, DifferentiableBackend B, RenoiseLaw Law = Uniform>
requires HasNetwork<B, Spec>
class TeacherTrainer {
 public:
  using Tensor = typename B::Tensor;
  using Kind = typename Spec::Prediction;
  using Condition = typename Spec::Condition;
  using Network = network_of_t<B, Spec>;
  /// Clean samples and their conditions: a pure function of the update.
  using Data =
      std::function<std::pair<Tensor, Condition>(RandomSource& random, std::uint64_t update, std::int64_t batch)>;

  struct Report {
    std::int64_t update = 0;
    double loss = 0;
    double gradient_norm = 0;
    double learning_rate = 0;
    std::string skipped{};
  };

  TeacherTrainer(const B& backend, const Spec& spec, const TeacherSettings& settings, Network network, Data data,
                 Law times = {})
      : backend_(backend),
        spec_(spec),
        settings_(settings),
        random_(settings.seed),
        network_(std::move(network)),
        data_(std::move(data)),
        times_(times),
        optimiser_(tensors_of(network_.base()), settings.optimiser) {
    for (const auto& [name, tensor] : network_.base()) ema_.emplace(name, B::detach(B::parameter(tensor)));
  }

  /// One update. A loss or gradient that is not finite skips it; `max_skips_in_row` in a row throw `NumericError`.
  Report step(Location where = Location::current()) {
    Report report{.update = update_,
                  .learning_rate = settings_.optimiser.learning_rate * rate_factor(settings_, update_)};
    descend(report);
    if (report.skipped.empty()) {
      const double k = static_cast<double>(update_);
      const double decay = dmdr::detail::smaller(settings_.ema_decay, (1 + k) / (10 + k));
      B::ema(tensors_of(ema_), tensors_of(network_.base()), decay);
      skips_in_row_ = 0;
    } else if (++skips_in_row_ >= settings_.max_skips_in_row) {
      throw NumericError("teacher: " + std::to_string(skips_in_row_) +
                             " updates in a row were skipped, the last because of: " + report.skipped,
                         where);
    }
    ++update_;
    return report;
  }
  [[nodiscard]] bool finished() const noexcept { return update_ >= settings_.updates; }
  [[nodiscard]] std::int64_t update() const noexcept { return update_; }
  /// A copy with the averaged weights.
  [[nodiscard]] Network averaged() const {
    Network copy = network_.clone();
    for (auto& [name, tensor] : copy.base()) B::assign(tensor, ema_.at(name));
    return copy;
  }
  [[nodiscard]] const Network& network() const noexcept { return network_; }

  /// Everything that a resumed training needs but the settings and the data.
  [[nodiscard]] NamedTensors state() {
    NamedTensors named = store_parameters(network_.base(), "network/");
    named.merge(store_parameters(ema_, "ema/"));
    for (auto& [name, tensor] : optimiser_.state()) named.emplace("optimiser/" + name, std::move(tensor));
    const std::vector<std::int64_t> counters{update_, skips_in_row_};
    named.emplace("counters", HostTensor::from<std::int64_t>(Shape{2}, std::span(counters)));
    return named;
  }
  /// Takes back what `state()` gave. Throws `FileError` naming every tensor that does not fit; nothing is changed then.
  void restore(const NamedTensors& named, Location where = Location::current()) {
    const auto found = named.find("counters");
    if (found == named.end() || !(found->second.shape == Shape{2}))
      throw FileError("restore: tensor counters [2] is missing", where);
    const auto counters = found->second.template as<std::int64_t>(where);
    typename B::AdamW optimiser(tensors_of(network_.base()), settings_.optimiser);
    optimiser.restore(tensors_under(named, "optimiser/"), where);
    check_parameters(network_.base(), named, "network/", where);
    check_parameters(ema_, named, "ema/", where);
    load_parameters(backend_, network_.base(), named, "network/", where);
    load_parameters(backend_, ema_, named, "ema/", where);
    optimiser_ = std::move(optimiser);
    update_ = counters[0];
    skips_in_row_ = counters[1];
  }

 private:
  void descend(Report& report) {
    const auto [x0, condition] = data_(random_, static_cast<std::uint64_t>(update_), settings_.batch);
    const Shape shape = shape_of(x0);
    const std::vector<std::int64_t> samples = iota_samples(shape.rows());
    const auto k = static_cast<std::uint64_t>(update_);
    const Times times = times_.times({random_, Draw{"teacher_time", k}, samples, update_, {}});
    const PathTensors<Tensor> at = path_tensors(backend_, spec_.path(), times);
    const Tensor eps =
        backend_.from_host(shape, random_.normal(Draw{"teacher_noise", k}, shape.rows(), shape.row_size()));
    const Tensor x = expr::eval(noised(x0, eps, at.alpha, at.sigma));
    const Tensor output = network_.predict(x, times, dropped(condition, k), 0);
    const Tensor loss = expr::mean(squared_error_of<Kind>(output, x0, eps, at.alpha, at.sigma));
    const std::vector<Tensor> tensors = tensors_of(network_.base());
    B::clear_gradients(tensors);
    B::backward(loss);
    const Tensor norm = B::clip_gradients(tensors, settings_.clip);
    // Read when all of the update is on its way: a device is waited for once.
    report.loss = B::to_host(loss)[0];
    report.gradient_norm = B::to_host(norm)[0];
    if (!std::isfinite(report.loss))
      report.skipped = "teacher loss";
    else if (!std::isfinite(report.gradient_norm))
      report.skipped = "teacher gradient";
    else
      optimiser_.step(report.learning_rate);
    B::clear_gradients(tensors);
  }
  /// Some conditions replaced by the unconditional one.
  [[nodiscard]] Condition dropped(const Condition& condition, std::uint64_t update) {
    const std::vector<double> u = random_.uniform(Draw{"condition_dropout", update}, condition.rows());
    return condition.drop(
        [&](std::int64_t row) { return u[static_cast<std::size_t>(row)] < settings_.condition_dropout; });
  }

  B backend_;
  Spec spec_;
  TeacherSettings settings_;
  Philox random_;
  Network network_;
  Data data_;
  Law times_;
  typename B::AdamW optimiser_;
  Parameters<Tensor> ema_;
  std::int64_t update_ = 0;
  std::int64_t skips_in_row_ = 0;
};

}  // namespace dmdr
