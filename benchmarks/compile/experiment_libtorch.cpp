// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// What a researcher's file looks like over LibTorch: an official file's teacher becomes a student. Only its compilation is measured.

#include <string>
#include <utility>

#include <dmdr/dmdr.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/libtorch.hpp>

using namespace dmdr;
using Recipe =
    Dmdr<PixelSit, ClassMargin, ReFL, RewardTilt<1>, DynaDg<2, .5, 1000>, BetaAnneal<4, 1.5, 1000>, Cfg<1.5>>;

void distil(const std::string& teacher_file, libtorch::ConvClassifier classifier, const std::string& student_file) {
  const LibTorch backend;
  Recipe recipe;
  recipe.generator.network = sit_b2();
  const auto teacher =
      libtorch::SitNetwork::load(backend, recipe.generator.network, io::read_safetensors(teacher_file).tensors);
  Trainer<Recipe, LibTorch>::Parts parts{.teacher = teacher};
  parts.conditions = [](RandomSource& random, auto iteration, auto batch) {
    return ClassLabels(random.index(Draw{"labels", iteration}, batch, 1000));
  };
  parts.reward.emplace(recipe.reward, std::tuple{libtorch::ClassMarginModel(std::move(classifier))});
  Trainer<Recipe, LibTorch> trainer(backend, recipe, {.batch = 16, .steps = 4, .ema_decay = .999},
                                    {{.name = "distil", .updates = 3000},
                                     {.name = "joint", .updates = 3000, .rl_weight = .5}},
                                    std::move(parts));
  run(trainer, {.directory = "checkpoints"});
  io::write_safetensors(student_file, store_parameters(trainer.student_parameters()));
}
