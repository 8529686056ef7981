// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eigen.hpp>
#include <dmdr/model/denoiser.hpp>

using namespace dmdr;

using Network = network_of_t<EigenCpu<>, ClassMlp>;

/// An optimiser over the parameters of a copy that may be trained.
EigenCpu<>::AdamW optimiser_of(Network& copy) { return {tensors_of(copy.base()), AdamWSettings{}}; }
