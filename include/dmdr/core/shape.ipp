// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

#include <dmdr/core/shape.hpp>

namespace dmdr {

DMDR_INLINE Shape::Shape(std::span<const std::int64_t> extents, Location where) {
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

DMDR_INLINE Shape Shape::with_rows(std::int64_t rows) const {
  if (rank_ == 0) return Shape{rows};
  Shape other = *this;
  other.extents_[0] = rows;
  return Shape(other.extents());
}

DMDR_INLINE std::string Shape::str() const {
  std::string text = "[";
  for (int axis = 0; axis < rank_; ++axis)
    text += (axis == 0 ? "" : ", ") + std::to_string(extents_[static_cast<std::size_t>(axis)]);
  return text + "]";
}

}  // namespace dmdr
