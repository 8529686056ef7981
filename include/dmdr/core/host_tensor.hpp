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
    return of_bytes(shape, dtype_v<T>, std::as_bytes(values), values.size(), where);
  }

  /// The elements as `T`; throws `DtypeError` where the tensor holds another type, `ShapeError` where the bytes are not as many as the
  /// shape says.
  template <class T>
  [[nodiscard]] std::vector<T> as(Location where = Location::current()) const {
    check_holds(dtype_v<T>, sizeof(T), where);
    std::vector<T> values(static_cast<std::size_t>(shape.numel()));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  friend bool operator==(const HostTensor& a, const HostTensor& b) {
    return a.shape == b.shape && a.dtype == b.dtype && a.bytes == b.bytes;
  }

 private:
  [[nodiscard]] static HostTensor of_bytes(const Shape& shape, Dtype dtype, std::span<const std::byte> bytes,
                                           std::size_t count, Location where);
  void check_holds(Dtype wanted, std::size_t size, Location where) const;
};

/// Tensors by name, in the order of their names.
using NamedTensors = std::map<std::string, HostTensor>;

/// Those whose names begin with `prefix`, without it.
[[nodiscard]] NamedTensors tensors_under(const NamedTensors& named, const std::string& prefix);

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/core/host_tensor.ipp>  // IWYU pragma: export
#endif
