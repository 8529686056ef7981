// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "models.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <thread>
#include <utility>
#include <vector>

#include <dmdr/io/file.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/train/teacher.hpp>
#include <dmdr/train/trainer_checks.hpp>

#include "classifier_trainer.hpp"

namespace digits {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// The teacher's trainer, with the mean loss of its last updates.
class Teaching {
 public:
  Teaching(const Settings& settings, const Images& images)
      : run_(settings.teacher),
        trainer_(Backend{}, settings.network, seeded(settings), network(settings),
                 [&images](dmdr::RandomSource& source, std::uint64_t update, std::int64_t rows) {
                   const Images batch = images.batch(source, "teacher_batch", update, rows);
                   return std::pair(Backend{}.from_host(batch_shape(rows, batch.size), batch.values),
                                    dmdr::ClassLabels(batch.labels));
                 }) {}

  void step() {
    const std::int64_t tail = std::min<std::int64_t>(100, run_.updates);
    const double loss = trainer_.step().loss;
    if (trainer_.update() > run_.updates - tail) last_loss_ += loss / static_cast<double>(tail);
  }
  [[nodiscard]] bool finished() const { return trainer_.finished(); }
  [[nodiscard]] std::int64_t update() const { return trainer_.update(); }
  [[nodiscard]] dmdr::NamedTensors state() {
    dmdr::NamedTensors named = trainer_.state();
    named.emplace("last_loss", dmdr::HostTensor::from<double>(dmdr::Shape{1}, std::span(&last_loss_, 1)));
    return named;
  }
  void restore(const dmdr::NamedTensors& named) {
    const std::vector<double> loss = dmdr::detail::stored(named, "last_loss", dmdr::Location::current()).as<double>();
    trainer_.restore(named);
    last_loss_ = loss.at(0);
  }
  [[nodiscard]] Network averaged() const { return trainer_.averaged(); }
  [[nodiscard]] double last_loss() const { return last_loss_; }

 private:
  static dmdr::TeacherSettings seeded(const Settings& settings) {
    dmdr::TeacherSettings run = settings.teacher;
    run.seed = settings.seed;
    return run;
  }
  static Network network(const Settings& settings) {
    dmdr::Philox random(settings.seed);
    return new_network(settings.network, random);
  }

  dmdr::TeacherSettings run_;
  dmdr::TeacherTrainer<Spec, Backend> trainer_;
  double last_loss_ = 0;
};

}  // namespace

dmdr::io::Metadata model_metadata(const Settings& settings, const std::string& kind) {
  return {{"kind", kind},
          {"seed", std::to_string(settings.seed)},
          {"settings_digest", dmdr::io::settings_digest(settings)},
          {"settings", dmdr::io::resolved_toml(settings)}};
}

dmdr::io::Metadata network_metadata(const Settings& settings, const std::string& kind) {
  dmdr::io::Metadata metadata = model_metadata(settings, kind);
  metadata["generator"] = Spec::name;
  metadata.merge(spec_metadata(settings.network));
  return metadata;
}

Models make_models(const Keeping& keeping, const Images& images, const Halves& halves,
                   std::map<std::string, double>& seconds) {
  const Settings& settings = keeping.settings;
  const Backend backend;
  dmdr::Philox random(settings.seed);
  const ClassifierShape of_reward = reward_shape(images.size, classes_of(settings.network));
  const ClassifierShape of_judge = judge_shape(images.size, classes_of(settings.network));
  Models models{new_network(settings.network, random), Classifier(backend, of_reward, random),
                Classifier(backend, of_judge, random)};
  const auto path = [&](const char* name) { return keeping.directory + "/models/" + name + ".safetensors"; };
  const auto take_back = [&](const char* name, auto& parameters) {
    const auto file = dmdr::io::read_safetensors(path(name));
    if (file.metadata.contains("settings_digest") &&
        file.metadata.at("settings_digest") == dmdr::io::settings_digest(settings)) {
      dmdr::load_parameters(backend, parameters, file.tensors);
      if (file.metadata.contains("teacher_loss")) models.teacher_loss = std::stod(file.metadata.at("teacher_loss"));
      return;
    }
    throw dmdr::ConfigError("resume: " + path(name) +
                            " was made with other settings; run without --resume, or with those in its metadata");
  };
  if (keeping.resume && std::filesystem::exists(path("judge"))) {
    take_back("teacher", models.teacher.base());
    take_back("reward", models.reward.parameters());
    take_back("judge", models.judge.parameters());
  } else {
    // The teacher on one thread, the classifiers on another.
    std::exception_ptr failure;
    std::thread classifiers([&] {
      try {
        const auto start = Clock::now();
        ClassifierTrainer reward("reward", of_reward, settings.reward, settings.seed + 101, halves.a);
        train_kept(reward, "reward", settings.reward.updates, keeping);
        ClassifierTrainer judge("judge", of_judge, settings.judge, settings.seed + 202, halves.b);
        train_kept(judge, "judge", settings.judge.updates, keeping);
        models.reward = std::move(reward).classifier();
        models.judge = std::move(judge).classifier();
        seconds["classifiers"] = seconds_since(start);
      } catch (...) {
        failure = std::current_exception();
      }
    });
    const auto start = Clock::now();
    try {
      Teaching teaching(settings, images);
      train_kept(teaching, "teacher", settings.teacher.updates, keeping);
      models.teacher = teaching.averaged();
      models.teacher_loss = teaching.last_loss();
    } catch (...) {
      classifiers.join();
      throw;
    }
    const double teacher_seconds = seconds_since(start);
    classifiers.join();
    if (failure) std::rethrow_exception(failure);
    seconds["teacher"] = teacher_seconds;
    dmdr::io::make_directories(dmdr::io::real_file_system(), keeping.directory + "/models");
    dmdr::io::Metadata metadata = network_metadata(settings, "teacher");
    metadata["teacher_loss"] = std::to_string(models.teacher_loss);
    dmdr::io::write_safetensors(path("teacher"), dmdr::store_parameters(models.teacher.base()), metadata);
    dmdr::io::write_safetensors(path("reward"), dmdr::store_parameters(models.reward.parameters()),
                                model_metadata(settings, "classifier"));
    dmdr::io::write_safetensors(path("judge"), dmdr::store_parameters(models.judge.parameters()),
                                model_metadata(settings, "classifier"));
  }
  models.reward_accuracy = accuracy(models.reward, halves.b);
  models.judge_accuracy = accuracy(models.judge, halves.a);
  return models;
}

double accuracy(const Classifier& classifier, const Images& images) {
  const Backend::NoGrad no_grad;
  const Tensor logits = classifier.logits(Backend{}.from_host(batch_shape(images.rows(), images.size), images.values));
  const std::vector<double> values = Backend::to_host(logits);
  const auto classes = static_cast<std::size_t>(dmdr::shape_of(logits)[1]);
  std::int64_t right = 0;
  for (std::size_t i = 0; i < images.labels.size(); ++i) {
    const auto row = values.begin() + static_cast<std::ptrdiff_t>(i * classes);
    right += std::max_element(row, row + static_cast<std::ptrdiff_t>(classes)) - row == images.labels[i] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(images.rows());
}

}  // namespace digits
