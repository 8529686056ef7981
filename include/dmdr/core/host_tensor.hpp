// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/dtype.hpp>
#include <dmdr/core/error.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/core/shape.hpp>

namespace dmdr {

/// A tensor as bytes on the host, row-major and little-endian: what files hold and what backends exchange.
struct HostTensor {
  Shape shape;
  Dtype dtype = Dtype::f64;
  std::vector<std::byte> bytes;

  /// Copies `values` in; throws `ShapeError` where the count is not `shape.numel()`.
  template <class T>
  [[nodiscard]] static HostTensor from(const Shape& shape, std::span<const T> values,
                                       Location where = Location::current()) {
    if (static_cast<std::int64_t>(values.size()) != shape.numel())
      throw ShapeError("host tensor: " + shape.str() + " needs " + std::to_string(shape.numel()) + " values, got " +
                           std::to_string(values.size()),
                       where);
    HostTensor tensor{shape, dtype_v<T>, std::vector<std::byte>(values.size_bytes())};
    if (!values.empty()) std::memcpy(tensor.bytes.data(), values.data(), values.size_bytes());
    return tensor;
  }

  /// The elements as `T`; throws `DtypeError` where the tensor holds another type, `ShapeError` where the bytes are not as many as the
  /// shape says.
  template <class T>
  [[nodiscard]] std::vector<T> as(Location where = Location::current()) const {
    if (dtype != dtype_v<T>)
      throw DtypeError("host tensor: holds " + std::string(name_of(dtype)) + ", asked for " +
                           std::string(name_of(dtype_v<T>)),
                       where);
    if (bytes.size() % sizeof(T) != 0 || static_cast<std::int64_t>(bytes.size() / sizeof(T)) != shape.numel())
      throw ShapeError("host tensor: " + shape.str() + " " + std::string(name_of(dtype)) + " comes with " +
                           std::to_string(bytes.size()) + " bytes",
                       where);
    std::vector<T> values(static_cast<std::size_t>(shape.numel()));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  friend bool operator==(const HostTensor& a, const HostTensor& b) {
    return a.shape == b.shape && a.dtype == b.dtype && a.bytes == b.bytes;
  }
};

/// Tensors by name, in the order of their names.
using NamedTensors = std::map<std::string, HostTensor>;

/// Those whose names begin with `prefix`, without it.
[[nodiscard]] inline NamedTensors tensors_under(const NamedTensors& named, const std::string& prefix) {
  NamedTensors rest;
  for (auto it = named.lower_bound(prefix); it != named.end() && it->first.compare(0, prefix.size(), prefix) == 0; ++it)
    rest.emplace(it->first.substr(prefix.size()), it->second);
  return rest;
}

}  // namespace dmdr
