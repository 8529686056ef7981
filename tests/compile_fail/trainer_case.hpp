// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <dmdr/eigen.hpp>
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/sd3.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/reward/hps.hpp>
#include <dmdr/train/methods.hpp>
#include <dmdr/train/trainer.hpp>

/// In the place of a network or a reward's model that the backend does not have.
struct Nothing {};

/// What every case does with its recipe and backend: makes a trainer and trains.
template <class Recipe, class B, class Conditions, class Network, class Reward>
void train(const Network& teacher, Reward reward) {
  dmdr::Trainer<Recipe, B> trainer{B{},
                                   Recipe{},
                                   {.batch = 8},
                                   dmdr::PaperStages{}.plan(),
                                   {.teacher = teacher,
                                    .conditions = [](dmdr::RandomSource&, std::uint64_t,
                                                     std::int64_t) { return Conditions(); },
                                    .reward = std::move(reward)}};
  while (!trainer.finished()) trainer.step();
}
