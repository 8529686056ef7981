// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <tuple>
#include <utility>
#include <vector>

#include <dmdr/eigen.hpp>

#include "trainer_run.hpp"

// A network that two backends have, with its adapter: from one file both train the same student.

using namespace dmdr;
using namespace dmdr::test;

namespace {

constexpr ClassMlp spec{.data_size = 4, .classes = 3, .width = 8, .blocks = 1, .adapter_rank = 2};
using Recipe = Dmdr<ClassMlp, BetaAnneal<4, 1.5, 5>, DynaDg<2, .75, 5>, CfgUniform<1.2, 1.8>>;

/// Twelve iterations of DMDR from the teacher in `file`.
template <class B>
NamedTensors distilled(const B& backend, const NamedTensors& file) {
  Philox random(5);
  typename Trainer<Recipe, B>::Network teacher(backend, spec, random);
  load_parameters(backend, teacher.base(), file);
  typename Trainer<Recipe, B>::Parts parts{.teacher = teacher};
  parts.conditions = [](RandomSource& source, std::uint64_t iteration, std::int64_t batch) {
    return ClassLabels(source.index(Draw{"labels", iteration}, batch, spec.classes));
  };
  Recipe recipe;
  recipe.generator = spec;
  Trainer<Recipe, B> trainer(backend, recipe,
                             {.seed = 3,
                              .batch = 6,
                              .ratio = 2,
                              .steps = 3,
                              .generator = {.learning_rate = 1e-3},
                              .fake = {.learning_rate = 1e-3},
                              .ema_decay = .9},
                             {{.updates = 100}}, std::move(parts));
  for (int m = 0; m < 12; ++m) CHECK(trainer.step().skipped == "");
  return trainer.state();
}

/// The weights of a teacher, as a file holds them.
NamedTensors teacher_file() {
  Philox random(7);
  const eigen::ClassMlpNetwork<double> start(EigenCpu<double>{}, spec, random);
  NamedTensors file = store_parameters(start.base());
  // A new network predicts nearly zero.
  HostTensor& out = file.at("out.weight");
  out = HostTensor::from<double>(out.shape, random.normal({"out"}, out.shape.rows(), out.shape.row_size()));
  return file;
}

}  // namespace

TEST_CASE("DMDR with DynaDG on a class-conditional network trains alike in double and in float from one file") {
  const NamedTensors file = teacher_file();
  const NamedTensors in_double = distilled(EigenCpu<double>{}, file), in_float = distilled(EigenCpu<float>{}, file);
  for (const auto& [name, start] : file) {
    INFO(name);
    const std::vector<float> values = in_float.at("student/" + name).as<float>();
    const std::vector<double> trained = in_double.at("student/" + name).as<double>();
    const double moved = distance(trained, start.as<double>());
    CHECK(moved > 0);
    CHECK(distance({values.begin(), values.end()}, trained) < 0.05 * moved);
  }
}

#if __has_include(<dmdr/libtorch.hpp>)
TEST_CASE("DMDR with DynaDG on a class-conditional network trains alike over Eigen and LibTorch from one file") {
  const NamedTensors file = teacher_file();
  const NamedTensors eigen = distilled(EigenCpu<double>{}, file),
                     torch = distilled(LibTorch{.device = test_device(), .dtype = Dtype::f64}, file);
  CHECK(!(eigen.at("student/in.weight") == file.at("in.weight")));
  check_alike(torch, eigen, 1e-8);
}
#endif
