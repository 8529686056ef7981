// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <dmdr/core/error.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/core/shape.hpp>

namespace dmdr::eval {

/// Features of a set of samples: `rows` samples of `columns` numbers each, row-major. It refers to memory that it does
/// not own.
struct Features {
  std::span<const double> values;
  std::int64_t rows = 0;
  std::int64_t columns = 0;

  /// The features of one sample.
  [[nodiscard]] std::span<const double> row(std::int64_t index) const noexcept {
    return values.subspan(static_cast<std::size_t>(index * columns), static_cast<std::size_t>(columns));
  }
};

/// Throws where `features` cannot be measured: `ShapeError` if the sizes do not fit, `NumericError` if there are fewer
/// than `least` rows or a value is not finite. `operation` and `name` are the user's words for the metric and the
/// argument.
inline void check_features(const Features& features, const std::string& operation, const std::string& name,
                           std::int64_t least, Location where) {
  const Shape shape({features.rows, features.columns}, where);
  const std::string text = operation + ": `" + name + "` " + shape.str();
  if (features.columns < 1) throw ShapeError(text + " has no columns", where);
  if (static_cast<std::int64_t>(features.values.size()) != shape.numel())
    throw ShapeError(text + " needs " + std::to_string(shape.numel()) + " values, got " +
                         std::to_string(features.values.size()),
                     where);
  if (features.rows < least) throw NumericError(text + " has fewer than " + std::to_string(least) + " rows", where);
  for (std::size_t i = 0; i < features.values.size(); ++i)
    if (!std::isfinite(features.values[i])) {
      const auto columns = static_cast<std::size_t>(features.columns);
      throw NumericError(text + " holds " + std::to_string(features.values[i]) + " in row " +
                             std::to_string(i / columns) + ", column " + std::to_string(i % columns),
                         where);
    }
}

/// Throws `ShapeError` where two sets have features of different length.
inline void check_same_columns(const Features& a, const Features& b, const std::string& operation,
                               const std::string& name_a, const std::string& name_b, Location where) {
  if (a.columns != b.columns)
    throw ShapeError(operation + ": the features differ in length\n  `" + name_a + "` " +
                         Shape{a.rows, a.columns}.str() + "\n  `" + name_b + "` " + Shape{b.rows, b.columns}.str(),
                     where);
}

}  // namespace dmdr::eval
