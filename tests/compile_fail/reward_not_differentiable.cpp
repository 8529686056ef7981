// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: the RL algorithm needs a differentiable reward and this one is not: use Grpo, or add a differentiable reward
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/sd3.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/reward/gen_eval.hpp>
#include <dmdr/reward/hps.hpp>
#include <dmdr/train/methods.hpp>

using namespace dmdr;

int main() { [[maybe_unused]] const Dmdr<Sd3Medium, GenEval, ReFL> recipe; }
