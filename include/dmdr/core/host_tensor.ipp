// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <dmdr/core/host_tensor.hpp>

namespace dmdr {

DMDR_INLINE HostTensor HostTensor::of_bytes(const Shape& shape, Dtype dtype, std::span<const std::byte> bytes,
                                            std::size_t count, Location where) {
  if (static_cast<std::int64_t>(count) != shape.numel())
    throw ShapeError("host tensor: " + shape.str() + " needs " + std::to_string(shape.numel()) + " values, got " +
                         std::to_string(count),
                     where);
  return {shape, dtype, std::vector<std::byte>(bytes.begin(), bytes.end())};
}

DMDR_INLINE void HostTensor::check_holds(Dtype wanted, std::size_t size, Location where) const {
  if (dtype != wanted)
    throw DtypeError("host tensor: holds " + std::string(name_of(dtype)) + ", asked for " +
                         std::string(name_of(wanted)),
                     where);
  if (bytes.size() % size != 0 || static_cast<std::int64_t>(bytes.size() / size) != shape.numel())
    throw ShapeError("host tensor: " + shape.str() + " " + std::string(name_of(dtype)) + " comes with " +
                         std::to_string(bytes.size()) + " bytes",
                     where);
}

DMDR_INLINE NamedTensors tensors_under(const NamedTensors& named, const std::string& prefix) {
  NamedTensors rest;
  for (auto it = named.lower_bound(prefix); it != named.end() && it->first.compare(0, prefix.size(), prefix) == 0; ++it)
    rest.emplace(it->first.substr(prefix.size()), it->second);
  return rest;
}

}  // namespace dmdr
