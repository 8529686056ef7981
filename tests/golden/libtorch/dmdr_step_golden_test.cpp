// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <dmdr/core/replay.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/libtorch/classifier.hpp>
#include <dmdr/libtorch/sit.hpp>
#include <dmdr/rl/refl.hpp>
#include <dmdr/train/trainer.hpp>

#include "../golden_file.hpp"
#include "support/libtorch_catch.hpp"
#include "support/test_device.hpp"

// Whole iterations of DMDR against tests/golden/dmdr_step.py, from the same weights and draws; docs/reference/golden.md has the keys.

using namespace dmdr;
using namespace dmdr::test;

namespace {

using Recipe = Dmdr<PixelSit, ClassMargin, ReFL, DynaDg<2, 0.75, 4>, CfgUniform<1.25, 1.75>, BetaAnneal<4, 1.5, 4>>;

NamedTensors read(const std::string& name) {
  return io::read_safetensors(std::string(DMDR_TEST_DATA) + "/golden/" + name + ".safetensors").tensors;
}
std::vector<double> numbers(const HostTensor& host) {
  if (host.dtype == Dtype::f64) return host.as<double>();
  const std::vector<float> values = host.as<float>();
  return {values.begin(), values.end()};
}

const SitSettings tiny{.size = 4, .width = 8, .depth = 2, .heads = 2, .classes = 5, .adapter = {.rank = 2}};

/// Teacher, student and reward at the start of the golden run.
struct Start {
  LibTorch backend;
  NamedTensors file = read("dmdr_step_start");
  libtorch::SitNetwork teacher = libtorch::SitNetwork::load(backend, tiny, tensors_under(file, "teacher."));
  libtorch::SitNetwork student = teacher.clone();
  libtorch::ConvClassifier classifier = [this] {
    Philox random(1);
    libtorch::ConvClassifier made(backend, {.channels = 4, .widths = {6}, .classes = 5}, random);
    for (auto& [name, tensor] : made.parameters()) {
      const std::string golden = name.starts_with("convs.0.") ? "conv." + name.substr(8) : name;
      LibTorch::assign(tensor, backend.load(file.at("reward." + golden)));
    }
    return made;
  }();

  explicit Start(const LibTorch& b) : backend(b) {
    for (auto& [name, tensor] : student.base())
      if (name != "pos_embed") LibTorch::assign(tensor, backend.load(file.at("student." + name)));
  }
};

/// Of a gradient whose key part is zero but for rounding (qkv.bias), the rows of queries and values.
std::vector<double> compared(const std::string& name, std::vector<double> values) {
  if (!name.ends_with("qkv.bias")) return values;
  const auto third = static_cast<std::ptrdiff_t>(values.size() / 3);
  values.erase(values.begin() + third, values.begin() + 2 * third);
  return values;
}

struct Case {
  std::int64_t steps;
  double shift;
  Dtype dtype;
  std::string file;
  double tolerance;
};

void check_run(const Case& c) {
  INFO(c.file);
  const NamedTensors golden = read(c.file);
  const NamedTensors exact = read("dmdr_step_n" + std::to_string(c.steps));
  const Start start(LibTorch{.device = test::test_device(), .dtype = c.dtype});
  Recipe recipe;
  recipe.generator.network = tiny;
  const TrainerSettings settings{.batch = 4,
                                 .ratio = 1,
                                 .steps = c.steps,
                                 .shift = c.shift,
                                 .generator = {.learning_rate = 1e-3, .weight_decay = 0.01},
                                 .fake = {.learning_rate = 2e-3}};
  Philox rest(1);
  Replay draws(exact, &rest);
  Trainer<Recipe, LibTorch> trainer(
      start.backend, recipe, settings, {{.name = "joint", .updates = 100, .rl_weight = 0.5}},
      {.teacher = start.teacher,
       .student = &start.student,
       .conditions =
           [](RandomSource& random, std::uint64_t m, std::int64_t batch) {
             return ClassLabels(random.index(Draw{"labels", m}, batch, 5));
           },
       .reward = RewardPack<LibTorch, ClassMargin>({}, {libtorch::ClassMarginModel(start.classifier)})},
      &draws);
  load_parameters(start.backend, trainer.fake_parameters(), tensors_under(start.file, "adapter."));

  std::string at;  // "out.<m>."
  int taps = 0;
  trainer.tap = [&](std::string_view place, at::Tensor& tensor) {
    const std::map<std::string_view, std::string> names{{"latent", "input"},
                                                        {"clean", "clean"},
                                                        {"dm_gradient", "g"},
                                                        {"generator_loss", "loss"},
                                                        {"fake_loss", "fake_loss"}};
    const auto found = names.find(place);
    if (found == names.end()) return;
    INFO(at + found->second);
    CHECK(relative(LibTorch::to_host(tensor), numbers(golden.at(at + found->second))) < c.tolerance);
    ++taps;
  };
  const auto near = [&](double value, const std::string& key) {
    INFO(at + key);
    CHECK(relative({value}, numbers(golden.at(at + key))) < c.tolerance);
  };
  // First moments: 0.9 m + 0.1 of the clipped gradient.
  std::map<std::string, std::vector<double>> moments;
  const auto check_parameters = [&](const std::string& owner, const std::string& kind, const std::string& optimiser,
                                    double norm, const Parameters<at::Tensor>& parameters) {
    const NamedTensors state = trainer.state();
    const double factor = std::min(1.0, 1.0 / (norm + 1e-6));
    std::size_t k = 0;
    for (const auto& [name, tensor] : parameters) {
      const std::string slot = std::to_string(k++);
      if (name == "pos_embed") continue;
      INFO(at + owner + "." + name);
      CHECK(relative(compared(name, LibTorch::to_host(tensor)),
                     compared(name, numbers(golden.at(at + owner + "." + name)))) < c.tolerance);
      const std::vector<double> gradient = numbers(golden.at(at + kind + "." + name));
      std::vector<double>& moment = moments.try_emplace(owner + name, gradient.size(), 0.0).first->second;
      for (std::size_t i = 0; i < gradient.size(); ++i) moment[i] = 0.9 * moment[i] + 0.1 * factor * gradient[i];
      const std::vector<double> held = numbers(state.at(optimiser + "/" + slot + ".exp_avg"));
      CHECK(relative(compared(name, held), compared(name, moment)) < c.tolerance);
    }
  };

  for (int m = 0; m < 3; ++m) {
    at = "out." + std::to_string(m) + ".";
    const StepReport report = trainer.step();
    REQUIRE(report.skipped == "");
    near(report.fake_loss, "fake_loss");
    near(report.fake_gradient_norm, "fake_gradient_norm");
    check_parameters("adapter", "fake_gradient", "fake_optimiser", report.fake_gradient_norm,
                     trainer.fake_parameters());
    CHECK(report.generator_updated == (m > 0));
    if (m == 0) continue;
    near(report.dm_loss, "dm_loss");
    near(report.rl_loss, "rl_loss");
    near(report.generator_gradient_norm, "generator_gradient_norm");
    check_parameters("student", "generator_gradient", "generator_optimiser", report.generator_gradient_norm,
                     trainer.student_parameters());
  }
  CHECK(taps == 3 * 3 + 2 * 2);
}

}  // namespace

TEST_CASE("iterations of DMDR with a one-step student agree with PyTorch in float64") {
  check_run({1, 1, Dtype::f64, "dmdr_step_n1", 1e-10});
}
TEST_CASE("iterations of DMDR with a four-step student agree with PyTorch in float64") {
  check_run({4, 3, Dtype::f64, "dmdr_step_n4", 1e-10});
}
TEST_CASE("iterations of DMDR with a one-step student agree with PyTorch in float32") {
  check_run({1, 1, Dtype::f32, "dmdr_step_n1_float32", 2e-5});
}
TEST_CASE("iterations of DMDR with a four-step student agree with PyTorch in float32") {
  check_run({4, 3, Dtype::f32, "dmdr_step_n4_float32", 2e-5});
}
