// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <dmdr/eigen.hpp>
#include <dmdr/model/denoiser.hpp>

using namespace dmdr;

using Network = network_of_t<EigenCpu<>, ClassMlp>;

/// What the optimiser of a copy is given.
void collect(std::vector<EigenCpu<>::Tensor>& trained, Network& copy) {
  for (const auto& [name, tensor] : copy.base()) trained.push_back(tensor);
}
