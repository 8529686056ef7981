// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The smallest whole run: a teacher of two rings of points, distilled into a student of two steps.

#include <cmath>
#include <cstdio>
#include <numbers>

// snippet begin: first
#include <dmdr/dmdr.hpp>
#include <dmdr/train/teacher.hpp>

using namespace dmdr;
using Recipe = Dmdr<ClassMlp, DynaDg<2, .75, 100>, BetaAnneal<4, 1.5, 100>, Cfg<1.5>,
                    SingleStage>;  // any order; a bad mix does not compile
using Cpu = EigenCpu<float>;

std::pair<Cpu::Tensor, ClassLabels> rings(RandomSource& random, std::uint64_t step,
                                          std::int64_t batch);  // points [batch, 2], classes 0, 1

double distance_from_rings() {
  const ClassMlp spec{.data_size = 2, .classes = 2, .width = 64, .blocks = 2};
  Philox random(1);
  TeacherTrainer<ClassMlp, Cpu> teaching(Cpu{}, spec, {.updates = 1500}, {Cpu{}, spec, random}, rings);
  while (!teaching.finished()) teaching.step();
  const auto teacher = teaching.averaged();

  Recipe recipe;
  recipe.generator = spec;
  TrainerSettings settings{
      .batch = 128, .ratio = 3, .steps = 2, .generator = {.learning_rate = 1e-3}, .fake = {.learning_rate = 2e-3}};
  Trainer<Recipe, Cpu> trainer(Cpu{}, recipe, settings, {{.updates = 300}},
                               {.teacher = teacher,
                                .conditions = [](auto& r, auto k, auto n) { return rings(r, k, n).second; }});
  run(trainer, {});

  const ClassLabels inner(std::vector<std::int64_t>(500, 0));  // the ring of radius 1/2
  const auto points = draw_images(Cpu{}, spec, trainer.student(), Renoise{}, inner, {.grid = {.steps = 2}});
  return Cpu::to_host(
      expr::mean(expr::abs(expr::sqrt(2 * expr::full(expr::row_mean(expr::square(expr::full(points))))) - 0.5)))[0];
}
// snippet end: first

std::pair<Cpu::Tensor, ClassLabels> rings(RandomSource& random, std::uint64_t step, std::int64_t batch) {
  std::vector<std::int64_t> labels = random.index(Draw{"ring", step}, batch, 2);
  std::vector<double> points;
  for (std::size_t i = 0; const double u : random.uniform(Draw{"angle", step}, batch)) {
    const double radius = labels[i++] == 0 ? .5 : 1;
    points.push_back(radius * std::cos(2 * std::numbers::pi * u));
    points.push_back(radius * std::sin(2 * std::numbers::pi * u));
  }
  return {Cpu{}.from_host({batch, 2}, points), ClassLabels(std::move(labels))};
}

int main() {
  const double distance = distance_from_rings();
  std::printf("mean distance of the student's points from their ring of radius 0.5: %.3f\n", distance);
  return distance < .1 ? 0 : 1;
}
