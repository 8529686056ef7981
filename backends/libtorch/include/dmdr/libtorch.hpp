// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// The LibTorch backend: `#include <dmdr/libtorch.hpp>`, link `dmdr::libtorch`.

#include <dmdr/libtorch/backend.hpp>
#include <dmdr/libtorch/class_mlp.hpp>
#include <dmdr/libtorch/classifier.hpp>
#include <dmdr/libtorch/sit.hpp>
#include <dmdr/libtorch/text_sit.hpp>
