// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include <dmdr/core/error.hpp>
#include <dmdr/core/location.hpp>

namespace dmdr {

/// Extents of a tensor, outermost first. The first axis is the batch; a sample is the product of the others.
///
/// Throws `ShapeError` on a negative extent, on more than `max_rank` axes, and where the product of the extents that are not 0 leaves
/// 63 bits (so that the size of a sample fits even where the batch is empty).
class Shape {
 public:
  static constexpr int max_rank = 8;

  Shape() = default;
  Shape(std::initializer_list<std::int64_t> extents, Location where = Location::current())
      : Shape(std::span<const std::int64_t>(extents.begin(), extents.size()), where) {}
  explicit Shape(std::span<const std::int64_t> extents, Location where = Location::current());

  [[nodiscard]] int rank() const noexcept { return rank_; }
  [[nodiscard]] std::int64_t operator[](int axis) const noexcept { return extents_[static_cast<std::size_t>(axis)]; }
  [[nodiscard]] std::int64_t numel() const noexcept { return numel_; }
  /// Size of the batch; 1 for a scalar.
  [[nodiscard]] std::int64_t rows() const noexcept { return rank_ == 0 ? 1 : extents_[0]; }
  /// Elements of one sample; 1 for `[B]`.
  [[nodiscard]] std::int64_t row_size() const noexcept {
    std::int64_t size = 1;
    for (int axis = 1; axis < rank_; ++axis) size *= extents_[static_cast<std::size_t>(axis)];
    return size;
  }
  [[nodiscard]] std::span<const std::int64_t> extents() const noexcept {
    return {extents_.data(), static_cast<std::size_t>(rank_)};
  }
  /// The same sample shape with another batch size.
  [[nodiscard]] Shape with_rows(std::int64_t rows) const;
  /// `[4, 16]`, as PyTorch prints it.
  [[nodiscard]] std::string str() const;

  // Extents beyond the rank are 0.
  friend bool operator==(const Shape& a, const Shape& b) noexcept {
    return a.rank_ == b.rank_ && a.extents_ == b.extents_;
  }

 private:
  std::array<std::int64_t, max_rank> extents_{};
  std::int64_t numel_ = 1;
  int rank_ = 0;
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/core/shape.ipp>  // IWYU pragma: export
#endif
