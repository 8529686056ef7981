// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include <dmdr/core/inline.hpp>
#include <dmdr/model/denoiser.hpp>

namespace dmdr {

DMDR_INLINE void detail::check_shapes(const std::vector<std::pair<std::string, Shape>>& expected,
                                      const NamedTensors& named, const std::string& prefix, Location where) {
  std::string faults;
  for (const auto& [name, shape] : expected) {
    const auto found = named.find(prefix + name);
    if (found == named.end())
      faults += "\n  missing: " + prefix + name + " " + shape.str();
    else if (!(found->second.shape == shape))
      faults += "\n  shape: " + prefix + name + " is " + found->second.shape.str() + ", expected " + shape.str();
  }
  for (auto it = named.lower_bound(prefix); it != named.end() && it->first.compare(0, prefix.size(), prefix) == 0;
       ++it) {
    const std::string name = it->first.substr(prefix.size());
    const auto at = std::lower_bound(expected.begin(), expected.end(), name,
                                     [](const auto& entry, const std::string& wanted) { return entry.first < wanted; });
    if (at == expected.end() || at->first != name)
      faults += "\n  unexpected: " + it->first + " " + it->second.shape.str();
  }
  if (!faults.empty()) throw FileError("load parameters: the tensors do not fit the network" + faults, where);
}

}  // namespace dmdr
