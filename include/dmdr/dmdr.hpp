// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Everything that an experiment needs: the core, and the backends whose targets are linked.

#include <dmdr/core/backend.hpp>
#include <dmdr/diffusion/backward_simulation.hpp>
#include <dmdr/diffusion/grid.hpp>
#include <dmdr/diffusion/mixture.hpp>
#include <dmdr/diffusion/within_input.hpp>
#include <dmdr/divergence/weight/rt_dm.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/sample.hpp>
#include <dmdr/model/sd3.hpp>
#include <dmdr/model/sit.hpp>
#include <dmdr/model/text_sit.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/reward/gen_eval.hpp>
#include <dmdr/reward/hps.hpp>
#include <dmdr/rl/advantage_ca.hpp>
#include <dmdr/rl/grpo.hpp>
#include <dmdr/rl/refl.hpp>
#include <dmdr/train/drift_monitor.hpp>
#include <dmdr/train/methods.hpp>
#include <dmdr/train/progress.hpp>
#include <dmdr/train/rate_schedule.hpp>
#include <dmdr/train/run.hpp>
#include <dmdr/train/trainer.hpp>

#if __has_include(<dmdr/reference.hpp>)
#include <dmdr/reference.hpp>
#endif
#if __has_include(<dmdr/eigen.hpp>)
#include <dmdr/eigen.hpp>
#endif
#if __has_include(<dmdr/libtorch.hpp>)
#include <dmdr/libtorch.hpp>
#endif
