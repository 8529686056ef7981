// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What most cases include, parsed once for each compiler.
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/sd3.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/reward/gen_eval.hpp>
#include <dmdr/reward/hps.hpp>
#include <dmdr/train/methods.hpp>
