// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: the reward scores another kind of condition than the generator is given
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/sd3.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/reward/gen_eval.hpp>
#include <dmdr/reward/hps.hpp>
#include <dmdr/train/methods.hpp>

using namespace dmdr;

int main() { [[maybe_unused]] const Dmdr<ClassMlp, Hps21, ReFL> recipe; }
