// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/eval/features.hpp>

namespace dmdr::eval {

/// Settings of the inception score.
struct InceptionScoreSettings {
  /// The rows are cut in order into this many parts, part i = rows [i N / splits, (i+1) N / splits); each part has its
  /// own marginal.
  std::int64_t splits = 1;
};

/// Inception score: 1 for samples of one kind, at most the number of classes.
struct InceptionScore {
  double mean = 0;       ///< over the splits
  double deviation = 0;  ///< population standard deviation over the splits
};

namespace detail {

/// `log sum_k exp(x_k)` of `count` values that lie `stride` apart; minus infinity of minus infinities.
inline double log_sum_exp(const double* values, std::size_t count, std::size_t stride) {
  double largest = -std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < count; ++k) largest = std::max(largest, values[k * stride]);
  if (largest == -std::numeric_limits<double>::infinity()) return largest;
  double sum = 0;
  for (std::size_t k = 0; k < count; ++k) sum += std::exp(values[k * stride] - largest);
  return largest + std::log(sum);
}

}  // namespace detail

/// `exp( mean_i KL( p(y|x_i) || p(y) ) )` over each split, from a classifier's logits [N, classes].
///
/// Probabilities and marginal are kept as logarithms (log-softmax), so that large logits neither overflow nor give 0
/// log 0.
/// Source: Salimans et al., arXiv 1606.03498, section 4.
/// Throws `ShapeError` where the sizes do not fit, `NumericError` for an empty batch or a logit that is not finite,
/// `ConfigError` where `splits` is not in [1, N].
[[nodiscard]] inline InceptionScore inception_score(const Features& logits, const InceptionScoreSettings& settings = {},
                                                    Location where = Location::current()) {
  check_features(logits, "inception score", "logits", 1, where);
  if (settings.splits < 1 || settings.splits > logits.rows)
    throw ConfigError("inception score: `splits` is " + std::to_string(settings.splits) + ", it must be in [1, " +
                          std::to_string(logits.rows) + "], the number of rows",
                      where);
  const auto classes = static_cast<std::size_t>(logits.columns);
  std::vector<double> logp(logits.values.begin(), logits.values.end());
  for (std::size_t start = 0; start < logp.size(); start += classes) {
    const double normaliser = detail::log_sum_exp(logp.data() + start, classes, 1);
    for (std::size_t c = 0; c < classes; ++c) logp[start + c] -= normaliser;
  }

  std::vector<double> scores;
  for (std::int64_t split = 0; split < settings.splits; ++split) {
    const auto first = static_cast<std::size_t>(split * logits.rows / settings.splits);
    const auto rows = static_cast<std::size_t>((split + 1) * logits.rows / settings.splits) - first;
    const double* const part = logp.data() + first * classes;
    double divergence = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      const double marginal = detail::log_sum_exp(part + c, rows, classes) - std::log(static_cast<double>(rows));
      for (std::size_t r = 0; r < rows; ++r) {
        const double value = part[r * classes + c];
        const double probability = std::exp(value);
        if (probability > 0) divergence += probability * (value - marginal);
      }
    }
    scores.push_back(std::exp(divergence / static_cast<double>(rows)));
  }
  InceptionScore result;
  for (const double score : scores) result.mean += score / static_cast<double>(scores.size());
  double variance = 0;
  for (const double score : scores) variance += (score - result.mean) * (score - result.mean);
  result.deviation = std::sqrt(variance / static_cast<double>(scores.size()));
  return result;
}

}  // namespace dmdr::eval
