// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <limits>
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
  explicit Shape(std::span<const std::int64_t> extents, Location where = Location::current()) {
    if (extents.size() > max_rank)
      throw ShapeError("shape: at most 8 axes are supported, got " + std::to_string(extents.size()), where);
    std::int64_t product = 1;
    for (const std::int64_t extent : extents) {
      if (extent < 0) throw ShapeError("shape: extent " + std::to_string(extent) + " is negative", where);
      if (extent != 0 && product > std::numeric_limits<std::int64_t>::max() / extent)
        throw ShapeError("shape: the number of elements exceeds 63 bits", where);
      extents_[static_cast<std::size_t>(rank_++)] = extent;
      numel_ *= extent;
      if (extent != 0) product *= extent;
    }
  }

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
  [[nodiscard]] Shape with_rows(std::int64_t rows) const {
    Shape other = *this;
    if (rank_ == 0) return Shape{rows};
    other.extents_[0] = rows;
    return Shape(other.extents());
  }
  /// `[4, 16]`, as PyTorch prints it.
  [[nodiscard]] std::string str() const {
    std::string text = "[";
    for (int axis = 0; axis < rank_; ++axis)
      text += (axis == 0 ? "" : ", ") + std::to_string(extents_[static_cast<std::size_t>(axis)]);
    return text + "]";
  }

  friend bool operator==(const Shape& a, const Shape& b) noexcept {
    if (a.rank_ != b.rank_) return false;
    for (int axis = 0; axis < a.rank_; ++axis)
      if (a[axis] != b[axis]) return false;
    return true;
  }

 private:
  std::array<std::int64_t, max_rank> extents_{};
  std::int64_t numel_ = 1;
  int rank_ = 0;
};

}  // namespace dmdr
