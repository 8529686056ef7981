// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/eval/features.hpp>
#include <dmdr/eval/neighbours.hpp>

namespace dmdr::eval {

/// Settings of precision and recall.
struct PrecisionRecallSettings {
  /// Whether a point exactly on a ball counts: implementations differ.
  enum class Boundary : std::uint8_t {
    inclusive,  ///< distance <= radius: the ADM evaluator and torch-fidelity
    exclusive,  ///< distance < radius: prdc
  };
  std::int64_t neighbours = 3;  ///< k: a ball reaches the k-th nearest other point of its own set
  Boundary boundary = Boundary::inclusive;
};

/// Share of generated samples that look real, and of real samples that are covered; both in [0, 1].
struct PrecisionRecall {
  double precision = 0;
  double recall = 0;
};

/// Precision: the share of generated points inside at least one ball around a real point. Recall: the share of real
/// points inside at least one ball around a generated point. Features [N, D] and [M, D]; exact, by brute force over
/// blocks, without a random choice.
///
/// Source: Kynkäänniemi et al., arXiv 1904.06991, equations 1 and 2.
/// `real_radii` are `squared_neighbour_distances(real, neighbours)` where one has them, for many sets against the same real one.
/// Throws `ConfigError` where `neighbours` < 1, `ShapeError` where the sizes do not fit, `NumericError` where a set has
/// fewer than `neighbours` + 1 rows or a value is not finite.
/// Complexity: (N^2 + N M + M^2) D multiplications, N k + M k memory.
[[nodiscard]] inline PrecisionRecall precision_recall(const Features& real, const Features& generated,
                                                      const PrecisionRecallSettings& settings = {},
                                                      std::span<const double> real_radii = {},
                                                      Location where = Location::current()) {
  const std::string operation = "precision and recall";
  if (settings.neighbours < 1)
    throw ConfigError(operation + ": `neighbours` is " + std::to_string(settings.neighbours) +
                          ", it must be at least 1",
                      where);
  check_features(real, operation, "real", settings.neighbours + 1, where);
  check_features(generated, operation, "generated", settings.neighbours + 1, where);
  check_same_columns(real, generated, operation, "real", "generated", where);

  if (!real_radii.empty() && static_cast<std::int64_t>(real_radii.size()) != real.rows)
    throw ShapeError(operation + ": `real_radii` has " + std::to_string(real_radii.size()) + " numbers for " +
                         std::to_string(real.rows) + " real points",
                     where);
  std::vector<double> made;
  if (real_radii.empty()) made = squared_neighbour_distances(real, settings.neighbours);
  const std::span<const double> real_radius = real_radii.empty() ? std::span<const double>(made) : real_radii;
  const std::vector<double> generated_radius = squared_neighbour_distances(generated, settings.neighbours);
  const bool inclusive = settings.boundary == PrecisionRecallSettings::Boundary::inclusive;
  const auto inside = [inclusive](double distance, double radius) {
    return inclusive ? distance <= radius : distance < radius;
  };
  std::vector<char> is_real(static_cast<std::size_t>(generated.rows)), is_covered(static_cast<std::size_t>(real.rows));
  for_each_squared_distance(generated, real,
                            [&](std::int64_t g, std::int64_t first, std::span<const double> distances) {
                              const auto i = static_cast<std::size_t>(g);
                              for (std::size_t j = 0; j < distances.size(); ++j) {
                                const std::size_t r = static_cast<std::size_t>(first) + j;
                                if (inside(distances[j], real_radius[r])) is_real[i] = 1;
                                if (inside(distances[j], generated_radius[i])) is_covered[r] = 1;
                              }
                            });
  PrecisionRecall result;
  for (const char flag : is_real) result.precision += flag;
  for (const char flag : is_covered) result.recall += flag;
  result.precision /= static_cast<double>(generated.rows);
  result.recall /= static_cast<double>(real.rows);
  return result;
}

}  // namespace dmdr::eval
