// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "classifier_trainer.hpp"

#include <cmath>
#include <span>
#include <vector>

#include <dmdr/train/teacher.hpp>
#include <dmdr/train/trainer_checks.hpp>

namespace study {

ClassifierTrainer::ClassifierTrainer(std::string name, const ClassifierShape& shape, const ClassifierRun& run,
                                     std::uint64_t seed, Source source)
    : name_(std::move(name)),
      run_(run),
      source_(std::move(source)),
      random_(seed),
      classifier_(backend_, shape, random_),
      optimiser_(dmdr::tensors_of(classifier_.parameters()), run.optimiser) {}

void ClassifierTrainer::step() {
  const auto step = static_cast<std::uint64_t>(update_);
  const Images batch = source_(random_, "classifier_batch", step, run_.batch);
  const dmdr::Shape shape = batch_shape(run_.batch, batch);
  Tensor x = backend_.from_host(shape, batch.values);
  if (run_.noise > 0) {
    const Tensor level =
        backend_.from_host(dmdr::Shape{shape[0]}, random_.uniform(dmdr::Draw{"classifier_level", step}, shape[0]));
    const Tensor noise =
        backend_.from_host(shape, random_.normal(dmdr::Draw{"classifier_noise", step}, shape[0], shape.row_size()));
    x = dmdr::expr::eval(dmdr::expr::full(x) + run_.noise * dmdr::expr::per_sample(level) * dmdr::expr::full(noise));
  }
  const Tensor loss = cross_entropy(classifier_.logits(x), dmdr::ClassLabels(batch.labels), run_.label_smoothing);
  if (!std::isfinite(Backend::to_host(loss)[0]))
    throw dmdr::NumericError(name_ + ": the loss is not finite at update " + std::to_string(update_));
  const std::vector<Tensor> tensors = dmdr::tensors_of(classifier_.parameters());
  Backend::clear_gradients(tensors);
  Backend::backward(loss);
  optimiser_.step(run_.optimiser.learning_rate * dmdr::warm_cosine(update_, 0, run_.updates));
  Backend::clear_gradients(tensors);
  ++update_;
}

dmdr::NamedTensors ClassifierTrainer::state() {
  dmdr::NamedTensors named = dmdr::store_parameters(classifier_.parameters(), "network/");
  for (auto& [name, tensor] : optimiser_.state()) named.emplace("optimiser/" + name, std::move(tensor));
  named.emplace("update", dmdr::HostTensor::from<std::int64_t>(dmdr::Shape{1}, std::span(&update_, 1)));
  return named;
}

void ClassifierTrainer::restore(const dmdr::NamedTensors& named) {
  const auto where = dmdr::Location::current();
  const std::vector<std::int64_t> update = dmdr::detail::stored(named, "update", where).as<std::int64_t>();
  optimiser_.restore(dmdr::tensors_under(named, "optimiser/"));
  dmdr::load_parameters(backend_, classifier_.parameters(), named, "network/");
  update_ = update.at(0);
}

}  // namespace study
