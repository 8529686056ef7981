// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "models.hpp"

#include <algorithm>
#include <cmath>

#include <dmdr/train/stop_signals.hpp>
#include <dmdr/train/teacher.hpp>

namespace digits {

Network train_teacher(const Settings& settings, const Images& images, const Progress& progress, double& last_loss) {
  dmdr::TeacherSettings run = settings.teacher;
  run.seed = settings.seed;
  dmdr::Philox random(run.seed);
  dmdr::TeacherTrainer<dmdr::ClassMlp, Backend> trainer(Backend{}, settings.network, run,
                                                        Network(Backend{}, settings.network, random),
                                                        [&](dmdr::RandomSource& source, std::uint64_t update,
                                                            std::int64_t batch) {
                                                          return images.batch(source, "teacher_batch", update, batch);
                                                        });
  const std::int64_t tail = std::min<std::int64_t>(100, run.updates);
  last_loss = 0;
  while (!trainer.finished()) {
    if (dmdr::StopSignals::received() != 0) throw Stopped{};
    const auto report = trainer.step();
    if (trainer.update() > run.updates - tail) last_loss += report.loss / static_cast<double>(tail);
    if (trainer.update() % 100 == 0) progress("teacher", trainer.update(), run.updates);
  }
  return trainer.averaged();
}

Classifier train_classifier(const std::string& name, const std::vector<std::int64_t>& sizes, const ClassifierRun& run,
                            std::uint64_t seed, const Images& images, const Progress& progress) {
  const Backend backend;
  dmdr::Philox random(seed);
  Classifier classifier(backend, {sizes}, random);
  const std::vector<Tensor> tensors = dmdr::tensors_of(classifier.parameters());
  Backend::AdamW optimiser(tensors, run.optimiser);
  for (std::int64_t k = 0; k < run.updates; ++k) {
    if (dmdr::StopSignals::received() != 0) throw Stopped{};
    const auto step = static_cast<std::uint64_t>(k);
    auto [x, labels] = images.batch(random, "classifier_batch", step, run.batch);
    if (run.noise > 0) {
      const dmdr::Shape shape = dmdr::shape_of(x);
      const Tensor level =
          backend.from_host(dmdr::Shape{shape[0]}, random.uniform(dmdr::Draw{"classifier_level", step}, shape[0]));
      const Tensor noise =
          backend.from_host(shape, random.normal(dmdr::Draw{"classifier_noise", step}, shape[0], shape[1]));
      x = dmdr::expr::eval(dmdr::expr::full(x) + run.noise * dmdr::expr::per_sample(level) * dmdr::expr::full(noise));
    }
    const Tensor loss = dmdr::eigen::cross_entropy(classifier.logits(x), labels, run.label_smoothing);
    if (!std::isfinite(Backend::to_host(loss)[0]))
      throw dmdr::NumericError(name + ": the loss is not finite at update " + std::to_string(k));
    Backend::clear_gradients(tensors);
    Backend::backward(loss);
    optimiser.step(run.optimiser.learning_rate * dmdr::warm_cosine(k, 0, run.updates));
    if ((k + 1) % 100 == 0) progress(name, k + 1, run.updates);
  }
  Backend::clear_gradients(tensors);
  return classifier;
}

double accuracy(const Classifier& classifier, const Images& images) {
  const Backend::NoGrad no_grad;
  const std::vector<double> logits =
      Backend::to_host(classifier.logits(Backend{}.from_host(dmdr::Shape{images.rows(), images.size}, images.values)));
  const auto classes = static_cast<std::size_t>(classifier.classes());
  std::int64_t right = 0;
  for (std::size_t i = 0; i < images.labels.size(); ++i) {
    const auto row = logits.begin() + static_cast<std::ptrdiff_t>(i * classes);
    right += std::max_element(row, row + static_cast<std::ptrdiff_t>(classes)) - row == images.labels[i] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(images.rows());
}

}  // namespace digits
