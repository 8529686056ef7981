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

#include "classifier_trainer.hpp"
#include "program.hpp"
#include "teaching.hpp"

namespace study {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

dmdr::io::Metadata model_metadata(const Keeping& keeping, std::uint64_t seed, const std::string& kind) {
  return {{"kind", kind},
          {"seed", std::to_string(seed)},
          {"settings_digest", keeping.digest},
          {"settings", keeping.settings}};
}

dmdr::io::Metadata network_metadata(const Keeping& keeping, const Settings& settings, const std::string& kind) {
  dmdr::io::Metadata metadata = model_metadata(keeping, settings.seed, kind);
  metadata["generator"] = Spec::name;
  metadata.merge(spec_metadata(settings.network));
  return metadata;
}

Models make_models(const Keeping& keeping, const Settings& settings, const Data& data, const Network* teacher,
                   std::map<std::string, double>& seconds) {
  const Backend backend;
  dmdr::Philox random(settings.seed);
  const ClassifierShape of_reward = reward_shape(data.reward_check.size, classes_of(settings.network));
  const ClassifierShape of_judge = judge_shape(data.judge_check.size, classes_of(settings.network));
  Models models{teacher == nullptr ? new_network(settings.network, random) : teacher->clone(),
                Classifier(backend, of_reward, random), Classifier(backend, of_judge, random)};
  const auto path = [&](const char* name) { return keeping.directory + "/models/" + name + ".safetensors"; };
  const auto take_back = [&](const char* name, auto& parameters) {
    const auto file = dmdr::io::read_safetensors(path(name));
    if (file.metadata.contains("settings_digest") && file.metadata.at("settings_digest") == keeping.digest) {
      dmdr::load_parameters(backend, parameters, file.tensors);
      if (file.metadata.contains("teacher_loss")) models.teacher_loss = std::stod(file.metadata.at("teacher_loss"));
      return;
    }
    throw dmdr::ConfigError("resume: " + path(name) +
                            " was made with other settings; run without --resume, or with those in its metadata");
  };
  if (keeping.resume && std::filesystem::exists(path("judge"))) {
    if (teacher == nullptr) take_back("teacher", models.teacher.base());
    take_back("reward", models.reward.parameters());
    take_back("judge", models.judge.parameters());
  } else {
    // The teacher on one thread, the classifiers on another; or these on one each.
    std::exception_ptr failure;
    const auto classify = [&](const char* name, const ClassifierShape& shape, const ClassifierRun& run,
                              std::uint64_t seed, const Source& source, Classifier& result) {
      ClassifierTrainer trainer(name, shape, run, seed, source);
      train_kept(trainer, name, run.updates, keeping);
      result = std::move(trainer).classifier();
    };
    const auto start = Clock::now();
    std::thread beside([&] {
      try {
        if (teacher == nullptr)
          classify("reward", of_reward, settings.reward, settings.seed + 101, data.reward, models.reward);
        classify("judge", of_judge, settings.judge, settings.seed + 202, data.judge, models.judge);
        seconds["classifiers"] = seconds_since(start);
      } catch (...) {
        failure = std::current_exception();
      }
    });
    try {
      if (teacher == nullptr) {
        Teaching teaching(settings, data.teacher);
        train_kept(teaching, "teacher", settings.teacher.updates, keeping);
        models.teacher = teaching.averaged();
        models.teacher_loss = teaching.last_loss();
      } else {
        classify("reward", of_reward, settings.reward, settings.seed + 101, data.reward, models.reward);
      }
    } catch (...) {
      beside.join();
      throw;
    }
    const double own_seconds = seconds_since(start);
    beside.join();
    if (failure) std::rethrow_exception(failure);
    if (teacher == nullptr) seconds["teacher"] = own_seconds;
    dmdr::io::make_directories(dmdr::io::real_file_system(), keeping.directory + "/models");
    dmdr::io::Metadata metadata = network_metadata(keeping, settings, "teacher");
    metadata["teacher_loss"] = std::to_string(models.teacher_loss);
    dmdr::io::write_safetensors(path("teacher"), dmdr::store_parameters(models.teacher.base()), metadata);
    dmdr::io::write_safetensors(path("reward"), dmdr::store_parameters(models.reward.parameters()),
                                model_metadata(keeping, settings.seed, "classifier"));
    dmdr::io::write_safetensors(path("judge"), dmdr::store_parameters(models.judge.parameters()),
                                model_metadata(keeping, settings.seed, "classifier"));
  }
  models.reward_accuracy = accuracy(models.reward, data.reward_check);
  models.judge_accuracy = accuracy(models.judge, data.judge_check);
  return models;
}

double accuracy(const Classifier& classifier, const Images& images) {
  const Backend::NoGrad no_grad;
  const Tensor logits = classifier.logits(Backend{}.from_host(batch_shape(images.rows(), images), images.values));
  const std::vector<double> values = Backend::to_host(logits);
  const auto classes = static_cast<std::size_t>(dmdr::shape_of(logits)[1]);
  std::int64_t right = 0;
  for (std::size_t i = 0; i < images.labels.size(); ++i) {
    const auto row = values.begin() + static_cast<std::ptrdiff_t>(i * classes);
    right += std::max_element(row, row + static_cast<std::ptrdiff_t>(classes)) - row == images.labels[i] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(images.rows());
}

}  // namespace study
