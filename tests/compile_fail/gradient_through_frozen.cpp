// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: no member named .base.
#include <dmdr/eigen.hpp>
#include <dmdr/model/denoiser.hpp>

using namespace dmdr;

using Network = network_of_t<EigenCpu<>, ClassMlp>;

/// An optimiser over the parameters of a teacher that nobody may train.
EigenCpu<>::AdamW optimiser_of(Frozen<Network>& teacher) { return {tensors_of(teacher.base()), AdamWSettings{}}; }
