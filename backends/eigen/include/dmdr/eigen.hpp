// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The whole Eigen backend: tensors, networks, rewards, eigenvalues.

#include <dmdr/eigen/backend.hpp>
#include <dmdr/eigen/class_margin.hpp>
#include <dmdr/eigen/class_mlp.hpp>
#include <dmdr/eigen/classifier.hpp>
#include <dmdr/eigen/cross_entropy.hpp>
#include <dmdr/eigen/symmetric_eigen.hpp>
