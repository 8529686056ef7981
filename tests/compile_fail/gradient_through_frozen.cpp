// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: no member named .base.
#include <vector>

#include <dmdr/eigen.hpp>
#include <dmdr/model/denoiser.hpp>

using namespace dmdr;

using Network = network_of_t<EigenCpu<>, ClassMlp>;

/// What an optimiser of the teacher would be given: nobody may train it.
void collect(std::vector<EigenCpu<>::Tensor>& trained, Frozen<Network>& teacher) {
  for (const auto& [name, tensor] : teacher.base()) trained.push_back(tensor);
}
